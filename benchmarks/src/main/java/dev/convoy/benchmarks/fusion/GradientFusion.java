/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.benchmarks.fusion;

import dev.convoy.Communicator;
import dev.convoy.DataType;
import dev.convoy.GradientBucketer;
import dev.convoy.ReduceOp;
import dev.convoy.Stream;
import dev.convoy.Work;
import dev.convoy.benchmarks.ranks.Rank;
import dev.convoy.benchmarks.ranks.RankThreads;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
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

/** The gradients of a step, 1 MiB in tensors of equal size, reduced over two ranks. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@State(Scope.Benchmark)
public class GradientFusion {
    private static final int RANKS = 2;
    private static final int FLOATS = 1 << 18;
    private static final long BUCKET_BYTES = 1 << 20;

    /** How the tensors travel. */
    public enum Way {
        /** An all-reduce for each; then a wait for the last. */
        ONE_BY_ONE {
            @Override
            void reduce(GradientBucketer gradients, int tensors, Communicator communicator, Stream stream) {
                each(gradients, tensors, communicator, stream).await();
            }
        },
        /** An all-reduce for each, in one group. */
        GROUPED {
            @Override
            void reduce(GradientBucketer gradients, int tensors, Communicator communicator, Stream stream) {
                Work last;
                try (var _ = communicator.group()) {
                    last = each(gradients, tensors, communicator, stream);
                }
                last.await();
            }
        },
        /** As the bucketer does it. */
        FUSED {
            @Override
            void reduce(GradientBucketer gradients, int tensors, Communicator communicator, Stream stream) {
                gradients.allReduce(communicator, ReduceOp.SUM, stream).await();
            }
        };

        abstract void reduce(GradientBucketer gradients, int tensors, Communicator communicator, Stream stream);

        private static Work each(GradientBucketer gradients, int tensors, Communicator communicator, Stream stream) {
            Work last = null;
            for (int i = 0; i < tensors; i++) {
                last = communicator.allReduce(gradients.gradient(i), ReduceOp.SUM, stream);
            }
            return last;
        }
    }

    @Param
    Way way;

    @Param({"64", "1024"})
    int tensors;

    private final Map<Rank, GradientBucketer> gradients = new HashMap<>();
    private RankThreads ranks;
    private Consumer<Rank> step;

    /** Forms the communicator, and has the second rank follow the first. */
    @Setup(Level.Trial)
    public void begin() {
        ranks = new RankThreads(RANKS, 1);
        List<Long> counts = Collections.nCopies(tensors, (long) FLOATS / tensors);
        ranks.each(rank -> gradients.put(
                rank, GradientBucketer.of(rank.communicator().device(), counts, DataType.FLOAT32, BUCKET_BYTES)));
        step = rank -> way.reduce(gradients.get(rank), tensors, rank.communicator(), rank.stream());
        ranks.follow(step);
    }

    /** Ends it. */
    @TearDown(Level.Trial)
    public void end() {
        ranks.close();
        gradients.values().forEach(GradientBucketer::close);
    }

    @Benchmark
    public void step() {
        step.accept(ranks.first());
    }
}
