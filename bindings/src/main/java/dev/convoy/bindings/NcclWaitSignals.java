/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.bindings;

import java.lang.foreign.Arena;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;

/** An array of {@code ncclWaitSignalDesc_t}, which says what {@link Nccl#waitSignal(int, long, long, long)} awaits. */
public final class NcclWaitSignals {
    /** {@code ncclWaitSignalDesc_t}, 16 bytes. */
    public static final StructLayout LAYOUT = MemoryLayout.structLayout(
                    ValueLayout.JAVA_INT.withName("opCnt"),
                    ValueLayout.JAVA_INT.withName("peer"),
                    ValueLayout.JAVA_INT.withName("sigIdx"),
                    ValueLayout.JAVA_INT.withName("ctx"))
            .withName("ncclWaitSignalDesc_t");

    private final MemorySegment memory;

    private NcclWaitSignals(MemorySegment memory) {
        this.memory = memory;
    }

    /**
     * Allocates descriptors that await nothing.
     *
     * @param arena their owner
     * @param count how many
     * @return the array
     */
    public static NcclWaitSignals allocate(Arena arena, int count) {
        return new NcclWaitSignals(arena.allocate(LAYOUT, count));
    }

    /**
     * Fills a descriptor.
     *
     * @param index which one
     * @param operations how many signals to wait for
     * @param peer the rank that sends them
     * @param signal index of the signal
     * @param context index of the context
     * @return this
     * @throws IndexOutOfBoundsException if there is no such descriptor
     */
    public NcclWaitSignals set(int index, int operations, int peer, int signal, int context) {
        long at = index * LAYOUT.byteSize();
        memory.set(ValueLayout.JAVA_INT, at, operations);
        memory.set(ValueLayout.JAVA_INT, at + 4, peer);
        memory.set(ValueLayout.JAVA_INT, at + 8, signal);
        memory.set(ValueLayout.JAVA_INT, at + 12, context);
        return this;
    }

    /**
     * Where the array is.
     *
     * @return its address
     */
    public long address() {
        return memory.address();
    }
}
