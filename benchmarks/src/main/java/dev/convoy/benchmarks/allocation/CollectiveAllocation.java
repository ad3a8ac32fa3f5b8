/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.benchmarks.allocation;

import dev.convoy.benchmarks.ranks.Collective;
import dev.convoy.benchmarks.ranks.RankThreads;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * Every collective on two ranks, each a thread: the figure that counts is the bytes that an operation allocates, by
 * both threads together.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@State(Scope.Benchmark)
public class CollectiveAllocation {
    private static final int RANKS = 2;
    private static final int COUNT = 64;

    @Param
    Collective collective;

    @Param({"false", "true"})
    boolean grouped;

    @Param({"false", "true"})
    boolean observed;

    private RankThreads ranks;
    private long lastObserved;

    /** Forms the communicator, and has the second rank follow the first. */
    @Setup(Level.Trial)
    public void begin() {
        ranks = new RankThreads(RANKS, COUNT);
        if (observed) {
            ranks.observe((_, sequence, _, _) -> lastObserved = sequence);
        }
        ranks.follow(rank -> collective.perform(rank, grouped));
    }

    /** Ends it. */
    @TearDown(Level.Trial)
    public void end() {
        ranks.close();
    }

    @Benchmark
    public long perform() {
        collective.perform(ranks.first(), grouped);
        return lastObserved;
    }
}
