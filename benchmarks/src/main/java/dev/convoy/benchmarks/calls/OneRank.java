/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.benchmarks.calls;

import dev.convoy.bindings.Cuda;
import dev.convoy.bindings.NativeMemory;
import dev.convoy.bindings.NativeRuntime;
import dev.convoy.bindings.NativeRuntime.Kind;
import dev.convoy.bindings.Nccl;
import dev.convoy.bindings.Runtimes;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * A communicator of one rank with its stream and its buffers, as bare addresses: what is left of a collective when
 * there is nobody to wait for.
 */
@State(Scope.Thread)
public class OneRank {
    static final long COUNT = 2;
    static final int FLOAT32 = 7;
    static final int SUM = 0;

    /** Constants, so that the compiler sees through to the method handles, as it does in a program with one runtime. */
    static final NativeRuntime NATIVES = Runtimes.probe(Kind.HOST).runtime().orElseThrow();

    static final Nccl NCCL = NATIVES.nccl();
    static final Cuda CUDA = NATIVES.cuda();

    private static final int NON_BLOCKING = 1;
    private static final int ID_BYTES = 128;

    private final Arena arena = Arena.ofShared();
    private final long cell = arena.allocate(ValueLayout.JAVA_LONG).address();

    long comm;
    long stream;
    long send;
    long receive;

    /** Makes the communicator. */
    @Setup(Level.Trial)
    public void begin() {
        long id = arena.allocate(ID_BYTES, Long.BYTES).address();
        check(NCCL.getUniqueId(id), "ncclGetUniqueId");
        check(NCCL.commInitRank(cell, 1, id, 0), "ncclCommInitRank");
        comm = NativeMemory.longAt(cell);
        check(CUDA.streamCreateWithFlags(cell, NON_BLOCKING), "cudaStreamCreateWithFlags");
        stream = NativeMemory.longAt(cell);
        send = allocate();
        receive = allocate();
    }

    private long allocate() {
        check(CUDA.malloc(cell, COUNT * Float.BYTES), "cudaMalloc");
        return NativeMemory.longAt(cell);
    }

    /** Frees it. */
    @TearDown(Level.Trial)
    public void end() {
        check(NCCL.commDestroy(comm), "ncclCommDestroy");
        check(CUDA.streamDestroy(stream), "cudaStreamDestroy");
        check(CUDA.free(send), "cudaFree");
        check(CUDA.free(receive), "cudaFree");
        arena.close();
    }

    /** Memory for a result. */
    long cell() {
        return cell;
    }

    static void check(int status, String function) {
        if (status != 0) {
            throw new IllegalStateException(function + " returned " + status);
        }
    }
}
