/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.bindings;

import static dev.convoy.bindings.TwoRanks.ok;
import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.IntUnaryOperator;

/** What NCCL's functions do that make, ask and end communicators. */
final class CommunicatorCases {
    private static final int SUCCESS = 0;
    private static final int INVALID_ARGUMENT = 4;
    private static final int IN_PROGRESS = 7;
    private static final int NO_COLOR = -1;
    private static final long SECONDS_10 = 10_000_000_000L;

    private CommunicatorCases() {}

    static Map<NcclFunction, ContractCase> all() {
        Map<NcclFunction, ContractCase> cases = new EnumMap<>(NcclFunction.class);
        cases.put(NcclFunction.GET_VERSION, CommunicatorCases::version);
        cases.put(NcclFunction.GET_UNIQUE_ID, CommunicatorCases::uniqueId);
        cases.put(NcclFunction.GET_ERROR_STRING, CommunicatorCases::errors);
        cases.put(NcclFunction.GET_LAST_ERROR, CommunicatorCases::errors);
        cases.put(NcclFunction.RESET_DEBUG_INIT, CommunicatorCases::resetDebugInit);
        cases.put(NcclFunction.COMM_INIT_RANK, CommunicatorCases::initRank);
        cases.put(NcclFunction.COMM_INIT_RANK_CONFIG, CommunicatorCases::initRankConfig);
        cases.put(NcclFunction.COMM_INIT_RANK_SCALABLE, CommunicatorCases::initRankScalable);
        cases.put(NcclFunction.COMM_INIT_ALL, CommunicatorCases::initAll);
        cases.put(NcclFunction.COMM_COUNT, runtime -> asked(runtime, runtime.nccl()::commCount, 2, 2));
        cases.put(NcclFunction.COMM_USER_RANK, runtime -> asked(runtime, runtime.nccl()::commUserRank, 0, 1));
        cases.put(NcclFunction.COMM_CU_DEVICE, runtime -> asked(runtime, runtime.nccl()::commCuDevice, 0, 1));
        cases.put(
                NcclFunction.COMM_GET_ASYNC_ERROR, runtime -> asked(runtime, runtime.nccl()::commGetAsyncError, 0, 0));
        cases.put(NcclFunction.COMM_FINALIZE, CommunicatorCases::finalized);
        cases.put(NcclFunction.COMM_DESTROY, CommunicatorCases::destroyed);
        cases.put(NcclFunction.COMM_ABORT, CommunicatorCases::aborted);
        cases.put(NcclFunction.COMM_REVOKE, CommunicatorCases::revoked);
        cases.put(NcclFunction.COMM_SPLIT, CommunicatorCases::split);
        cases.put(NcclFunction.COMM_SHRINK, CommunicatorCases::shrunk);
        cases.put(NcclFunction.COMM_GET_UNIQUE_ID, CommunicatorCases::grown);
        cases.put(NcclFunction.COMM_GROW, CommunicatorCases::grown);
        return cases;
    }

    private static void version(NativeRuntime runtime) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment cell = arena.allocate(ValueLayout.JAVA_INT);
            ok(runtime.nccl().getVersion(cell.address()));
            assertThat(cell.get(ValueLayout.JAVA_INT, 0)).isEqualTo(runtime.version());
            assertThat(runtime.nccl().getVersion(0)).isEqualTo(INVALID_ARGUMENT);
        }
    }

    private static void uniqueId(NativeRuntime runtime) {
        try (Arena arena = Arena.ofConfined()) {
            assertThat(id(runtime, arena).toArray(ValueLayout.JAVA_BYTE))
                    .isNotEqualTo(id(runtime, arena).toArray(ValueLayout.JAVA_BYTE));
            assertThat(runtime.nccl().getUniqueId(0)).isEqualTo(INVALID_ARGUMENT);
        }
    }

    private static MemorySegment id(NativeRuntime runtime, Arena arena) {
        MemorySegment id = arena.allocate(NcclLayouts.UNIQUE_ID);
        ok(runtime.nccl().getUniqueId(id.address()));
        return id;
    }

    private static void errors(NativeRuntime runtime) {
        Nccl nccl = runtime.nccl();
        assertThat(nccl.getErrorString(SUCCESS)).isNotBlank().isNotEqualTo(nccl.getErrorString(INVALID_ARGUMENT));
        assertThat(nccl.getUniqueId(0)).isEqualTo(INVALID_ARGUMENT);
        assertThat(nccl.getLastError(0)).contains("ncclGetUniqueId");
    }

    /** Logging is all that it touches, so that errors are still told. */
    private static void resetDebugInit(NativeRuntime runtime) {
        runtime.nccl().resetDebugInit();
        errors(runtime);
    }

    private static void initRank(NativeRuntime runtime) {
        Nccl nccl = runtime.nccl();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment out = arena.allocate(ValueLayout.JAVA_LONG);
            long id = id(runtime, arena).address();
            assertThat(nccl.commInitRank(out.address(), 1, id, 1)).isEqualTo(INVALID_ARGUMENT);
            ok(nccl.commInitRank(out.address(), 1, id, 0));
            ok(nccl.commDestroy(out.get(ValueLayout.JAVA_LONG, 0)));
        }
    }

    private static void initRankConfig(NativeRuntime runtime) {
        Nccl nccl = runtime.nccl();
        try (Arena arena = Arena.ofConfined()) {
            NcclConfig config = NcclConfig.allocate(arena, runtime.version())
                    .blocking(false)
                    .name("contract");
            MemorySegment out = arena.allocate(ValueLayout.JAVA_LONG);
            long id = id(runtime, arena).address();
            int begun = nccl.commInitRankConfig(out.address(), 1, id, 0, config.address());
            long comm = out.get(ValueLayout.JAVA_LONG, 0);
            assertThat(ended(nccl, comm, begun)).isEqualTo(SUCCESS);
            ok(nccl.commAbort(comm));

            config.memory().set(ValueLayout.JAVA_INT, 8, 0);
            assertThat(nccl.commInitRankConfig(out.address(), 1, id, 0, config.address()))
                    .isEqualTo(INVALID_ARGUMENT);
        }
    }

    /** What a call that does not block ends with. */
    private static int ended(Nccl nccl, long comm, int begun) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment status = arena.allocate(ValueLayout.JAVA_INT);
            status.set(ValueLayout.JAVA_INT, 0, begun);
            long until = System.nanoTime() + SECONDS_10;
            while (status.get(ValueLayout.JAVA_INT, 0) == IN_PROGRESS) {
                assertThat(System.nanoTime()).as("no end within 10 s").isLessThan(until);
                Thread.onSpinWait();
                ok(nccl.commGetAsyncError(comm, status.address()));
            }
            return status.get(ValueLayout.JAVA_INT, 0);
        }
    }

    private static void initRankScalable(NativeRuntime runtime) {
        Nccl nccl = runtime.nccl();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment out = arena.allocate(ValueLayout.JAVA_LONG);
            long id = id(runtime, arena).address();
            assertThat(nccl.commInitRankScalable(out.address(), 1, 0, 0, id, 0)).isEqualTo(INVALID_ARGUMENT);
            ok(nccl.commInitRankScalable(out.address(), 1, 0, 1, id, 0));
            ok(nccl.commDestroy(out.get(ValueLayout.JAVA_LONG, 0)));
        }
    }

    private static void initAll(NativeRuntime runtime) {
        Nccl nccl = runtime.nccl();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment out = arena.allocate(ValueLayout.JAVA_LONG, 2);
            MemorySegment devices = arena.allocateFrom(ValueLayout.JAVA_INT, 1, 0);
            ok(nccl.commInitAll(out.address(), 2, devices.address()));
            MemorySegment device = arena.allocate(ValueLayout.JAVA_INT);
            ok(nccl.commCuDevice(out.get(ValueLayout.JAVA_LONG, 0), device.address()));
            assertThat(device.get(ValueLayout.JAVA_INT, 0)).isEqualTo(1);
            for (long comm : out.toArray(ValueLayout.JAVA_LONG)) {
                ok(nccl.commAbort(comm));
            }
            assertThat(nccl.commInitAll(0, 2, 0)).isEqualTo(INVALID_ARGUMENT);
        }
    }

    /** A question to a communicator. */
    @FunctionalInterface
    private interface Question {
        int of(long comm, long out);
    }

    private static void asked(NativeRuntime runtime, Question question, int ofRank0, int ofRank1) {
        try (TwoRanks ranks = new TwoRanks(runtime)) {
            ok(question.of(ranks.comm[0], ranks.out()));
            assertThat(NativeMemory.intAt(ranks.out())).isEqualTo(ofRank0);
            ok(question.of(ranks.comm[1], ranks.out()));
            assertThat(NativeMemory.intAt(ranks.out())).isEqualTo(ofRank1);
            assertThat(question.of(0, ranks.out())).isEqualTo(INVALID_ARGUMENT);
            assertThat(question.of(ranks.comm[0], 0)).isEqualTo(INVALID_ARGUMENT);
        }
    }

    private static long alone(NativeRuntime runtime) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment out = arena.allocate(ValueLayout.JAVA_LONG);
            ok(runtime.nccl().commInitAll(out.address(), 1, 0));
            return out.get(ValueLayout.JAVA_LONG, 0);
        }
    }

    private static void finalized(NativeRuntime runtime) {
        Nccl nccl = runtime.nccl();
        long comm = alone(runtime);
        assertThat(ended(nccl, comm, nccl.commFinalize(comm))).isEqualTo(SUCCESS);
        assertThat(nccl.commFinalize(comm)).isNotEqualTo(SUCCESS);
        ok(nccl.commDestroy(comm));
    }

    private static void destroyed(NativeRuntime runtime) {
        Nccl nccl = runtime.nccl();
        long comm = alone(runtime);
        ok(nccl.commDestroy(comm));
        try (Arena arena = Arena.ofConfined()) {
            assertThat(nccl.commCount(comm, arena.allocate(ValueLayout.JAVA_INT).address()))
                    .isEqualTo(INVALID_ARGUMENT);
        }
    }

    private static void aborted(NativeRuntime runtime) {
        Nccl nccl = runtime.nccl();
        long comm = alone(runtime);
        ok(nccl.commAbort(comm));
        try (Arena arena = Arena.ofConfined()) {
            assertThat(nccl.commCount(comm, arena.allocate(ValueLayout.JAVA_INT).address()))
                    .isEqualTo(INVALID_ARGUMENT);
        }
    }

    private static void revoked(NativeRuntime runtime) {
        Nccl nccl = runtime.nccl();
        long comm = alone(runtime);
        assertThat(nccl.commRevoke(comm, 1)).isEqualTo(INVALID_ARGUMENT);
        ok(nccl.commRevoke(0, 0));
        assertThat(ended(nccl, comm, nccl.commRevoke(comm, 0))).isEqualTo(SUCCESS);
        assertThat(nccl.commFinalize(comm)).isNotEqualTo(SUCCESS);
        ok(nccl.commDestroy(comm));
    }

    /** Both ranks make a child in one group; where each is to be put. */
    private static long[] children(TwoRanks ranks, Nccl nccl, IntUnaryOperator make, MemorySegment out) {
        ok(nccl.groupStart());
        for (int rank = 0; rank < TwoRanks.RANKS; rank++) {
            ok(make.applyAsInt(rank));
        }
        ok(nccl.groupEnd());
        return out.toArray(ValueLayout.JAVA_LONG);
    }

    /** The keys turn the order of the ranks round; without a color there is no child. */
    private static void split(NativeRuntime runtime) {
        Nccl nccl = runtime.nccl();
        try (TwoRanks ranks = new TwoRanks(runtime)) {
            MemorySegment out = ranks.arena().allocate(ValueLayout.JAVA_LONG, 2);
            long[] turned = children(
                    ranks, nccl, rank -> nccl.commSplit(ranks.comm[rank], 0, -rank, out.address() + 8L * rank, 0), out);
            for (int rank = 0; rank < TwoRanks.RANKS; rank++) {
                ok(nccl.commUserRank(turned[rank], ranks.out()));
                assertThat(NativeMemory.intAt(ranks.out())).isEqualTo(1 - rank);
                ok(nccl.commAbort(turned[rank]));
            }
            long[] none = children(
                    ranks,
                    nccl,
                    rank -> nccl.commSplit(ranks.comm[rank], NO_COLOR, 0, out.address() + 8L * rank, 0),
                    out);
            assertThat(none).containsOnly(0);
            assertThat(nccl.commSplit(ranks.comm[0], 0, 0, 0, 0)).isEqualTo(INVALID_ARGUMENT);
        }
    }

    private static void shrunk(NativeRuntime runtime) {
        Nccl nccl = runtime.nccl();
        try (TwoRanks ranks = new TwoRanks(runtime)) {
            long excluded =
                    ranks.arena().allocateFrom(ValueLayout.JAVA_INT, 0, 7).address();
            ok(nccl.commShrink(ranks.comm[1], excluded, 1, ranks.out(), 0, 0));
            long child = ranks.cell();
            ok(nccl.commUserRank(child, ranks.out()));
            assertThat(NativeMemory.intAt(ranks.out())).isZero();
            ok(nccl.commAbort(child));
            assertThat(nccl.commShrink(ranks.comm[1], excluded + 4, 1, ranks.out(), 0, 0))
                    .isEqualTo(INVALID_ARGUMENT);
        }
    }

    /** A communicator of one rank takes in a second one. */
    private static void grown(NativeRuntime runtime) {
        Nccl nccl = runtime.nccl();
        long parent = alone(runtime);
        try (Arena arena = Arena.ofConfined()) {
            long id = arena.allocate(NcclLayouts.UNIQUE_ID).address();
            long config = NcclConfig.allocate(arena, runtime.version())
                    .blocking(false)
                    .address();
            MemorySegment out = arena.allocate(ValueLayout.JAVA_LONG, 2);
            assertThat(nccl.commGetUniqueId(parent, 0)).isEqualTo(INVALID_ARGUMENT);
            ok(nccl.commGetUniqueId(parent, id));
            assertThat(nccl.commGrow(parent, 1, id, -1, out.address(), config)).isEqualTo(INVALID_ARGUMENT);
            int[] begun = {
                nccl.commGrow(parent, 2, id, -1, out.address(), config),
                nccl.commGrow(0, 2, id, 1, out.address() + 8, config)
            };
            long[] members = out.toArray(ValueLayout.JAVA_LONG);
            for (int rank = 0; rank < 2; rank++) {
                assertThat(ended(nccl, members[rank], begun[rank])).isEqualTo(SUCCESS);
                ok(nccl.commCount(members[rank], id));
                assertThat(NativeMemory.intAt(id)).isEqualTo(2);
            }
            Arrays.stream(members).forEach(member -> ok(nccl.commAbort(member)));
        }
        ok(nccl.commDestroy(parent));
    }
}
