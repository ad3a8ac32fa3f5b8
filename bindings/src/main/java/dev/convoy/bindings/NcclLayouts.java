/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.bindings;

import java.lang.foreign.Arena;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;

/** Layouts of the structures in NCCL's interface, as of 2.29.3 on x86-64. */
public final class NcclLayouts {
    /** {@code ncclUniqueId}: 128 opaque bytes, passed by value. */
    public static final StructLayout UNIQUE_ID = MemoryLayout.structLayout(
                    MemoryLayout.sequenceLayout(128, ValueLayout.JAVA_BYTE).withName("internal"))
            .withName("ncclUniqueId");

    /** {@code ncclConfig_t}, 88 bytes. */
    public static final StructLayout CONFIG = MemoryLayout.structLayout(
                    ValueLayout.JAVA_LONG.withName("size"),
                    ValueLayout.JAVA_INT.withName("magic"),
                    ValueLayout.JAVA_INT.withName("version"),
                    ValueLayout.JAVA_INT.withName("blocking"),
                    ValueLayout.JAVA_INT.withName("cgaClusterSize"),
                    ValueLayout.JAVA_INT.withName("minCTAs"),
                    ValueLayout.JAVA_INT.withName("maxCTAs"),
                    ValueLayout.JAVA_LONG.withName("netName"),
                    ValueLayout.JAVA_INT.withName("splitShare"),
                    ValueLayout.JAVA_INT.withName("trafficClass"),
                    ValueLayout.JAVA_LONG.withName("commName"),
                    ValueLayout.JAVA_INT.withName("collnetEnable"),
                    ValueLayout.JAVA_INT.withName("CTAPolicy"),
                    ValueLayout.JAVA_INT.withName("shrinkShare"),
                    ValueLayout.JAVA_INT.withName("nvlsCTAs"),
                    ValueLayout.JAVA_INT.withName("nChannelsPerNetPeer"),
                    ValueLayout.JAVA_INT.withName("nvlinkCentricSched"),
                    ValueLayout.JAVA_INT.withName("graphUsageMode"),
                    ValueLayout.JAVA_INT.withName("numRmaCtx"))
            .withName("ncclConfig_t");

    /** The version of NCCL whose {@link #CONFIG} this is; NCCL reads from it which fields there are. */
    public static final int CONFIG_VERSION = 2_29_03;

    private static final int CONFIG_MAGIC = 0xcafebeef;
    private static final int UNDEFINED = Integer.MIN_VALUE;
    // Offsets in CONFIG as numbers: paths by name load classes and spin lambdas while the other ranks wait.
    private static final long SIZE = 0;
    private static final long MAGIC = 8;
    private static final long VERSION = 12;
    private static final long BLOCKING = 16;
    private static final long NET_NAME = 32;
    private static final long COMM_NAME = 48;

    private NcclLayouts() {}

    /**
     * Allocates a configuration in which nothing is set but how blocking it is and what the communicator is called.
     *
     * @param arena owner of the structure and of the name
     * @param blocking whether calls block
     * @param name name of the communicator, for the library's messages
     * @return the structure, which must live until the call that takes it has returned
     */
    public static MemorySegment newConfig(Arena arena, boolean blocking, String name) {
        MemorySegment config = arena.allocate(CONFIG);
        for (long field = BLOCKING; field < CONFIG.byteSize(); field += Integer.BYTES) {
            config.set(ValueLayout.JAVA_INT, field, UNDEFINED);
        }
        config.set(ValueLayout.JAVA_LONG, NET_NAME, 0);
        config.set(ValueLayout.JAVA_LONG, SIZE, CONFIG.byteSize());
        config.set(ValueLayout.JAVA_INT, MAGIC, CONFIG_MAGIC);
        config.set(ValueLayout.JAVA_INT, VERSION, CONFIG_VERSION);
        config.set(ValueLayout.JAVA_INT, BLOCKING, blocking ? 1 : 0);
        config.set(ValueLayout.JAVA_LONG, COMM_NAME, arena.allocateFrom(name).address());
        return config;
    }
}
