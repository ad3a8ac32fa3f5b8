/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.bindings;

import java.lang.foreign.Arena;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;

/** An {@code ncclSimInfo_t}, which {@link Nccl#groupSimulateEnd(long)} fills; its layout is that of 2.22.3. */
public final class NcclSimInfo {
    /** {@code ncclSimInfo_t}, 24 bytes. */
    public static final StructLayout LAYOUT = MemoryLayout.structLayout(
                    ValueLayout.JAVA_LONG.withName("size"),
                    ValueLayout.JAVA_INT.withName("magic"),
                    ValueLayout.JAVA_INT.withName("version"),
                    ValueLayout.JAVA_FLOAT.withName("estimatedTime"),
                    MemoryLayout.paddingLayout(Float.BYTES))
            .withName("ncclSimInfo_t");

    private static final int MAGIC = 0x74685283;
    private static final int VERSION = 2_22_03;
    private static final float UNDEFINED = -1;
    private static final long TIME_OFFSET = 16;

    private final MemorySegment memory;

    private NcclSimInfo(MemorySegment memory) {
        this.memory = memory;
    }

    /**
     * Allocates a structure that says nothing yet.
     *
     * @param arena its owner
     * @return the structure
     */
    public static NcclSimInfo allocate(Arena arena) {
        MemorySegment memory = arena.allocate(LAYOUT);
        memory.set(ValueLayout.JAVA_LONG, 0, LAYOUT.byteSize());
        memory.set(ValueLayout.JAVA_INT, 8, MAGIC);
        memory.set(ValueLayout.JAVA_INT, 12, VERSION);
        memory.set(ValueLayout.JAVA_FLOAT, TIME_OFFSET, UNDEFINED);
        return new NcclSimInfo(memory);
    }

    /**
     * How long the group would take.
     *
     * @return microseconds, or -1 if the library has not estimated it
     */
    public float estimatedTime() {
        return memory.get(ValueLayout.JAVA_FLOAT, TIME_OFFSET);
    }

    /**
     * Where the structure is.
     *
     * @return its address
     */
    public long address() {
        return memory.address();
    }
}
