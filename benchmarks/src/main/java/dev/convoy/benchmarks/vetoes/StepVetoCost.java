/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.benchmarks.vetoes;

import dev.convoy.benchmarks.ranks.Rank;
import dev.convoy.benchmarks.ranks.RankThreads;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
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

/** What the demonstration's step does with its gradient on four ranks, without a veto and with one. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@State(Scope.Benchmark)
public class StepVetoCost {
    private static final int RANKS = 4;
    /** As the demonstration's: its weights, and the loss. */
    private static final int FLOATS = 101_771;

    @Param({"false", "true"})
    boolean veto;

    private final Map<Rank, CheckedRank> checked = new HashMap<>();
    private RankThreads ranks;
    private Consumer<Rank> step;

    /** Forms the communicator, and has the other ranks follow the first. */
    @Setup(Level.Trial)
    public void begin() {
        ranks = new RankThreads(RANKS, 1);
        ranks.each(rank -> checked.put(rank, new CheckedRank(rank, FLOATS)));
        step = veto
                ? rank -> checked.get(rank).sumIfFinite()
                : rank -> checked.get(rank).sum();
        ranks.follow(step);
    }

    /** Ends it. */
    @TearDown(Level.Trial)
    public void end() {
        ranks.close();
        checked.values().forEach(CheckedRank::close);
    }

    @Benchmark
    public void step() {
        step.accept(ranks.first());
    }
}
