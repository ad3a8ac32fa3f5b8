/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.benchmarks.runs;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** Ranks in JVMs of their own, which run {@link RankMain}; lines go both ways. */
final class RankProcesses implements AutoCloseable {
    private static final String END = "<end of output>";

    private final List<Rank> ranks = new ArrayList<>();
    private final Duration patience;

    private record Rank(Process process, PrintStream input, BlockingQueue<String> lines) {}

    /**
     * Starts them; rank 0 makes the id, and all get it.
     *
     * @param program a program of {@link RankMain}
     * @param worldSize how many
     * @param patience how long a line may take
     * @param arguments what the program is told beside
     */
    RankProcesses(String program, int worldSize, Duration patience, String... arguments) throws IOException {
        this.patience = patience;
        for (int rank = 0; rank < worldSize; rank++) {
            ranks.add(start(program, worldSize, rank, arguments));
        }
    }

    private static Rank start(String program, int worldSize, int rank, String... arguments) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
        // A heap that is touched from the start cannot be mistaken for growth.
        command.addAll(List.of("-XX:+UseSerialGC", "-Xms24m", "-Xmx24m", "-XX:+AlwaysPreTouch"));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), RankMain.class.getName(), program));
        command.addAll(List.of(String.valueOf(worldSize), String.valueOf(rank)));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        BlockingQueue<String> lines = new LinkedBlockingQueue<>();
        Thread.ofPlatform().daemon().start(() -> read(process, lines));
        return new Rank(process, new PrintStream(process.getOutputStream(), true), lines);
    }

    private static void read(Process process, BlockingQueue<String> lines) {
        try (BufferedReader reader = process.inputReader()) {
            reader.lines().forEach(lines::add);
        } catch (IOException | UncheckedIOException e) {
            lines.add("cannot read: " + e);
        }
        lines.add(END);
    }

    /** The rest of each rank's next line, all of which must begin so. */
    List<String> expect(String beginning) throws InterruptedException {
        List<String> found = new ArrayList<>();
        for (int rank = 0; rank < ranks.size(); rank++) {
            found.add(expect(rank, beginning));
        }
        return found;
    }

    /** The rest of a rank's next line, which must begin so. */
    String expect(int rank, String beginning) throws InterruptedException {
        String line = ranks.get(rank).lines().poll(patience.toMillis(), TimeUnit.MILLISECONDS);
        if (line == null || !line.startsWith(beginning)) {
            List<String> more = new ArrayList<>();
            ranks.get(rank).lines().drainTo(more);
            throw new IllegalStateException("rank " + rank + " said '"
                    + (line == null ? "nothing within " + patience : line) + "' instead of '" + beginning + "…'; then "
                    + String.join("\n", more));
        }
        return line.substring(beginning.length());
    }

    /** Tells all ranks a line. */
    void tell(String line) {
        ranks.forEach(rank -> rank.input().println(line));
    }

    @Override
    public void close() {
        ranks.forEach(rank -> rank.process().destroyForcibly());
    }
}
