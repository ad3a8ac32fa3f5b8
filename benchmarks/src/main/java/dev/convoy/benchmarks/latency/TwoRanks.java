/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.benchmarks.latency;

import dev.convoy.ReduceOp;
import dev.convoy.benchmarks.ranks.Rank;
import dev.convoy.benchmarks.ranks.RankThreads;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** Eight bytes, all-reduced by two threads of one JVM that are two ranks: from the call to its known end. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@State(Scope.Benchmark)
public class TwoRanks {
    private static final int RANKS = 2;
    private static final int FLOATS = 2;

    private RankThreads ranks;

    /** Forms the communicator, and has the second rank follow the first. */
    @Setup(Level.Trial)
    public void begin() {
        ranks = new RankThreads(RANKS, FLOATS);
        ranks.follow(TwoRanks::reduce);
    }

    /** Ends it. */
    @TearDown(Level.Trial)
    public void end() {
        ranks.close();
    }

    @Benchmark
    public void allReduce8Bytes() {
        reduce(ranks.first());
    }

    private static void reduce(Rank rank) {
        rank.communicator()
                .allReduce(rank.part(), rank.otherPart(), ReduceOp.SUM, rank.stream())
                .await();
    }
}
