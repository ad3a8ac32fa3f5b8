/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.benchmarks.snapshots;

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

/** A committed snapshot on two ranks: copy, exchange with the peer if the state is sharded, checksum and vote. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@State(Scope.Benchmark)
public class SnapshotCopy {
    private static final int RANKS = 2;
    private static final long MEBIBYTE = 1 << 20;

    /** State of a rank. */
    @Param({"1", "16", "256"})
    int mebibytes;

    @Param({"false", "true"})
    boolean sharded;

    private final Map<Rank, SnapshotRank> snapshots = new HashMap<>();
    private RankThreads ranks;
    private Consumer<Rank> step;

    /** Forms the communicator, and has the second rank follow the first. */
    @Setup(Level.Trial)
    public void begin() {
        ranks = new RankThreads(RANKS, 1);
        ranks.each(rank -> snapshots.put(rank, new SnapshotRank(rank, mebibytes * MEBIBYTE, sharded)));
        step = rank -> snapshots.get(rank).take();
        ranks.follow(step);
    }

    /** Ends it. */
    @TearDown(Level.Trial)
    public void end() {
        ranks.close();
        snapshots.values().forEach(SnapshotRank::close);
    }

    @Benchmark
    public void take() {
        step.accept(ranks.first());
    }
}
