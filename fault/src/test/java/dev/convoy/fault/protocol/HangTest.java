/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.protocol;

import static dev.convoy.fault.protocol.Harness.rank;
import static org.assertj.core.api.Assertions.assertThat;

import dev.convoy.fault.protocol.Incident.Cause;
import dev.convoy.fault.protocol.Incident.DetectedBy;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class HangTest {
    private final Harness job = Harness.running(4);

    private void replies(int... enqueued) {
        for (int i = 0; i < enqueued.length; i++) {
            job.probed(rank(i), 1, enqueued[i]);
        }
    }

    @Test
    void deadlineAsksEverybody() {
        job.suspects(rank(0), 1, Evidence.DEADLINE);
        job.suspects(rank(1), 1, Evidence.DEADLINE);
        for (int i = 0; i < 4; i++) {
            assertThat(job.sent(rank(i), CoordinatorMessage.Probe.class)).isPresent();
        }
        assertThat(job.decided(Decision.Send.class)).hasSize(4);
    }

    @Test
    void silentRankWithStaleHeartbeatsIsTheCulprit() {
        job.advance(2_000);
        job.falls(rank(2));
        job.advance(900);
        job.suspects(rank(0), 1, Evidence.DEADLINE);
        long detectedNs = job.nowNs();
        for (int i : new int[] {0, 1, 3}) {
            job.probed(rank(i), 1, 5);
        }
        job.advance(490);
        assertThat(job.fenced()).isEmpty();
        job.advance(20);
        assertThat(job.fenced()).containsExactly(rank(2));
        assertThat(job.incident().cause()).isEqualTo(Cause.HANG);
        assertThat(job.incident().detectedBy()).isEqualTo(DetectedBy.DEADLINE);
        assertThat(job.incident().detectedAtNs()).isEqualTo(detectedNs);
    }

    @Test
    void silentRankWithFreshHeartbeatsIsNotBlamedForSilence() {
        job.suspects(rank(0), 1, Evidence.DEADLINE);
        for (int i : new int[] {0, 1, 3}) {
            job.probed(rank(i), 1, 5);
        }
        job.advance(600);
        assertThat(job.fenced()).isEmpty();
        job.advance(1_500);
        // Bounded: nobody is silent, so who is behind is behind.
        assertThat(job.fenced()).containsExactly(rank(2));
    }

    @Test
    void stoppedStateIsEvidenceEnough() {
        job.on(new CoordinatorEvent.ProcState(job.nowNs(), rank(2), 'T'));
        job.falls(rank(2));
        job.suspects(rank(0), 1, Evidence.DEADLINE);
        for (int i : new int[] {0, 1, 3}) {
            job.probed(rank(i), 1, 5);
        }
        job.advance(510);
        assertThat(job.fenced()).containsExactly(rank(2));
    }

    /** Rank 2 was last heard in the given collective, and is stopped now; rank 0 has waited for the 5th in vain. */
    private void isStoppedIn(int collective) {
        job.says(rank(2), new RankMessage.Heartbeat(1, 1, collective, collective));
        job.falls(rank(2));
        givesUpIn(0, 5);
        job.on(new CoordinatorEvent.ProcState(job.nowNs(), rank(2), 'T'));
    }

    private void othersReply(int... enqueued) {
        int[] others = {0, 1, 3};
        for (int i = 0; i < others.length; i++) {
            job.probed(rank(others[i]), 1, enqueued[i]);
        }
    }

    @Test
    void whoIsStoppedBehindWhatAllOthersWaitInIsExcludedAtOnce() {
        isStoppedIn(4);
        othersReply(5, 5, 5);
        assertThat(job.fenced()).containsExactly(rank(2));
        assertThat(job.incident().detectedBy()).isEqualTo(DetectedBy.DEADLINE);
        assertThat(job.sent(rank(0), CoordinatorMessage.Revoke.class)
                        .orElseThrow()
                        .reason())
                .isEqualTo("rank 2 stopped responding: its process is stopped");
    }

    @Test
    void whoIsStoppedInTheOperationThatIsAwaitedMayGoOn() {
        isStoppedIn(5);
        othersReply(5, 5, 5);
        assertThat(job.fenced()).isEmpty();
        job.advance(490);
        assertThat(job.fenced()).isEmpty();
        job.advance(20);
        assertThat(job.fenced()).containsExactly(rank(2));
    }

    @Test
    void whoIsStoppedIsNotBlamedAtOnceWhileAnotherOneIsAwaitedAsWell() {
        isStoppedIn(4);
        othersReply(5, 4, 5);
        assertThat(job.fenced()).isEmpty();
        job.probed(rank(2), 1, 5);
        assertThat(job.fenced()).containsExactly(rank(1));
    }

    @Test
    void onlyTheOneBehindAllOthersIsExcluded() {
        job.suspects(rank(0), 1, Evidence.DEADLINE);
        replies(9, 8, 9, 9);
        assertThat(job.fenced()).containsExactly(rank(1));
        assertThat(job.incident().ranks()).containsExactly(1);
    }

    @Test
    void strictMinorityBehindIsExcluded() {
        Harness five = Harness.running(5);
        five.suspects(rank(0), 1, Evidence.DEADLINE);
        int[] enqueued = {9, 8, 9, 8, 9};
        for (int i = 0; i < 5; i++) {
            five.probed(rank(i), 1, enqueued[i]);
        }
        assertThat(five.fenced()).containsExactly(rank(1), rank(3));
        assertThat(five.coordinator.incidents()).hasSize(1);
    }

    @Test
    void halfOfTheGroupBehindBlamesNobody() {
        job.suspects(rank(0), 1, Evidence.DEADLINE);
        replies(9, 8, 9, 8);
        assertThat(job.fenced()).isEmpty();
        assertThat(job.incident().ranks()).isEmpty();
        for (int i = 0; i < 4; i++) {
            job.acknowledgesHolding(rank(i), 2, 4, 7);
        }
        assertThat(job.epochStart(rank(0)).members()).hasSize(4);
        assertThat(job.incident().cause()).isEqualTo(Cause.HANG);
    }

    @Test
    void allEqualBlamesNobody() {
        job.suspects(rank(0), 1, Evidence.DEADLINE);
        replies(9, 9, 9, 9);
        assertThat(job.fenced()).isEmpty();
        assertThat(job.coordinator.incidents()).hasSize(1);
    }

    @Test
    void ofTwoTheOneBehindIsExcluded() {
        Harness two = Harness.running(2);
        two.suspects(rank(0), 1, Evidence.DEADLINE);
        two.probed(rank(0), 1, 4);
        two.probed(rank(1), 1, 3);
        assertThat(two.fenced()).containsExactly(rank(1));
    }

    @Test
    void rankThatIsAloneAndAnswersIsNotBehindAnybody() {
        Harness alone = Harness.running(1);
        alone.suspects(rank(0), 1, Evidence.DEADLINE);
        alone.probed(rank(0), 1, 4);
        assertThat(alone.fenced()).isEmpty();
        assertThat(alone.incident().ranks()).isEmpty();
    }

    @Test
    void rankThatIsAloneAndSilentIsToBlame() {
        Harness alone = Harness.running(1);
        alone.falls(rank(0));
        alone.advance(2_600);
        assertThat(alone.fenced()).containsExactly(rank(0));
        assertThat(alone.outcome().message()).contains("stopped responding");
    }

    @Test
    void everybodySilentBlamesNobodyYet() {
        job.advance(2_000);
        for (int i = 0; i < 4; i++) {
            job.falls(rank(i));
        }
        job.advance(1_000);
        job.suspects(rank(0), 1, Evidence.DEADLINE);
        job.advance(510);
        assertThat(job.fenced()).isEmpty();
        assertThat(job.hasEnded()).isFalse();
    }

    @Test
    void exitDuringTheDiagnosisEndsIt() {
        job.suspects(rank(0), 1, Evidence.DEADLINE);
        job.advance(50);
        job.dies(rank(3));
        assertThat(job.incident().ranks()).containsExactly(3);
        assertThat(job.incident().cause()).isEqualTo(Cause.EXIT);
        assertThat(job.incident().detectedBy()).isEqualTo(DetectedBy.DEADLINE);
        job.advance(700);
        assertThat(job.coordinator.incidents()).hasSize(1);
    }

    @Test
    void missingHeartbeatsAloneAreProbedAndOnlyThenExcluded() {
        job.advance(2_000);
        job.falls(rank(1));
        job.advance(1_900);
        assertThat(job.fenced()).isEmpty();
        job.advance(300);
        for (int i : new int[] {0, 2, 3}) {
            job.probed(rank(i), 1, 5);
        }
        job.advance(600);
        assertThat(job.fenced()).containsExactly(rank(1));
        assertThat(job.incident().detectedBy()).isEqualTo(DetectedBy.HEARTBEAT);
    }

    private void givesUpIn(int rank, int collective) {
        job.says(rank(rank), new RankMessage.Suspect(1, Evidence.DEADLINE, new int[0], job.nowNs(), "", collective, 0));
    }

    @Test
    void whoCameToTheCollectiveThatWasLateIsNotToBlameThoughOthersHaveGoneOn() {
        givesUpIn(0, 11);
        givesUpIn(1, 11);
        // It ended after all, just now: ranks 2 and 3 are in the next one, in which 0 and 1 will never be.
        replies(11, 11, 12, 12);
        assertThat(job.fenced()).isEmpty();
        assertThat(job.incident().ranks()).isEmpty();
    }

    @Test
    void whoDidNotComeToTheCollectiveThatOthersGaveUpInIsToBlame() {
        givesUpIn(0, 11);
        replies(11, 10, 11, 12);
        assertThat(job.fenced()).containsExactly(rank(1));
        assertThat(job.coordinator.incidents()).hasSize(1);
        assertThat(job.sent(rank(0), CoordinatorMessage.Revoke.class)
                        .orElseThrow()
                        .reason())
                .isEqualTo("rank 1 did not come to collective 11, in which the others wait, and is at 10");
    }

    @Test
    void missingHeartbeatsOfWhoAnswersAfterAllAreNoIncident() {
        job.advance(2_000);
        job.falls(rank(1));
        job.advance(2_100);
        assertThat(job.sent(rank(1), CoordinatorMessage.Probe.class)).isPresent();
        replies(5, 5, 5, 5);
        job.advance(600);
        assertThat(job.fenced()).isEmpty();
        assertThat(job.coordinator.incidents()).isEmpty();
    }

    /** An epoch whose restore is overdue, and in which everybody is being asked why. */
    private void restoreIsOverdue() {
        job.suspects(rank(0), 1, Evidence.ASYNC_ERROR);
        for (int i = 0; i < 4; i++) {
            job.acknowledgesHolding(rank(i), 2, 4, 7);
        }
        job.all(member -> job.says(member, new RankMessage.Rebuilt(2, job.nowNs())));
        job.forget();
        job.advance(1_100);
        assertThat(job.sent(rank(3), CoordinatorMessage.Probe.class)).isPresent();
    }

    private void repliesOfEpoch2(int... enqueued) {
        for (int i = 0; i < enqueued.length; i++) {
            job.probed(rank(i), 2, enqueued[i]);
        }
    }

    @Test
    void groupThatGoesOnWhileItIsAskedIsNotBlamedForItsBound() {
        restoreIsOverdue();
        repliesOfEpoch2(3, 2, 3, 3);
        assertThat(job.fenced()).isEmpty();
        job.advance(300);
        repliesOfEpoch2(3, 3, 3, 3);
        assertThat(job.fenced()).isEmpty();
        assertThat(job.coordinator.incidents()).hasSize(1);
        job.advance(500);
        assertThat(job.coordinator.incidents()).hasSize(1);
    }

    @Test
    void whoIsBehindAtTheSecondLookAsWellIsToBlameForTheBound() {
        restoreIsOverdue();
        repliesOfEpoch2(3, 2, 3, 3);
        job.advance(300);
        repliesOfEpoch2(3, 2, 3, 3);
        assertThat(job.fenced()).containsExactly(rank(1));
    }

    @Test
    void absenceOfTheCoordinatorItselfIsNotHeldAgainstAnybody() {
        job.advance(2_000);
        job.on(new CoordinatorEvent.Tick(job.nowNs() + 60_000 * Harness.MS));
        assertThat(job.sent(rank(0), CoordinatorMessage.Probe.class)).isEmpty();
        assertThat(job.fenced()).isEmpty();
        assertThat(job.coordinator.incidents()).isEmpty();
    }

    @Test
    void lateHeartbeatOfAnEarlierEpochDoesNotHideWhoIsBehind() {
        job.suspects(rank(0), 1, Evidence.ASYNC_ERROR);
        for (int i = 0; i < 4; i++) {
            job.acknowledgesHolding(rank(i), 2, 4, 7);
        }
        job.ready(2);
        job.suspects(rank(0), 2, Evidence.DEADLINE);
        for (int i : new int[] {0, 2, 3}) {
            job.probed(rank(i), 2, 3);
        }
        job.says(rank(1), new RankMessage.Heartbeat(1, 9, 400, 400));
        job.advance(2_100);
        assertThat(job.fenced()).containsExactly(rank(1));
    }

    @Test
    void whoIsInALongStepIsGivenTheTimeOfOne() {
        for (int step = 1; step <= 2; step++) {
            job.inStep(step);
            job.advance(7_000);
        }
        job.dies(rank(3));
        job.advance(6_500);
        assertThat(job.fenced()).isEmpty();

        for (int i = 0; i < 3; i++) {
            job.acknowledgesHolding(rank(i), 2, 4, 7);
        }
        assertThat(job.epochStart(rank(0)).members()).hasSize(3);
        assertThat(job.incident().ranks()).containsExactly(3);
    }

    @Test
    void whoNeverEndsItsStepIsExcludedAfterAll() {
        for (int step = 1; step <= 2; step++) {
            job.inStep(step);
            job.advance(7_000);
        }
        job.dies(rank(3));
        for (int i = 0; i < 2; i++) {
            job.acknowledgesHolding(rank(i), 2, 4, 7);
        }
        job.advance(9_000);
        assertThat(job.incident().ranks()).containsExactly(2, 3);
    }

    @Test
    void whoFallsSilentInALongStepIsNotWaitedForAsLong() {
        job.inStep(1);
        job.advance(7_000);
        job.dies(rank(3));
        for (int i : new int[] {0, 2}) {
            job.acknowledgesHolding(rank(i), 2, 4, 7);
        }
        job.falls(rank(1));
        job.advance(1_300);
        assertThat(job.incident().ranks()).containsExactly(1, 3);
        assertThat(job.epochStart(rank(0)).members()).containsExactly(rank(0), rank(2));
    }

    private void opinion(int... suspects) {
        List<MemberId> members = IntStream.of(suspects).mapToObj(Harness::rank).toList();
        job.on(new CoordinatorEvent.OpinionGiven(job.nowNs(), members, "somebody says so"));
    }

    @Test
    void whereManyAreBehindAnotherOpinionSaysWhich() {
        job.suspects(rank(0), 1, Evidence.DEADLINE);
        job.on(new CoordinatorEvent.OpinionAsked(job.nowNs()));
        replies(9, 8, 8, 9);
        assertThat(job.decided(Decision.IncidentUpdated.class)).isEmpty();
        opinion(2, 3);
        // Rank 3 is not behind: the opinion alone is no evidence.
        assertThat(job.fenced()).containsExactly(rank(2));
    }

    @Test
    void anotherOpinionIsNotWaitedForLong() {
        job.suspects(rank(0), 1, Evidence.DEADLINE);
        job.on(new CoordinatorEvent.OpinionAsked(job.nowNs()));
        replies(9, 8, 8, 9);
        job.advance(510);
        assertThat(job.decided(Decision.IncidentUpdated.class)).isNotEmpty();
        assertThat(job.fenced()).isEmpty();
        opinion(2);
        assertThat(job.fenced()).isEmpty();
    }

    @Test
    void anotherOpinionBlamesNobodyWhereNobodyIsBehind() {
        job.suspects(rank(0), 1, Evidence.DEADLINE);
        job.on(new CoordinatorEvent.OpinionAsked(job.nowNs()));
        opinion(2);
        replies(9, 9, 9, 9);
        assertThat(job.fenced()).isEmpty();
        assertThat(job.incident().ranks()).isEmpty();
    }

    @Test
    void anotherOpinionDoesNotOverruleTheEvidence() {
        job.suspects(rank(0), 1, Evidence.DEADLINE);
        job.on(new CoordinatorEvent.OpinionAsked(job.nowNs()));
        opinion(3);
        replies(9, 8, 9, 9);
        assertThat(job.fenced()).containsExactly(rank(1));
    }

    @Test
    void anotherOpinionWithoutAHangIsPassedOver() {
        opinion(2);
        job.advance(5_000);
        assertThat(job.fenced()).isEmpty();
    }
}
