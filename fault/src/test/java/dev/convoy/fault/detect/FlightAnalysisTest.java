/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.detect;

import static org.assertj.core.api.Assertions.assertThat;

import dev.convoy.DataType;
import dev.convoy.Operation;
import dev.convoy.fault.detect.FlightAnalysis.Evidence;
import dev.convoy.fault.detect.FlightAnalysis.Fate;
import dev.convoy.fault.detect.FlightAnalysis.Lost;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class FlightAnalysisTest {
    private static final long EPOCH = 3;
    private static final long DETECTED_NS = 10_000_000_000L;
    private static final long WAITING_NS = DETECTED_NS - 3_002_000_000L;

    private final Map<Integer, List<OperationRecord>> flights = new TreeMap<>();

    /** Collectives 1 to n of an epoch, all complete but, if it waits, the last. */
    private void flight(int rank, long epoch, int n, boolean waits) {
        List<OperationRecord> flight = flights.computeIfAbsent(rank, r -> new ArrayList<>());
        for (int i = 1; i <= n; i++) {
            boolean open = waits && i == n;
            flight.add(operation(epoch, i, Operation.ALL_REDUCE, 37, open ? WAITING_NS : i, open ? 0 : i + 1));
        }
    }

    private static OperationRecord operation(
            long epoch, long number, Operation operation, long count, long enqueuedNs, long completedNs) {
        return new OperationRecord(
                epoch, 20, 2 * number, number, operation, DataType.FLOAT32, count, enqueuedNs, completedNs);
    }

    private String explain(Lost... lost) {
        return FlightAnalysis.explain(new Evidence(EPOCH, DETECTED_NS, flights, List.of(lost)));
    }

    @Test
    void namesTheDeadRankAndWhatTheOthersWaitedIn() {
        flight(0, EPOCH, 31, true);
        flight(1, EPOCH, 31, true);
        flight(3, EPOCH, 31, true);
        assertThat(explain(new Lost(2, Fate.DIED, "was killed by SIGKILL", 20)))
                .isEqualTo("rank 2 died (was killed by SIGKILL) in step 20 and never arrived at all_reduce #31"
                        + " (float32 × 37) of step 20, where ranks 0, 1 and 3 have waited for 3,002.0 ms");
    }

    @Test
    void theStepOfADeadRankIsWhereTheOthersWaitForIt() {
        flight(0, EPOCH, 31, true);
        assertThat(explain(new Lost(2, Fate.DIED, "was killed by SIGKILL", 14))).contains(") in step 20 and never");
    }

    @Test
    void aDeathThatNobodyWaitedForSaysSo() {
        flight(0, EPOCH, 30, false);
        flight(1, EPOCH, 30, false);
        assertThat(explain(new Lost(2, Fate.DIED, "exited with status 1", 20)))
                .isEqualTo("rank 2 died (exited with status 1) in step 20; nobody waited: the last operation,"
                        + " all_reduce #30 (float32 × 37) of step 20, was complete");
    }

    @Test
    void aStoppedRankIsBehindByItsOwnRecord() {
        flight(0, EPOCH, 31, true);
        flight(1, EPOCH, 30, false);
        assertThat(explain(new Lost(1, Fate.STOPPED, "state T", 20)))
                .startsWith("rank 1's process was stopped (state T) in step 20 and never arrived at all_reduce #31")
                .endsWith("where rank 0 has waited for 3,002.0 ms");
    }

    @Test
    void aRankThatArrivedAndHangsThereDidNotCompleteIt() {
        flight(0, EPOCH, 31, true);
        flight(1, EPOCH, 31, true);
        assertThat(explain(new Lost(1, Fate.HUNG, "", 20)))
                .startsWith("rank 1 hung in step 20 and did not complete all_reduce #31");
    }

    @Test
    void mismatchedCallsAreNamedWithTheOddOneFirst() {
        for (int rank = 0; rank < 3; rank++) {
            flight(rank, EPOCH, 30, false);
            Operation call = rank == 1 ? Operation.BROADCAST : Operation.ALL_REDUCE;
            flights.get(rank).add(operation(EPOCH, 31, call, 8, WAITING_NS, 0));
        }
        assertThat(explain())
                .isEqualTo("rank 1 called broadcast #31 (float32 × 8) in step 20, where it is all_reduce #31"
                        + " (float32 × 8) in ranks 0 and 2: the programs do not make the same calls");
    }

    @Test
    void anotherCountIsAMismatchButNotWherePartsMayDiffer() {
        flights.put(0, List.of(operation(EPOCH, 1, Operation.ALL_GATHER_V, 5, 1, 2)));
        flights.put(1, List.of(operation(EPOCH, 1, Operation.ALL_GATHER_V, 6, 1, 2)));
        assertThat(explain()).doesNotContain("called");
        flights.put(0, List.of(operation(EPOCH, 1, Operation.ALL_GATHER, 5, 1, 0)));
        flights.put(1, List.of(operation(EPOCH, 1, Operation.ALL_GATHER, 6, 1, 0)));
        assertThat(explain()).contains("called all_gather #1 (float32 × 5)", "all_gather #1 (float32 × 6) in rank 1");
    }

    @Test
    void nobodyBehindPointsAtTheCommunicator() {
        flight(0, EPOCH, 31, true);
        flight(1, EPOCH, 31, true);
        assertThat(explain())
                .isEqualTo(
                        "every rank is in all_reduce #31 (float32 × 37) of step 20 for 3,002.0 ms and none is behind:"
                                + " it is the communicator or what connects it, not a rank");
    }

    @Test
    void whoeverIsBehindIsNamedThoughNobodyWasExcluded() {
        flight(0, EPOCH, 31, true);
        flight(1, EPOCH, 28, false);
        assertThat(explain()).startsWith("rank 1 had not arrived at all_reduce #31");
    }

    @Test
    void recordsOfOtherEpochsCountForNothing() {
        flight(0, EPOCH - 1, 90, true);
        flight(1, EPOCH - 1, 50, true);
        assertThat(explain(new Lost(2, Fate.DIED, "was killed by SIGKILL", 0)))
                .isEqualTo("rank 2 died (was killed by SIGKILL) in step 0;"
                        + " no rank has an operation of epoch 3 on record");
        assertThat(explain()).isEqualTo("the communicator failed with no rank lost and no operation on record");
    }

    @Test
    void twoLossesAreBothNamed() {
        flight(0, EPOCH, 31, true);
        assertThat(explain(
                        new Lost(1, Fate.DIED, "was killed by SIGKILL", 20),
                        new Lost(2, Fate.FAILED, "IllegalStateException", 19)))
                .startsWith("rank 1 died (was killed by SIGKILL) in step 20; and rank 2's program failed"
                        + " (IllegalStateException) in step 20 and never arrived at all_reduce #31");
    }
}
