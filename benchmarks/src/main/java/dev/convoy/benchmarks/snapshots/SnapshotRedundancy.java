/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.benchmarks.snapshots;

import dev.convoy.benchmarks.ranks.Rank;
import dev.convoy.benchmarks.ranks.RankThreads;
import dev.convoy.fault.protocol.Redundancy;
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

/**
 * A committed snapshot of a sharded state of which every chunk has changed, on six ranks, kept by copies or by parity.
 * The memory of a rank's snapshots is printed beside.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@State(Scope.Benchmark)
public class SnapshotRedundancy {
    private static final int RANKS = 6;
    private static final long BYTES = 32L << 20;

    /** Copies, or parity. */
    @Param({"1", "2+1", "5+1", "2", "4+2"})
    String redundancy;

    private final Map<Rank, SnapshotRank> snapshots = new HashMap<>();
    private RankThreads ranks;
    private Consumer<Rank> step;

    /** Forms the communicator, and has the other ranks follow the first. */
    @Setup(Level.Trial)
    public void begin() {
        Redundancy kept = redundancy.contains("+")
                ? Redundancy.Parity.parse(redundancy)
                : new Redundancy.Copies(Integer.parseInt(redundancy));
        ranks = new RankThreads(RANKS, 1);
        ranks.each(rank -> snapshots.put(rank, new SnapshotRank(rank, BYTES, true, kept)));
        step = rank -> snapshots.get(rank).takeChanged();
        ranks.follow(step);
    }

    /** Ends it. */
    @TearDown(Level.Trial)
    public void end() {
        long memory = snapshots.get(ranks.first()).memory();
        System.out.printf("%s: %.1f MiB a rank for %d MiB of state%n", redundancy, memory / 0x1p20, BYTES >> 20);
        ranks.close();
        snapshots.values().forEach(SnapshotRank::close);
    }

    @Benchmark
    public void take() {
        step.accept(ranks.first());
    }
}
