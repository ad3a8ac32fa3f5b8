/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.samples.fashion;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * One run of the whole command line in a process of its own.
 *
 * @param exitStatus its exit status
 * @param out what it wrote to standard output
 * @param err what it wrote to standard error
 */
record CommandLineRun(int exitStatus, String out, String err) {

    private static final Duration BOUND = Duration.ofSeconds(120);

    /** Runs {@code convoy} with a home folder of its own, to its end. */
    static CommandLineRun convoy(Path home, String... arguments) {
        return convoy(BOUND, home, arguments);
    }

    /** The same, where it may take longer than usual: what has not ended by then hangs. */
    static CommandLineRun convoy(Duration bound, Path home, String... arguments) {
        List<String> command = command(arguments);
        try {
            return run(bound, home, command);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while " + command + " ran", e);
        }
    }

    /** The command that {@link #convoy} runs. */
    static List<String> command(String... arguments) {
        Path java = Path.of(System.getProperty("java.home"), "bin", "java");
        List<String> command = new ArrayList<>(List.of(
                java.toString(),
                "-XX:-UsePerfData",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                "dev.convoy.launcher.Main"));
        command.addAll(List.of(arguments));
        return command;
    }

    private static CommandLineRun run(Duration bound, Path home, List<String> command)
            throws IOException, InterruptedException {
        Path out = Files.createTempFile(home, "out", ".txt");
        Path err = Files.createTempFile(home, "err", ".txt");
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
        builder.environment().put("XDG_STATE_HOME", home.resolve("state").toString());
        Process process = builder.start();
        boolean ended = process.waitFor(bound);
        if (!ended) {
            process.destroyForcibly().waitFor();
        }
        CommandLineRun run =
                new CommandLineRun(ended ? process.exitValue() : -1, Files.readString(out), Files.readString(err));
        Files.delete(out);
        Files.delete(err);
        if (!ended) {
            throw new AssertionError("no end after " + bound.toSeconds() + " s: " + command + "\n" + run);
        }
        return run;
    }
}
