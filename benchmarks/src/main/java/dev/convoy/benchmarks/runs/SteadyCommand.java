/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.benchmarks.runs;

import dev.convoy.DataType;
import dev.convoy.GradientBucketer;
import dev.convoy.ReduceOp;
import dev.convoy.benchmarks.ranks.Collective;
import dev.convoy.benchmarks.ranks.Rank;
import dev.convoy.benchmarks.ranks.RankThreads;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Collectives without end on a heap that a single allocation an operation would fill in seconds. */
@Command(
        name = "steady",
        description = "Runs all collectives for some minutes; fails if the garbage collector ran after the warm-up.",
        mixinStandardHelpOptions = true)
public final class SteadyCommand implements Callable<Integer> {
    private static final int COUNT = 64;
    private static final long LARGEST_HEAP = 128L << 20;
    private static final long BUCKET_BYTES = 1024;
    private static final List<Long> GRADIENTS = List.of(100L, 50L, 200L, 300L, 10L);

    @Option(names = "--minutes", defaultValue = "10", description = "How long it is measured (default 10).")
    private double minutes;

    @Option(names = "--warm-up", defaultValue = "30", description = "Seconds before that (default 30).")
    private double warmUp;

    @Option(names = "--ranks", defaultValue = "2", description = "Ranks, each a thread (default 2).")
    private int ranks;

    @Spec
    private CommandSpec spec;

    private final Collective[] collectives = Collective.values();
    private final Map<Rank, GradientBucketer> gradients = new HashMap<>();
    private volatile long observed;

    @Override
    public Integer call() {
        if (ranks < 2 || ranks % 2 != 0) {
            throw new ParameterException(
                    spec.commandLine(), "--ranks must be even, since ranks send and receive in pairs, not " + ranks);
        }
        try (RankThreads threads = new RankThreads(ranks, COUNT)) {
            threads.observe((_, sequence, _, _) -> observed = sequence);
            threads.each(rank -> gradients.put(
                    rank,
                    GradientBucketer.of(rank.communicator().device(), GRADIENTS, DataType.FLOAT32, BUCKET_BYTES)));
            threads.follow(this::round);
            repeat(threads.first(), warmUp);
            long collections = collections();
            long rounds = repeat(threads.first(), minutes * TimeUnit.MINUTES.toSeconds(1));
            return report(rounds, collections() - collections);
        } finally {
            gradients.values().forEach(GradientBucketer::close);
        }
    }

    private int report(long rounds, long collections) {
        long operations = rounds * (2L * collectives.length + 2);
        System.out.printf(
                Locale.ROOT,
                "%d operations of each of %d ranks in %.1f minutes, on a heap of at most %d MiB%n",
                operations,
                ranks,
                minutes,
                Runtime.getRuntime().maxMemory() >> 20);
        Expectation expectation = new Expectation(System.out);
        expectation.expect(
                Runtime.getRuntime().maxMemory() <= LARGEST_HEAP,
                "the heap is small enough for garbage to show",
                (Runtime.getRuntime().maxMemory() >> 20) + " MiB");
        expectation.expect(collections == 0, "no garbage collection after the warm-up", collections + " collections");
        return expectation.exitStatus();
    }

    private long repeat(Rank rank, double seconds) {
        long end = System.nanoTime() + (long) (seconds * TimeUnit.SECONDS.toNanos(1));
        long rounds = 0;
        while (System.nanoTime() < end) {
            round(rank);
            rounds++;
        }
        return rounds;
    }

    /** All collectives, alone and in a group, and a step's gradients in two buckets. */
    private void round(Rank rank) {
        for (Collective collective : collectives) {
            collective.perform(rank, false);
            collective.perform(rank, true);
        }
        gradients
                .get(rank)
                .allReduce(rank.communicator(), ReduceOp.SUM, rank.stream())
                .await();
    }

    private static long collections() {
        return ManagementFactory.getGarbageCollectorMXBeans().stream()
                .mapToLong(GarbageCollectorMXBean::getCollectionCount)
                .sum();
    }
}
