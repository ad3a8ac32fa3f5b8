/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.bindings;

import static dev.convoy.bindings.TwoRanks.COUNT;
import static dev.convoy.bindings.TwoRanks.FLOAT32;
import static dev.convoy.bindings.TwoRanks.ok;
import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.ValueLayout;
import java.util.EnumMap;
import java.util.Map;

/** What NCCL's functions about memory do: registration, windows, and what a rank does to another's window. */
final class MemoryCases {
    private static final int INVALID_ARGUMENT = 4;
    private static final int SYMMETRIC = 1;
    private static final long BYTES = 4096;

    private MemoryCases() {}

    static Map<NcclFunction, ContractCase> all() {
        Map<NcclFunction, ContractCase> cases = new EnumMap<>(NcclFunction.class);
        cases.put(NcclFunction.MEM_ALLOC, MemoryCases::allocation);
        cases.put(NcclFunction.MEM_FREE, MemoryCases::allocation);
        cases.put(NcclFunction.COMM_REGISTER, MemoryCases::registration);
        cases.put(NcclFunction.COMM_DEREGISTER, MemoryCases::registration);
        cases.put(NcclFunction.COMM_WINDOW_REGISTER, MemoryCases::window);
        cases.put(NcclFunction.COMM_WINDOW_DEREGISTER, MemoryCases::window);
        cases.put(NcclFunction.WIN_GET_USER_PTR, MemoryCases::window);
        cases.put(NcclFunction.PUT_SIGNAL, MemoryCases::put);
        cases.put(NcclFunction.SIGNAL, MemoryCases::signal);
        cases.put(NcclFunction.WAIT_SIGNAL, MemoryCases::signal);
        return cases;
    }

    private static void allocation(NativeRuntime runtime) {
        Nccl nccl = runtime.nccl();
        try (TwoRanks ranks = new TwoRanks(runtime)) {
            long memory = allocate(nccl, ranks);
            NativeMemory.setLong(memory, 42);
            assertThat(NativeMemory.longAt(memory)).isEqualTo(42);
            ok(nccl.memFree(memory));
            assertThat(nccl.memFree(ranks.out())).isNotZero();
            assertThat(nccl.memAlloc(0, BYTES)).isNotZero();
        }
    }

    private static long allocate(Nccl nccl, TwoRanks ranks) {
        ok(nccl.memAlloc(ranks.out(), BYTES));
        assertThat(ranks.cell()).isNotZero();
        return ranks.cell();
    }

    private static void registration(NativeRuntime runtime) {
        Nccl nccl = runtime.nccl();
        try (TwoRanks ranks = new TwoRanks(runtime)) {
            ok(nccl.commRegister(ranks.comm[0], ranks.send[0], COUNT * Float.BYTES, ranks.out()));
            long handle = ranks.cell();
            ok(nccl.commDeregister(ranks.comm[0], handle));
            assertThat(nccl.commRegister(0, ranks.send[0], COUNT * Float.BYTES, ranks.out()))
                    .isEqualTo(INVALID_ARGUMENT);
            assertThat(nccl.commDeregister(0, handle)).isEqualTo(INVALID_ARGUMENT);
        }
    }

    /** A window of each rank, over memory of this type's own. */
    private static final class Windows {
        final long[] memory = new long[TwoRanks.RANKS];
        final long[] window = new long[TwoRanks.RANKS];

        Windows(Nccl nccl, TwoRanks ranks) {
            for (int rank = 0; rank < TwoRanks.RANKS; rank++) {
                memory[rank] = allocate(nccl, ranks);
            }
            long[] out = new long[TwoRanks.RANKS];
            for (int rank = 0; rank < TwoRanks.RANKS; rank++) {
                out[rank] = ranks.arena().allocate(ValueLayout.JAVA_LONG).address();
            }
            ok(nccl.groupStart());
            for (int rank = 0; rank < TwoRanks.RANKS; rank++) {
                ok(nccl.commWindowRegister(ranks.comm[rank], memory[rank], BYTES, out[rank], SYMMETRIC));
            }
            ok(nccl.groupEnd());
            for (int rank = 0; rank < TwoRanks.RANKS; rank++) {
                window[rank] = NativeMemory.longAt(out[rank]);
            }
        }

        void free(Nccl nccl, TwoRanks ranks) {
            for (int rank = 0; rank < TwoRanks.RANKS; rank++) {
                ok(nccl.commWindowDeregister(ranks.comm[rank], window[rank]));
                ok(nccl.memFree(memory[rank]));
            }
        }
    }

    private static void window(NativeRuntime runtime) {
        Nccl nccl = runtime.nccl();
        try (TwoRanks ranks = new TwoRanks(runtime)) {
            Windows windows = new Windows(nccl, ranks);
            if (nccl.supports("ncclWinGetUserPtr")) {
                ok(nccl.winGetUserPtr(ranks.comm[1], windows.window[1], ranks.out()));
                assertThat(ranks.cell()).isEqualTo(windows.memory[1]);
                assertThat(nccl.winGetUserPtr(ranks.comm[1], windows.window[1], 0))
                        .isEqualTo(INVALID_ARGUMENT);
            }
            assertThat(nccl.commWindowRegister(0, windows.memory[0], BYTES, ranks.out(), 0))
                    .isEqualTo(INVALID_ARGUMENT);
            assertThat(nccl.commWindowDeregister(0, windows.window[0])).isEqualTo(INVALID_ARGUMENT);
            windows.free(nccl, ranks);
        }
    }

    /** Rank 0 writes into the second half of rank 1's window, which waits for it. */
    private static void put(NativeRuntime runtime) {
        Nccl nccl = runtime.nccl();
        try (TwoRanks ranks = new TwoRanks(runtime)) {
            Windows windows = new Windows(nccl, ranks);
            NativeMemory.setLong(windows.memory[0], 0x1122334455667788L);
            long offset = BYTES / 2;
            ranks.together(rank -> rank == 0
                    ? nccl.putSignal(
                            windows.memory[0],
                            2,
                            FLOAT32,
                            1,
                            windows.window[0],
                            offset,
                            0,
                            0,
                            0,
                            ranks.comm[0],
                            ranks.stream[0])
                    : await(nccl, ranks, 1, 0));
            assertThat(NativeMemory.longAt(windows.memory[1] + offset)).isEqualTo(0x1122334455667788L);
            assertThat(nccl.putSignal(
                            windows.memory[0], 2, FLOAT32, 1, 0, offset, 0, 0, 0, ranks.comm[0], ranks.stream[0]))
                    .isEqualTo(INVALID_ARGUMENT);
            windows.free(nccl, ranks);
        }
    }

    private static int await(Nccl nccl, TwoRanks ranks, int rank, int peer) {
        NcclWaitSignals signals = NcclWaitSignals.allocate(ranks.arena(), 1).set(0, 1, peer, 0, 0);
        return nccl.waitSignal(1, signals.address(), ranks.comm[rank], ranks.stream[rank]);
    }

    private static void signal(NativeRuntime runtime) {
        Nccl nccl = runtime.nccl();
        try (TwoRanks ranks = new TwoRanks(runtime)) {
            Windows windows = new Windows(nccl, ranks);
            ranks.together(rank ->
                    rank == 1 ? nccl.signal(0, 0, 0, 0, ranks.comm[1], ranks.stream[1]) : await(nccl, ranks, 0, 1));
            assertThat(nccl.signal(2, 0, 0, 0, ranks.comm[1], ranks.stream[1])).isEqualTo(INVALID_ARGUMENT);
            assertThat(nccl.waitSignal(1, 0, ranks.comm[0], ranks.stream[0])).isEqualTo(INVALID_ARGUMENT);
            windows.free(nccl, ranks);
        }
    }
}
