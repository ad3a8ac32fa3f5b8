/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.bindings;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * An {@code ncclConfig_t} of the layout that the loaded library knows. NCCL has lengthened it eight times so far and
 * tells by its {@code version} which members it holds, which is why that is the version of the layout, not of the
 * library. Members that are not set have the value by which NCCL knows that.
 */
public final class NcclConfig {
    private static final int MAGIC = 0xcafebeef;
    private static final int UNDEFINED = Integer.MIN_VALUE;
    // Offsets as numbers: layouts with paths by name load classes and spin lambdas while the other ranks wait.
    private static final long SIZE_OFFSET = 0;
    private static final long MAGIC_OFFSET = 8;
    private static final long VERSION_OFFSET = 12;
    private static final long FIRST_MEMBER = 16;
    private static final long NET_NAME_OFFSET = 32;
    private static final long COMM_NAME_OFFSET = 48;

    /** The releases that lengthened the structure, and what it measures in bytes since. */
    private static final int[][] LAYOUTS = {
        {2_17_01, 40},
        {2_18_01, 48},
        {2_26_02, 48},
        {2_27_03, 72},
        {2_28_03, 80},
        {2_29_02, 88},
        {2_30_03, 96},
        {2_30_07, 96},
    };

    private final Arena arena;
    private final MemorySegment memory;
    private final int version;

    /** What can be configured; NVIDIA's documentation tells what the values mean. */
    public enum Member {
        /** Whether calls block (1) or return {@code ncclInProgress} (0). */
        BLOCKING("blocking", FIRST_MEMBER, 2_17_01),
        /** Size of a cluster of blocks. */
        CGA_CLUSTER_SIZE("cgaClusterSize", 20, 2_17_01),
        /** The fewest blocks that a kernel has. */
        MIN_CTAS("minCTAs", 24, 2_17_01),
        /** The most blocks that a kernel has. */
        MAX_CTAS("maxCTAs", 28, 2_17_01),
        /** Name of the network to use, a text. */
        NET_NAME("netName", NET_NAME_OFFSET, 2_17_01),
        /** Whether children made by split share the parent's resources. */
        SPLIT_SHARE("splitShare", 40, 2_18_01),
        /** Traffic class of the network. */
        TRAFFIC_CLASS("trafficClass", 44, 2_26_02),
        /** Name of the communicator, a text. */
        COMM_NAME("commName", COMM_NAME_OFFSET, 2_27_03),
        /** Whether the network may reduce. */
        COLLNET_ENABLE("collnetEnable", 56, 2_27_03),
        /** What blocks are chosen for. */
        CTA_POLICY("CTAPolicy", 60, 2_27_03),
        /** Whether children made by shrink share the parent's resources. */
        SHRINK_SHARE("shrinkShare", 64, 2_27_03),
        /** Blocks of a kernel that reduces in the switch. */
        NVLS_CTAS("nvlsCTAs", 68, 2_27_03),
        /** Channels to a peer across the network. */
        CHANNELS_PER_NET_PEER("nChannelsPerNetPeer", 72, 2_28_03),
        /** Whether the schedule is made for NVLink. */
        NVLINK_CENTRIC_SCHED("nvlinkCentricSched", 76, 2_28_03),
        /** How the communicator is used in CUDA graphs. */
        GRAPH_USAGE_MODE("graphUsageMode", 80, 2_29_02),
        /** Number of contexts for one-sided operations. */
        RMA_CONTEXTS("numRmaCtx", 84, 2_29_02),
        /** The most peers that a rank sends to and receives from. */
        MAX_P2P_PEERS("maxP2pPeers", 88, 2_30_03),
        /** Whether CUDA graphs keep the order of streams. */
        GRAPH_STREAM_ORDERING("graphStreamOrdering", 92, 2_30_07);

        private final String symbol;
        private final long offset;
        private final int since;

        Member(String symbol, long offset, int since) {
            this.symbol = symbol;
            this.offset = offset;
            this.since = since;
        }

        /**
         * Its name in C.
         *
         * @return such as {@code maxCTAs}
         */
        public String symbol() {
            return symbol;
        }

        /**
         * Where it is.
         *
         * @return offset in bytes
         */
        public long offset() {
            return offset;
        }

        /**
         * The release in which it appeared.
         *
         * @return a version code such as 22703
         */
        public int since() {
            return since;
        }

        /**
         * Whether it is a text; otherwise it is a number.
         *
         * @return whether it is
         */
        public boolean isText() {
            return offset == NET_NAME_OFFSET || offset == COMM_NAME_OFFSET;
        }
    }

    private NcclConfig(Arena arena, MemorySegment memory, int version) {
        this.arena = arena;
        this.memory = memory;
        this.version = version;
    }

    /**
     * Allocates a configuration in which nothing is set.
     *
     * @param arena owner of the structure and of its texts, which must live until the call that takes it has returned
     * @param libraryVersion version code of the loaded library
     * @return the configuration
     * @throws IllegalArgumentException if the library is older than 2.17.1
     */
    public static NcclConfig allocate(Arena arena, int libraryVersion) {
        int[] layout = layout(libraryVersion);
        MemorySegment memory = arena.allocate(layout[1], Long.BYTES);
        for (long member = FIRST_MEMBER; member < layout[1]; member += Integer.BYTES) {
            memory.set(ValueLayout.JAVA_INT, member, UNDEFINED);
        }
        memory.set(ValueLayout.JAVA_LONG, SIZE_OFFSET, layout[1]);
        memory.set(ValueLayout.JAVA_INT, MAGIC_OFFSET, MAGIC);
        memory.set(ValueLayout.JAVA_INT, VERSION_OFFSET, layout[0]);
        memory.set(ValueLayout.JAVA_LONG, NET_NAME_OFFSET, 0);
        if (COMM_NAME_OFFSET < layout[1]) {
            memory.set(ValueLayout.JAVA_LONG, COMM_NAME_OFFSET, 0);
        }
        return new NcclConfig(arena, memory, layout[0]);
    }

    /** The newest layout that the library knows. */
    private static int[] layout(int libraryVersion) {
        for (int i = LAYOUTS.length - 1; i >= 0; i--) {
            if (LAYOUTS[i][0] <= libraryVersion) {
                return LAYOUTS[i];
            }
        }
        throw new IllegalArgumentException("NCCL " + NativeRuntime.versionText(libraryVersion)
                + " is too old to be configured; 2.17.1 or newer is needed");
    }

    /**
     * Sets whether calls block.
     *
     * @param blocking whether they do
     * @return this
     */
    public NcclConfig blocking(boolean blocking) {
        memory.set(ValueLayout.JAVA_INT, FIRST_MEMBER, blocking ? 1 : 0);
        return this;
    }

    /**
     * Names the communicator for the library's messages; a library older than 2.27.3 has no place for that.
     *
     * @param name the name
     * @return this
     */
    public NcclConfig name(String name) {
        if (COMM_NAME_OFFSET < memory.byteSize()) {
            memory.set(
                    ValueLayout.JAVA_LONG,
                    COMM_NAME_OFFSET,
                    arena.allocateFrom(name).address());
        }
        return this;
    }

    /**
     * Sets a number.
     *
     * @param member which one
     * @param value its value
     * @return this
     * @throws IllegalArgumentException if it is a text
     * @throws UnsupportedOperationException if the library is older than the member; see {@link #has(Member)}
     */
    public NcclConfig set(Member member, int value) {
        requirePlace(member, false);
        memory.set(ValueLayout.JAVA_INT, member.offset, value);
        return this;
    }

    /**
     * Sets a text.
     *
     * @param member which one
     * @param value its value
     * @return this
     * @throws IllegalArgumentException if it is a number
     * @throws UnsupportedOperationException if the library is older than the member; see {@link #has(Member)}
     */
    public NcclConfig set(Member member, String value) {
        requirePlace(member, true);
        memory.set(
                ValueLayout.JAVA_LONG, member.offset, arena.allocateFrom(value).address());
        return this;
    }

    /**
     * Tells whether the library knows a member.
     *
     * @param member which one
     * @return whether it can be set
     */
    public boolean has(Member member) {
        return member.since <= version;
    }

    private void requirePlace(Member member, boolean text) {
        if (member.isText() != text) {
            throw new IllegalArgumentException(member.symbol + " is a " + (text ? "number" : "text"));
        }
        if (!has(member)) {
            throw new UnsupportedOperationException("ncclConfig_t has " + member.symbol + " since NCCL "
                    + NativeRuntime.versionText(member.since) + "; the loaded library knows the layout of "
                    + NativeRuntime.versionText(version));
        }
    }

    /**
     * The structure.
     *
     * @return its memory
     */
    public MemorySegment memory() {
        return memory;
    }

    /**
     * Where the structure is, for the functions that take it.
     *
     * @return its address
     */
    public long address() {
        return memory.address();
    }
}
