/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.benchmarks.runs;

import dev.convoy.benchmarks.Table;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** How long a communicator takes to form, once the last rank has asked for it. */
@Command(
        name = "startup",
        description = "Forms communicators; the time is that from the last rank's call until all are ready.",
        mixinStandardHelpOptions = true)
public final class StartupCommand implements Callable<Integer> {
    static final String PROGRAM = "startup";

    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final double MOST_MILLIS = 20;
    private static final double NANOS_PER_MILLI = 1e6;

    @Option(names = "--ranks", defaultValue = "4", description = "Ranks, each a process (default 4).")
    private int ranks;

    @Option(names = "--jobs", defaultValue = "5", description = "How often the processes are new (default 5).")
    private int jobs;

    @Option(names = "--rounds", defaultValue = "20", description = "Communicators of each job (default 20).")
    private int rounds;

    private final List<Double> cold = new ArrayList<>();
    private final List<Double> rehearsed = new ArrayList<>();
    private final List<Double> later = new ArrayList<>();

    @Override
    public Integer call() throws IOException, InterruptedException {
        for (int job = 0; job < jobs; job++) {
            run(false, cold);
            run(true, rehearsed);
        }
        Table table = new Table(List.of("communicator", "median ms", "lowest", "highest"));
        add(table, "first of a process", cold);
        add(table, "first after a rehearsal alone", rehearsed);
        add(table, "later ones", later);
        System.out.print(table);
        Expectation expectation = new Expectation(System.out);
        expectation.expect(
                median(rehearsed) <= MOST_MILLIS,
                "after a rehearsal, as every rank of a job has it, a communicator of " + ranks
                        + " ranks is ready within " + MOST_MILLIS + " ms",
                millis(median(rehearsed)) + " ms in the median");
        return expectation.exitStatus();
    }

    private void run(boolean rehearse, List<Double> first) throws IOException, InterruptedException {
        try (RankProcesses processes =
                new RankProcesses(PROGRAM, ranks, PATIENCE, String.valueOf(rounds), String.valueOf(rehearse))) {
            for (int round = 0; round < rounds; round++) {
                processes.tell(processes.expect(0, "id "));
                double took = fromLastCallToLastReady(processes.expect("ready "));
                (round == 0 ? first : later).add(took);
                processes.tell("next");
            }
        }
    }

    private static double fromLastCallToLastReady(List<String> times) {
        long called = Long.MIN_VALUE;
        long ready = Long.MIN_VALUE;
        for (String time : times) {
            String[] pair = time.split(" ");
            called = Math.max(called, Long.parseLong(pair[0]));
            ready = Math.max(ready, Long.parseLong(pair[1]));
        }
        return (ready - called) / NANOS_PER_MILLI;
    }

    private static void add(Table table, String what, List<Double> times) {
        if (!times.isEmpty()) {
            table.add(List.of(
                    what, millis(median(times)), millis(Collections.min(times)), millis(Collections.max(times))));
        }
    }

    private static double median(List<Double> times) {
        List<Double> sorted = times.stream().sorted().toList();
        return sorted.get(sorted.size() / 2);
    }

    private static String millis(double value) {
        return String.format(Locale.ROOT, "%.2f", value);
    }
}
