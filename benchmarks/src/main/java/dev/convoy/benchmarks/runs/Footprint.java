/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.benchmarks.runs;

import dev.convoy.benchmarks.Natives;
import java.io.IOException;
import java.io.PrintStream;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the host runtime takes for itself in a plain C program, where nothing of a JVM is counted:
 * {@code memory_probe.c}.
 *
 * @param ranks size of the communicator
 * @param arena bytes of the arena that the program did not ask for, of the rank that has most
 * @param anonymous bytes of heap and stacks, likewise
 */
record Footprint(int ranks, long arena, long anonymous) {
    private static final Pattern LINE = Pattern.compile("rank \\d+ arena (\\d+) anonymous (\\d+)");
    private static final long MOST = 8L << 20;

    static Footprint measure(int ranks) throws IOException, InterruptedException {
        Process probe = new ProcessBuilder(Natives.file("memory_probe").toString(), String.valueOf(ranks))
                .redirectErrorStream(true)
                .start();
        List<String> lines = probe.inputReader().readAllLines();
        if (probe.waitFor() != 0 || lines.size() != ranks) {
            throw new IOException("memory_probe failed: " + String.join("\n", lines));
        }
        List<Matcher> matches =
                lines.stream().map(LINE::matcher).filter(Matcher::matches).toList();
        return new Footprint(ranks, most(matches, 1), most(matches, 2));
    }

    private static long most(List<Matcher> matches, int group) {
        return matches.stream()
                .mapToLong(match -> Long.parseLong(match.group(group)))
                .max()
                .orElseThrow();
    }

    void report(PrintStream out, Expectation expectation) {
        out.printf("%nA C program of %d ranks, beside its own buffers:%n", ranks);
        expectation.expect(
                arena + anonymous <= MOST,
                "the host runtime takes at most " + (MOST >> 10) + " KiB for itself",
                (arena >> 10) + " KiB of arena and " + (anonymous >> 10) + " KiB of heap and stacks");
    }
}
