/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.benchmarks.calls;

import static dev.convoy.benchmarks.calls.OneRank.COUNT;
import static dev.convoy.benchmarks.calls.OneRank.CUDA;
import static dev.convoy.benchmarks.calls.OneRank.FLOAT32;
import static dev.convoy.benchmarks.calls.OneRank.NCCL;
import static dev.convoy.benchmarks.calls.OneRank.SUM;

import dev.convoy.ReduceOp;
import java.util.concurrent.TimeUnit;
import org.bytedeco.cuda.global.cudart;
import org.bytedeco.cuda.global.nccl;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;

/**
 * The same operation of the same library by five ways: a loop in C, our bindings, the public API, JavaCPP's bindings,
 * and ours over these. An all-reduce is one of two floats on one rank, with the question that finds it done.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class CallOverhead {
    private static final int LOOP = 1000;
    private static final int NOT_READY = 600;

    @Benchmark
    @OperationsPerInvocation(LOOP)
    public int allReduceC(OneRank rank) {
        return succeeded(Baseline.allReduce(rank, LOOP));
    }

    @Benchmark
    public int allReduceBindings(OneRank rank) {
        int issued = NCCL.allReduce(rank.send, rank.receive, COUNT, FLOAT32, SUM, rank.comm, rank.stream);
        return succeeded(issued + drained(CUDA.streamQuery(rank.stream), rank));
    }

    @Benchmark
    public void allReducePublic(PublicRank rank) {
        rank.communicator
                .allReduce(rank.send, rank.receive, ReduceOp.SUM, rank.stream)
                .await();
    }

    @Benchmark
    public int allReduceJavaCpp(JavaCppRank rank, OneRank same) {
        int issued = nccl.ncclAllReduce(rank.send, rank.receive, COUNT, FLOAT32, SUM, rank.comm, rank.stream);
        return succeeded(issued + drained(cudart.cudaStreamQuery(rank.stream), same));
    }

    @Benchmark
    public int allReduceJavaCppBindings(JavaCppRank rank, OneRank same) {
        int issued = JavaCppRank.NCCL.allReduce(same.send, same.receive, COUNT, FLOAT32, SUM, same.comm, same.stream);
        return succeeded(issued + drained(JavaCppRank.CUDA.streamQuery(same.stream), same));
    }

    @Benchmark
    @OperationsPerInvocation(LOOP)
    public int commCountC(OneRank rank) {
        return succeeded(Baseline.commCount(rank, LOOP));
    }

    @Benchmark
    public int commCountBindings(OneRank rank) {
        return succeeded(NCCL.commCount(rank.comm, rank.cell()));
    }

    @Benchmark
    public int commCountPublic(PublicRank rank) {
        return rank.communicator.worldSize();
    }

    @Benchmark
    public int commCountJavaCpp(JavaCppRank rank) {
        return succeeded(nccl.ncclCommCount(rank.comm, rank.cell));
    }

    @Benchmark
    public int commCountJavaCppBindings(JavaCppRank rank, OneRank same) {
        return succeeded(JavaCppRank.NCCL.commCount(same.comm, same.cell()));
    }

    @Benchmark
    @OperationsPerInvocation(LOOP)
    public int asyncErrorC(OneRank rank) {
        return succeeded(Baseline.asyncError(rank, LOOP));
    }

    @Benchmark
    public int asyncErrorBindings(OneRank rank) {
        return succeeded(NCCL.commGetAsyncError(rank.comm, rank.cell()));
    }

    @Benchmark
    public Object asyncErrorPublic(PublicRank rank) {
        return rank.communicator.asyncError();
    }

    @Benchmark
    public int asyncErrorJavaCpp(JavaCppRank rank) {
        return succeeded(nccl.ncclCommGetAsyncError(rank.comm, rank.cell));
    }

    /** The stream is busy while the runtime's own thread looks at it, which is seldom. */
    private static int drained(int status, OneRank rank) {
        return status == NOT_READY ? CUDA.streamSynchronize(rank.stream) : status;
    }

    private static int succeeded(int status) {
        if (status != 0) {
            throw new IllegalStateException("a call returned " + status);
        }
        return status;
    }
}
