/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.launcher.perf;

import dev.convoy.launcher.cli.ConvoyCommand;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Consumer;

/**
 * One {@code convoy perf}, run in this process with real ranks.
 *
 * @param status its exit status
 * @param output what it printed
 * @param errors what it complained about
 */
record PerfOutput(int status, String output, String errors) {
    static PerfOutput of(String commandLine) {
        return of(commandLine, ignored -> {});
    }

    /**
     * Runs it.
     *
     * @param commandLine what follows {@code convoy perf}
     * @param whileItRuns told of all that was printed so far, whenever there is more, by the printing thread
     */
    static PerfOutput of(String commandLine, Consumer<String> whileItRuns) {
        PrintStream out = System.out;
        PrintStream err = System.err;
        ByteArrayOutputStream output = new ByteArrayOutputStream() {
            @Override
            public void flush() {
                whileItRuns.accept(toString(StandardCharsets.UTF_8));
            }
        };
        ByteArrayOutputStream errors = new ByteArrayOutputStream();
        System.setOut(new PrintStream(output, true, StandardCharsets.UTF_8));
        System.setErr(new PrintStream(errors, true, StandardCharsets.UTF_8));
        try {
            int status = ConvoyCommand.execute(("perf " + commandLine).strip().split(" +"));
            return new PerfOutput(
                    status, output.toString(StandardCharsets.UTF_8), errors.toString(StandardCharsets.UTF_8));
        } finally {
            System.setOut(out);
            System.setErr(err);
        }
    }

    /** The rows, each as its words. */
    List<String[]> rows() {
        return output.lines()
                .filter(line -> !line.startsWith("#"))
                .map(line -> line.strip().split(" +"))
                .toList();
    }

    /** Process ids of the ranks, from the header. */
    static List<Long> pids(String output) {
        return output.lines()
                .filter(line -> line.startsWith("#  Rank"))
                .map(line -> Long.valueOf(line.replaceAll(".* Pid +(\\d+) .*", "$1")))
                .toList();
    }
}
