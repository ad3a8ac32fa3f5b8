/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.launcher.watch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.convoy.DataType;
import dev.convoy.Operation;
import dev.convoy.fault.detect.OperationRecord;
import dev.convoy.fault.protocol.CoordinatorEvent;
import dev.convoy.fault.protocol.Incident;
import dev.convoy.fault.protocol.MemberId;
import dev.convoy.fault.protocol.RankMessage;
import dev.convoy.fault.protocol.RecoveryPolicy;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** When an incident is explained, and with whose word. */
class FlightDeskTest {
    private static final long SECOND = 1_000_000_000L;
    private static final MemberId ZERO = new MemberId(0, 0);
    private static final MemberId ONE = new MemberId(1, 0);
    private static final MemberId TWO = new MemberId(2, 0);

    private final List<Diagnosis> explained = new ArrayList<>();
    private final FlightDesk desk = new FlightDesk(explained::add);

    private static Incident incident(long epoch, Incident.Cause cause, List<Integer> ranks, Long resumedAtNs) {
        return new Incident(
                epoch,
                cause,
                ranks,
                Incident.DetectedBy.PEER_DEATH,
                SECOND,
                SECOND,
                SECOND,
                SECOND,
                SECOND,
                SECOND,
                resumedAtNs,
                4L,
                0L,
                RecoveryPolicy.SHRINK,
                2);
    }

    private void record(MemberId member, long epoch, long completedAtNs) {
        OperationRecord operation =
                new OperationRecord(1, 4, 9, 9, Operation.ALL_REDUCE, DataType.INT32, 8, SECOND / 2, completedAtNs);
        desk.seen(new CoordinatorEvent.Received(
                2 * SECOND, member, new RankMessage.FlightRecord(epoch, 2 * SECOND, 9, List.of(operation))));
    }

    private void tick(long nowNs) {
        desk.seen(new CoordinatorEvent.Tick(nowNs));
    }

    @Test
    void everySurvivorsRecordEndsTheWait() {
        desk.epochStarted(1, List.of(ZERO, ONE, TWO));
        desk.seen(new CoordinatorEvent.Exited(SECOND, TWO, "was killed by SIGKILL", 137));
        desk.incident(incident(2, Incident.Cause.EXIT, List.of(2), null));
        desk.incident(incident(2, Incident.Cause.EXIT, List.of(2), 2 * SECOND));
        record(ZERO, 2, 0);
        assertThat(explained).isEmpty();
        record(ONE, 2, 0);
        assertThat(explained).hasSize(1);
        assertThat(explained.getFirst().failedEpoch()).isEqualTo(1);
        assertThat(explained.getFirst().sentence())
                .isEqualTo(
                        "rank 2 died (was killed by SIGKILL) in step 4 and never arrived at all_reduce #9 (int32 × 8)"
                                + " of step 4, where ranks 0 and 1 have waited for 500.0 ms");
        desk.incident(incident(2, Incident.Cause.EXIT, List.of(2), 2 * SECOND));
        desk.finish();
        assertThat(explained).hasSize(1);
    }

    @Test
    void aRankWhoseStateDivergedIsNamedAndNotTakenForLost() {
        desk.epochStarted(1, List.of(ZERO, ONE, TWO));
        desk.incident(incident(2, Incident.Cause.CORRUPTION, List.of(1), 2 * SECOND));
        record(ZERO, 2, 0);
        record(TWO, 2, 0);
        assertThat(explained).isEmpty();
        record(ONE, 2, 0);
        assertThat(explained.getFirst().sentence())
                .startsWith("rank 1's replicated state was no longer that of the other ranks")
                .endsWith("; 2 ranks went back to step 4");
    }

    @Test
    void whoeverDoesNotReportIsNotWaitedForLong() {
        desk.epochStarted(1, List.of(ZERO, ONE, TWO));
        desk.incident(incident(2, Incident.Cause.HANG, List.of(2), 2 * SECOND));
        desk.seen(new CoordinatorEvent.ProcState(SECOND, TWO, 'T'));
        record(ZERO, 2, 0);
        tick(3 * SECOND);
        assertThat(explained).isEmpty();
        tick(4 * SECOND);
        assertThat(explained).hasSize(1);
        assertThat(explained.getFirst().sentence()).startsWith("rank 2's process was stopped");
    }

    @Test
    void anOvertakenIncidentIsExplainedWithTheOneThatOvertookIt() {
        desk.epochStarted(1, List.of(ZERO, ONE, TWO));
        desk.incident(incident(2, Incident.Cause.EXIT, List.of(2), null));
        desk.incident(incident(3, Incident.Cause.ERROR, List.of(1), 2 * SECOND));
        desk.seen(new CoordinatorEvent.Received(SECOND, ONE, new RankMessage.Failing(1, "IllegalStateException")));
        record(ZERO, 3, 0);
        assertThat(explained).extracting(each -> each.incident().epoch()).containsExactly(2L, 3L);
        assertThat(explained.getLast().sentence()).startsWith("rank 1's program failed (IllegalStateException)");
    }

    @Test
    void whatAJobThatFailedLeavesOpenIsExplainedAtItsEnd() {
        desk.epochStarted(1, List.of(ZERO, ONE));
        desk.incident(incident(2, Incident.Cause.EXIT, List.of(0, 1), null));
        tick(90 * SECOND);
        assertThat(explained).isEmpty();
        desk.finish();
        assertThat(explained).hasSize(1);
        assertThat(explained.getFirst().sentence()).contains("rank 0 died", "and rank 1 died");
    }

    // A job may replace ranks for weeks, and the agent's memory is small.
    @Test
    void theRecordOfARankThatWasReplacedIsNotKept() {
        List<WeakReference<RankMessage.FlightRecord>> replaced = new ArrayList<>();
        MemberId present = ONE;
        desk.epochStarted(1, List.of(ZERO, present));
        for (long epoch = 2; epoch < 7; epoch++) {
            RankMessage.FlightRecord last = new RankMessage.FlightRecord(epoch, SECOND, 0, List.of());
            replaced.add(new WeakReference<>(last));
            desk.seen(new CoordinatorEvent.Received(SECOND, present, last));
            desk.seen(new CoordinatorEvent.Exited(SECOND, present, "was killed by SIGKILL", 137));
            desk.incident(incident(epoch, Incident.Cause.EXIT, List.of(1), null));
            present = new MemberId(1, (int) epoch);
            desk.epochStarted(epoch, List.of(ZERO, present));
            desk.incident(incident(epoch, Incident.Cause.EXIT, List.of(1), 2 * SECOND));
            record(ZERO, epoch, 0);
        }
        assertThat(explained).hasSize(5);
        explained.clear();
        await().until(() -> {
            System.gc();
            return replaced.stream().allMatch(each -> each.get() == null);
        });
    }
}
