/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.bindings;

import static dev.convoy.bindings.TwoRanks.COUNT;
import static dev.convoy.bindings.TwoRanks.FLOAT32;
import static dev.convoy.bindings.TwoRanks.MAX;
import static dev.convoy.bindings.TwoRanks.SUM;
import static dev.convoy.bindings.TwoRanks.ok;
import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.EnumMap;
import java.util.Map;

/** What NCCL's operations do with two ranks: rank 0 sends 1, 2, 3, 4 and rank 1 sends 11, 12, 13, 14. */
final class OperationCases {
    private static final int INVALID_ARGUMENT = 4;
    private static final int INVALID_USAGE = 5;
    private static final int NO_TYPE = 99;
    private static final int HALF = COUNT / 2;
    private static final int FLOAT64 = 8;
    private static final int HOST_IMMEDIATE = 1;
    private static final int FIRST_USER_OPERATOR = 5;

    private final Map<NcclFunction, ContractCase> cases = new EnumMap<>(NcclFunction.class);

    private OperationCases() {}

    static Map<NcclFunction, ContractCase> all() {
        OperationCases operations = new OperationCases();
        operations.addReductions();
        operations.addCopies();
        operations.addMessages();
        operations.addGroups();
        operations.cases.put(NcclFunction.RED_OP_CREATE_PRE_MUL_SUM, OperationCases::userOperator);
        operations.cases.put(NcclFunction.RED_OP_DESTROY, OperationCases::destroyedOperator);
        return operations.cases;
    }

    /** An operation as one rank calls it. */
    @FunctionalInterface
    private interface Call {
        int of(Nccl nccl, TwoRanks ranks, int rank, int type, long comm);
    }

    private void add(NcclFunction function, Call call, float[] ofRank0, float[] ofRank1) {
        cases.put(function, runtime -> {
            try (TwoRanks ranks = new TwoRanks(runtime)) {
                Nccl nccl = runtime.nccl();
                assertThat(call.of(nccl, ranks, 0, FLOAT32, 0)).isEqualTo(INVALID_ARGUMENT);
                assertThat(call.of(nccl, ranks, 0, NO_TYPE, ranks.comm[0])).isEqualTo(INVALID_ARGUMENT);
                assertThat(nccl.getLastError(ranks.comm[0])).isNotBlank();
                ranks.together(rank -> call.of(nccl, ranks, rank, FLOAT32, ranks.comm[rank]));
                assertThat(ranks.received(0)).containsExactly(ofRank0);
                assertThat(ranks.received(1)).containsExactly(ofRank1);
            }
        });
    }

    private void addReductions() {
        add(
                NcclFunction.ALL_REDUCE,
                (nccl, r, rank, type, comm) ->
                        nccl.allReduce(r.send[rank], r.receive[rank], COUNT, type, SUM, comm, r.stream[rank]),
                new float[] {12, 14, 16, 18},
                new float[] {12, 14, 16, 18});
        add(
                NcclFunction.REDUCE,
                (nccl, r, rank, type, comm) ->
                        nccl.reduce(r.send[rank], r.receive[rank], COUNT, type, MAX, 1, comm, r.stream[rank]),
                new float[] {0, 0, 0, 0},
                new float[] {11, 12, 13, 14});
        add(
                NcclFunction.REDUCE_SCATTER,
                (nccl, r, rank, type, comm) ->
                        nccl.reduceScatter(r.send[rank], r.receive[rank], HALF, type, SUM, comm, r.stream[rank]),
                new float[] {12, 14, 0, 0},
                new float[] {16, 18, 0, 0});
    }

    private void addCopies() {
        add(
                NcclFunction.BROADCAST,
                (nccl, r, rank, type, comm) ->
                        nccl.broadcast(r.send[rank], r.receive[rank], COUNT, type, 1, comm, r.stream[rank]),
                new float[] {11, 12, 13, 14},
                new float[] {11, 12, 13, 14});
        add(
                NcclFunction.ALL_GATHER,
                (nccl, r, rank, type, comm) ->
                        nccl.allGather(r.send[rank], r.receive[rank], HALF, type, comm, r.stream[rank]),
                new float[] {1, 2, 11, 12},
                new float[] {1, 2, 11, 12});
        add(
                NcclFunction.ALL_TO_ALL,
                (nccl, r, rank, type, comm) ->
                        nccl.alltoAll(r.send[rank], r.receive[rank], HALF, type, comm, r.stream[rank]),
                new float[] {1, 2, 11, 12},
                new float[] {3, 4, 13, 14});
        add(
                NcclFunction.GATHER,
                (nccl, r, rank, type, comm) ->
                        nccl.gather(r.send[rank], r.receive[rank], HALF, type, 1, comm, r.stream[rank]),
                new float[] {0, 0, 0, 0},
                new float[] {1, 2, 11, 12});
        add(
                NcclFunction.SCATTER,
                (nccl, r, rank, type, comm) ->
                        nccl.scatter(r.send[rank], r.receive[rank], HALF, type, 1, comm, r.stream[rank]),
                new float[] {11, 12, 0, 0},
                new float[] {13, 14, 0, 0});
        cases.put(NcclFunction.BCAST, OperationCases::broadcastInPlace);
    }

    private static void broadcastInPlace(NativeRuntime runtime) {
        try (TwoRanks ranks = new TwoRanks(runtime)) {
            Nccl nccl = runtime.nccl();
            assertThat(nccl.bcast(ranks.send[0], COUNT, FLOAT32, 2, ranks.comm[0], ranks.stream[0]))
                    .isEqualTo(INVALID_ARGUMENT);
            ranks.together(
                    rank -> nccl.bcast(ranks.send[rank], COUNT, FLOAT32, 1, ranks.comm[rank], ranks.stream[rank]));
            assertThat(ranks.sent(0)).containsExactly(11, 12, 13, 14);
            assertThat(ranks.sent(1)).containsExactly(11, 12, 13, 14);
        }
    }

    /** Rank 0 sends, and rank 1 receives. */
    private void addMessages() {
        Call send = (nccl, r, rank, type, comm) -> rank == 0
                ? nccl.send(r.send[0], COUNT, type, 1, comm, r.stream[0])
                : nccl.recv(r.receive[1], COUNT, type, 0, comm, r.stream[1]);
        add(NcclFunction.SEND, send, new float[] {0, 0, 0, 0}, new float[] {1, 2, 3, 4});
        Call receive = (nccl, r, rank, type, comm) -> rank == 0
                ? nccl.recv(r.receive[0], COUNT, type, 1, comm, r.stream[0])
                : nccl.send(r.send[1], COUNT, type, 0, comm, r.stream[1]);
        add(NcclFunction.RECV, receive, new float[] {11, 12, 13, 14}, new float[] {0, 0, 0, 0});
    }

    private void addGroups() {
        // What is called in a group begins at its end, which an end without a beginning is not.
        ContractCase grouped = runtime -> {
            try (TwoRanks ranks = new TwoRanks(runtime)) {
                Nccl nccl = runtime.nccl();
                assertThat(nccl.groupEnd()).isEqualTo(INVALID_USAGE);
                ok(nccl.groupStart());
                ranks.together(rank -> nccl.allReduce(
                        ranks.send[rank],
                        ranks.receive[rank],
                        COUNT,
                        FLOAT32,
                        SUM,
                        ranks.comm[rank],
                        ranks.stream[rank]));
                assertThat(ranks.received(0)).containsExactly(0, 0, 0, 0);
                ok(nccl.groupEnd());
                ok(runtime.cuda().streamSynchronize(ranks.stream[0]));
                assertThat(ranks.received(0)).containsExactly(12, 14, 16, 18);
            }
        };
        cases.put(NcclFunction.GROUP_START, grouped);
        cases.put(NcclFunction.GROUP_END, grouped);
        cases.put(NcclFunction.GROUP_SIMULATE_END, OperationCases::simulatedGroup);
    }

    private static void simulatedGroup(NativeRuntime runtime) {
        try (TwoRanks ranks = new TwoRanks(runtime)) {
            Nccl nccl = runtime.nccl();
            NcclSimInfo info = NcclSimInfo.allocate(ranks.arena());
            assertThat(nccl.groupSimulateEnd(info.address())).isEqualTo(INVALID_USAGE);
            ok(nccl.groupStart());
            for (int rank = 0; rank < TwoRanks.RANKS; rank++) {
                ok(nccl.allReduce(
                        ranks.send[rank],
                        ranks.receive[rank],
                        COUNT,
                        FLOAT32,
                        SUM,
                        ranks.comm[rank],
                        ranks.stream[rank]));
            }
            ok(nccl.groupSimulateEnd(info.address()));
            assertThat(info.estimatedTime()).isNotNegative();
            assertThat(ranks.received(0)).containsExactly(0, 0, 0, 0);
        }
    }

    private static void userOperator(NativeRuntime runtime) {
        try (TwoRanks ranks = new TwoRanks(runtime)) {
            Nccl nccl = runtime.nccl();
            int[] operators = new int[TwoRanks.RANKS];
            for (int rank = 0; rank < TwoRanks.RANKS; rank++) {
                operators[rank] = halving(nccl, ranks, ranks.comm[rank]);
            }
            ranks.together(rank -> nccl.allReduce(
                    ranks.send[rank],
                    ranks.receive[rank],
                    COUNT,
                    FLOAT32,
                    operators[rank],
                    ranks.comm[rank],
                    ranks.stream[rank]));
            assertThat(ranks.received(1)).containsExactly(6, 7, 8, 9);
            assertThat(nccl.allReduce(
                            ranks.send[0],
                            ranks.receive[0],
                            HALF,
                            FLOAT64,
                            operators[0],
                            ranks.comm[0],
                            ranks.stream[0]))
                    .isEqualTo(INVALID_ARGUMENT);
        }
    }

    private static void destroyedOperator(NativeRuntime runtime) {
        try (TwoRanks ranks = new TwoRanks(runtime)) {
            Nccl nccl = runtime.nccl();
            int operator = halving(nccl, ranks, ranks.comm[0]);
            ok(nccl.redOpDestroy(operator, ranks.comm[0]));
            assertThat(nccl.redOpDestroy(operator, ranks.comm[0])).isEqualTo(INVALID_ARGUMENT);
            assertThat(nccl.redOpDestroy(SUM, ranks.comm[0])).isEqualTo(INVALID_ARGUMENT);
        }
    }

    private static int halving(Nccl nccl, TwoRanks ranks, long comm) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment half = arena.allocateFrom(ValueLayout.JAVA_FLOAT, 0.5f);
            ok(nccl.redOpCreatePreMulSum(ranks.out(), half.address(), FLOAT32, HOST_IMMEDIATE, comm));
            int operator = NativeMemory.intAt(ranks.out());
            assertThat(operator).isGreaterThanOrEqualTo(FIRST_USER_OPERATOR);
            return operator;
        }
    }
}
