/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.benchmarks.runs;

import dev.convoy.benchmarks.Table;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** A million operations; nothing may be larger afterwards. */
@Command(
        name = "growth",
        description = "Holds what ranks have after a million operations against what they had before;"
                + " and what the host runtime takes for itself.",
        mixinStandardHelpOptions = true)
public final class GrowthCommand implements Callable<Integer> {
    static final String PROGRAM = "growth";

    private static final Duration PATIENCE = Duration.ofMinutes(10);
    /** A compiler of the JVM that wakes up meanwhile takes as much; a byte an operation would be a megabyte. */
    private static final long SLACK_KIB = 1024;

    @Option(names = "--operations", defaultValue = "1000000", description = "How many (default 1000000).")
    private int operations;

    @Option(names = "--ranks", defaultValue = "4", description = "Ranks, each a process (default 4).")
    private int ranks;

    @Option(names = "--footprint-ranks", defaultValue = "8", description = "Ranks of the plain C program (default 8).")
    private int footprintRanks;

    @Override
    public Integer call() throws IOException, InterruptedException {
        Expectation expectation = new Expectation(System.out);
        try (RankProcesses processes = new RankProcesses(PROGRAM, ranks, PATIENCE, String.valueOf(operations))) {
            processes.tell(processes.expect(0, "id "));
            List<ProcessMemory> before = memory(processes, "before ");
            processes.tell("go");
            List<ProcessMemory> after = memory(processes, "after ");
            processes.tell("end");
            report(before, after, expectation);
        }
        Footprint.measure(footprintRanks).report(System.out, expectation);
        return expectation.exitStatus();
    }

    private static List<ProcessMemory> memory(RankProcesses processes, String beginning) throws InterruptedException {
        return processes.expect(beginning).stream().map(ProcessMemory::parse).toList();
    }

    private void report(List<ProcessMemory> before, List<ProcessMemory> after, Expectation expectation) {
        Table table =
                new Table(List.of("rank", "when", "resident KiB", "anonymous KiB", "arena KiB", "threads", "files"));
        long grown = Long.MIN_VALUE;
        boolean same = true;
        for (int rank = 0; rank < before.size(); rank++) {
            ProcessMemory old = before.get(rank);
            ProcessMemory now = after.get(rank);
            add(table, rank, "before", old);
            add(table, rank, "after", now);
            grown = Math.max(grown, now.residentKiB() - old.residentKiB());
            same &= now.arenaKiB() == old.arenaKiB() && now.files() == old.files();
        }
        System.out.println(operations + " all-reduces on each of " + ranks + " ranks, after a fifth as many:");
        System.out.print(table);
        expectation.expect(
                grown <= SLACK_KIB, "no rank grew by more than " + SLACK_KIB + " KiB", "at most " + grown + " KiB");
        expectation.expect(same, "arenas and open files are as many as before", "see the table");
    }

    private static void add(Table table, int rank, String when, ProcessMemory memory) {
        table.add(List.of(
                String.valueOf(rank),
                when,
                String.valueOf(memory.residentKiB()),
                String.valueOf(memory.anonymousKiB()),
                String.valueOf(memory.arenaKiB()),
                String.valueOf(memory.threads()),
                String.valueOf(memory.files())));
    }
}
