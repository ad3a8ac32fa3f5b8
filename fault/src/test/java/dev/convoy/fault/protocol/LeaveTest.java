/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.protocol;

import static dev.convoy.fault.protocol.Harness.MS;
import static dev.convoy.fault.protocol.Harness.rank;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LeaveTest {
    private static final MemberId SUCCESSOR = new MemberId(1, 1);

    private static Harness job(RecoveryPolicy policy, int ranks, int minRanks) {
        return Harness.running(new JobSpec(ranks, policy, minRanks, 16, 1_000 * MS, 5_000 * MS, null));
    }

    private static void wants(Harness job, int launchRank) {
        job.says(rank(launchRank), new RankMessage.Leaving(1));
        job.advance(20);
    }

    private static void stopsAtBoundary(Harness job, long step) {
        job.all(member -> job.says(member, new RankMessage.Quiesced(1, step, job.nowNs())));
    }

    private static void allAcknowledge(Harness job, int ranks, long step) {
        for (int launchRank = 0; launchRank < ranks; launchRank++) {
            job.acknowledgesHolding(rank(launchRank), 2, ranks, step);
        }
    }

    private static boolean isAsked(Harness job, int launchRank) {
        return job.sent(rank(launchRank), CoordinatorMessage.Quiesce.class).isPresent();
    }

    @Test
    void oneThatLeavesCostsNoStepAndIsNoIncident() {
        Harness job = job(RecoveryPolicy.SHRINK, 4, 1);
        wants(job, 1);
        assertThat(isAsked(job, 1)).isTrue();
        stopsAtBoundary(job, 30);
        allAcknowledge(job, 4, 30);
        assertThat(job.coordinator.members()).containsExactly(rank(0), rank(2), rank(3));
        assertThat(job.epochStart(rank(0)).plan().step()).isEqualTo(30);
        assertThat(job.sent(rank(1), CoordinatorMessage.Dismissed.class)).isPresent();
        assertThat(job.sent(rank(1), CoordinatorMessage.EpochStart.class)).isEmpty();
        assertThat(job.coordinator.incidents()).isEmpty();
        MembershipChange change = job.coordinator.changes().getFirst();
        assertThat(change.left()).containsExactly(1);
        assertThat(change.joined()).isEmpty();
        assertThat(change.worldSize()).isEqualTo(3);
    }

    @Test
    void theEpochWaitsUntilTheLeaverHasLetGo() {
        Harness job = job(RecoveryPolicy.SHRINK, 4, 1);
        wants(job, 1);
        stopsAtBoundary(job, 30);
        job.acknowledgesHolding(rank(0), 2, 4, 30);
        job.acknowledgesHolding(rank(2), 2, 4, 30);
        job.acknowledgesHolding(rank(3), 2, 4, 30);
        assertThat(job.published(2)).isFalse();
        job.acknowledgesHolding(rank(1), 2, 4, 30);
        assertThat(job.published(2)).isTrue();
    }

    @Test
    void whoWantsToLeaveStaysWhenEverybodyElseIsLostMeanwhile() {
        Harness job = job(RecoveryPolicy.SHRINK, 2, 1);
        wants(job, 1);
        stopsAtBoundary(job, 30);
        job.dies(rank(0));
        assertThat(job.hasEnded()).isFalse();
        job.acknowledgesHolding(rank(1), 3, 2, 30);
        assertThat(job.coordinator.members()).containsExactly(rank(1));
        assertThat(job.epochStart(rank(1)).plan().step()).isEqualTo(30);
    }

    @Test
    void itsEndIsItsOwnAffair() {
        Harness job = job(RecoveryPolicy.SHRINK, 4, 1);
        wants(job, 1);
        stopsAtBoundary(job, 30);
        allAcknowledge(job, 4, 30);
        job.on(new CoordinatorEvent.Disconnected(job.nowNs(), rank(1)));
        job.exits(rank(1), "exited with status 143", false);
        job.advance(1_000);
        assertThat(job.coordinator.incidents()).isEmpty();
        assertThat(job.fenced()).isEmpty();
        assertThat(job.published(2)).isTrue();
    }

    @Test
    void oneThatDoesNotEndAfterItHasLeftIsEnded() {
        Harness job = job(RecoveryPolicy.SHRINK, 4, 1);
        wants(job, 1);
        stopsAtBoundary(job, 30);
        allAcknowledge(job, 4, 30);
        job.ready(2);
        job.advance(5_100);
        assertThat(job.fenced()).containsExactly(rank(1));
        assertThat(job.coordinator.incidents()).isEmpty();
    }

    @Test
    void oneThatDiesWhileItLeavesHasLeft() {
        Harness job = job(RecoveryPolicy.SHRINK, 4, 1);
        wants(job, 1);
        stopsAtBoundary(job, 30);
        job.dies(rank(1));
        job.acknowledgesHolding(rank(0), 2, 4, 30);
        job.acknowledgesHolding(rank(2), 2, 4, 30);
        job.acknowledgesHolding(rank(3), 2, 4, 30);
        assertThat(job.coordinator.members()).containsExactly(rank(0), rank(2), rank(3));
        assertThat(job.coordinator.incidents()).isEmpty();
    }

    @Test
    void tooFewMayNotBeLeft() {
        Harness job = job(RecoveryPolicy.SHRINK, 4, 4);
        wants(job, 1);
        assertThat(isAsked(job, 1)).isFalse();
        assertThat(job.coordinator.warnings())
                .containsExactly("rank 1 wanted to leave and has to stay: only 3 of at least 4 ranks would be left"
                        + " (--min-ranks)");
    }

    @Test
    void theLastOneHasToStay() {
        Harness job = job(RecoveryPolicy.REPLACE, 1, 1);
        wants(job, 0);
        assertThat(isAsked(job, 0)).isFalse();
        assertThat(job.coordinator.warnings().getFirst()).contains("nobody else holds the job's state");
    }

    @Test
    void oneThatAloneHoldsSomethingHasToStay() {
        Harness job = job(RecoveryPolicy.SHRINK, 4, 1);
        wants(job, 1);
        stopsAtBoundary(job, 30);
        Version version = new Version(1, 30);
        // The copy of shard 1 at rank 0 is damaged.
        job.acknowledges(rank(0), 2, 30, version, new Holding(version, 4, new int[] {0}, true));
        for (int launchRank = 1; launchRank < 4; launchRank++) {
            job.acknowledgesHolding(rank(launchRank), 2, 4, 30);
        }
        assertThat(job.coordinator.members()).containsExactly(rank(0), rank(1), rank(2), rank(3));
        assertThat(job.epochStart(rank(1)).plan().step()).isEqualTo(30);
        assertThat(job.coordinator.warnings().getFirst()).contains("nobody else holds all of the state");
    }

    @Test
    void theyLeaveOneAfterAnother() {
        Harness job = job(RecoveryPolicy.SHRINK, 4, 1);
        job.says(rank(0), new RankMessage.Leaving(1));
        wants(job, 1);
        stopsAtBoundary(job, 30);
        allAcknowledge(job, 4, 30);
        assertThat(job.coordinator.members()).containsExactly(rank(1), rank(2), rank(3));
        job.ready(2);
        job.forget();
        job.all(member -> job.says(member, new RankMessage.Resumed(2, job.nowNs())));
        job.advance(20);
        assertThat(isAsked(job, 1)).isTrue();
    }

    @Test
    void underReplaceItStaysUntilItsSuccessorIsReady() {
        Harness job = job(RecoveryPolicy.REPLACE, 4, 1);
        wants(job, 1);
        assertThat(job.spawned()).containsExactly(SUCCESSOR);
        job.advance(1_000);
        assertThat(isAsked(job, 1)).isFalse();
        job.connect(SUCCESSOR);
        job.advance(20);
        assertThat(isAsked(job, 1)).isTrue();
        stopsAtBoundary(job, 30);
        allAcknowledge(job, 4, 30);
        assertThat(job.published(2)).isFalse();
        job.acknowledges(SUCCESSOR, 2);
        assertThat(job.coordinator.members()).containsExactly(rank(0), SUCCESSOR, rank(2), rank(3));
        assertThat(job.coordinator.changes().getFirst().left()).containsExactly(1);
        assertThat(job.coordinator.changes().getFirst().joined()).containsExactly(1);
    }

    @Test
    void aSuccessorMakesWayForOneThatHasToStay() {
        Harness job = job(RecoveryPolicy.REPLACE, 4, 1);
        wants(job, 1);
        job.connect(SUCCESSOR);
        job.advance(20);
        stopsAtBoundary(job, 30);
        Version version = new Version(1, 30);
        job.acknowledges(SUCCESSOR, 2);
        job.acknowledges(rank(0), 2, 30, version, new Holding(version, 4, new int[] {0}, true));
        for (int launchRank = 1; launchRank < 4; launchRank++) {
            job.acknowledgesHolding(rank(launchRank), 2, 4, 30);
        }
        assertThat(job.coordinator.members()).containsExactly(rank(0), rank(1), rank(2), rank(3));
        assertThat(job.fenced()).containsExactly(SUCCESSOR);
    }

    @Test
    void underRegrowItsPlaceIsFilledLater() {
        Harness job = job(RecoveryPolicy.REGROW, 4, 1);
        wants(job, 1);
        stopsAtBoundary(job, 30);
        allAcknowledge(job, 4, 30);
        assertThat(job.coordinator.members()).hasSize(3);
        job.ready(2);
        job.all(member -> job.says(member, new RankMessage.Resumed(2, job.nowNs())));
        job.advance(20);
        assertThat(job.spawned()).containsExactly(SUCCESSOR);
    }

    @Test
    void aLossMeanwhileTakesTheLeaverAlong() {
        Harness job = job(RecoveryPolicy.SHRINK, 4, 1);
        wants(job, 1);
        stopsAtBoundary(job, 30);
        job.dies(rank(3));
        assertThat(job.incident().ranks()).containsExactly(3);
        for (int launchRank = 0; launchRank < 3; launchRank++) {
            job.acknowledgesHolding(rank(launchRank), 3, 4, 30);
        }
        assertThat(job.coordinator.members()).containsExactly(rank(0), rank(2));
        assertThat(job.sent(rank(1), CoordinatorMessage.Dismissed.class)).isPresent();
    }

    private static Harness replacedWhileRankZeroDies(int ranks, int maxRecoveries) {
        Harness job = Harness.running(
                new JobSpec(ranks, RecoveryPolicy.REPLACE, 1, maxRecoveries, 1_000 * MS, 5_000 * MS, "/var/state"));
        wants(job, 1);
        job.connect(SUCCESSOR);
        job.advance(20);
        stopsAtBoundary(job, 30);
        job.dies(rank(0));
        return job;
    }

    @Test
    void whatALeaverHoldsIsSavedWhenTheJobGivesUp() {
        Harness job = replacedWhileRankZeroDies(2, 0);
        job.acknowledgesHolding(rank(1), 3, 2, 30);
        assertThat(job.fenced()).containsExactly(SUCCESSOR);
        assertThat(job.sent(rank(1), CoordinatorMessage.Persist.class)).isPresent();
    }

    @Test
    void theLastRoundEndsAlthoughTheSuccessorDiesInIt() {
        Harness job = replacedWhileRankZeroDies(2, 0);
        job.dies(SUCCESSOR);
        job.acknowledgesHolding(rank(1), 3, 2, 30);
        assertThat(job.sent(rank(1), CoordinatorMessage.Persist.class)).isPresent();
    }

    @Test
    void whatALeaverHoldsIsSavedWhenItsSuccessorWasOneTooMany() {
        Harness job = replacedWhileRankZeroDies(3, 1);
        job.dies(SUCCESSOR);
        job.acknowledgesHolding(rank(2), 3, 3, 30);
        job.acknowledgesHolding(rank(1), 3, 3, 30);
        assertThat(job.sent(rank(1), CoordinatorMessage.Persist.class)).isPresent();
        assertThat(job.sent(rank(2), CoordinatorMessage.Persist.class)).isPresent();
    }
}
