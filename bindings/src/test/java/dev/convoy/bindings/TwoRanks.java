/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.bindings;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.function.IntUnaryOperator;

/** A communicator of two ranks, both of this thread, with a stream and buffers for each. */
final class TwoRanks implements AutoCloseable {
    static final int RANKS = 2;
    static final int FLOAT32 = 7;
    static final int SUM = 0;
    static final int MAX = 2;

    /** Elements of each buffer. */
    static final int COUNT = 4;

    private static final int NON_BLOCKING = 1;

    private final Arena arena = Arena.ofConfined();
    private final MemorySegment cells = arena.allocate(ValueLayout.JAVA_LONG, RANKS);
    private final Nccl nccl;
    private final Cuda cuda;

    final long[] comm = new long[RANKS];
    final long[] stream = new long[RANKS];
    final long[] send = new long[RANKS];
    final long[] receive = new long[RANKS];

    TwoRanks(NativeRuntime runtime) {
        nccl = runtime.nccl();
        cuda = runtime.cuda();
        ok(nccl.commInitAll(cells.address(), RANKS, 0));
        for (int rank = 0; rank < RANKS; rank++) {
            comm[rank] = cells.getAtIndex(ValueLayout.JAVA_LONG, rank);
        }
        for (int rank = 0; rank < RANKS; rank++) {
            ok(cuda.setDevice(rank));
            ok(cuda.streamCreateWithFlags(cells.address(), NON_BLOCKING));
            stream[rank] = cell();
            send[rank] = allocate();
            receive[rank] = allocate();
            for (int i = 0; i < COUNT; i++) {
                floats(send[rank]).setAtIndex(ValueLayout.JAVA_FLOAT, i, 10 * rank + i + 1);
            }
        }
        ok(cuda.setDevice(0));
    }

    private long allocate() {
        ok(cuda.malloc(cells.address(), COUNT * Float.BYTES));
        long address = cell();
        ok(cuda.memset(address, 0, COUNT * Float.BYTES));
        return address;
    }

    static void ok(int status) {
        assertThat(status).isZero();
    }

    /** Where a result can be put. */
    long out() {
        return cells.address();
    }

    /** The result that was put there. */
    long cell() {
        return cells.get(ValueLayout.JAVA_LONG, 0);
    }

    Arena arena() {
        return arena;
    }

    /** Device memory is addressable by the CPU here. */
    static MemorySegment floats(long address) {
        return NativeMemory.view(address, COUNT * Float.BYTES);
    }

    float[] received(int rank) {
        return floats(receive[rank]).toArray(ValueLayout.JAVA_FLOAT);
    }

    float[] sent(int rank) {
        return floats(send[rank]).toArray(ValueLayout.JAVA_FLOAT);
    }

    /** Both ranks call in one group, and wait for their streams. */
    void together(IntUnaryOperator call) {
        ok(nccl.groupStart());
        for (int rank = 0; rank < RANKS; rank++) {
            ok(call.applyAsInt(rank));
        }
        ok(nccl.groupEnd());
        Arrays.stream(stream).forEach(each -> ok(cuda.streamSynchronize(each)));
    }

    @Override
    public void close() {
        for (int rank = 0; rank < RANKS; rank++) {
            ok(nccl.commAbort(comm[rank]));
            ok(cuda.streamDestroy(stream[rank]));
            ok(cuda.free(send[rank]));
            ok(cuda.free(receive[rank]));
        }
        arena.close();
    }
}
