/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.protocol;

import static dev.convoy.fault.protocol.Harness.MS;
import static dev.convoy.fault.protocol.Harness.rank;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SpareTest {
    private static final MemberId SPARE = new MemberId(3, 0);
    private static final MemberId NEXT_SPARE = new MemberId(3, 1);
    private static final MemberId PROMOTED = new MemberId(1, 1);

    private final Harness job = Harness.running(spec());

    private static JobSpec spec() {
        return Harness.spec(3, RecoveryPolicy.REPLACE).withSpares(1);
    }

    private void spareIsReady() {
        job.connect(SPARE);
        job.advance(200);
        job.forget();
    }

    private void survivorsAcknowledge(long epoch) {
        job.acknowledgesHolding(rank(0), epoch, 3, 7);
        job.acknowledgesHolding(rank(2), epoch, 3, 7);
    }

    private void resumes(long epoch) {
        job.ready(epoch);
        job.all(member -> job.says(member, new RankMessage.Resumed(epoch, job.nowNs())));
        job.advance(20);
    }

    @Test
    void sparesStartOnceAFirstRankHasJoined() {
        Harness fresh = new Harness(spec());
        assertThat(fresh.spawned()).containsExactly(rank(0), rank(1), rank(2));
        fresh.connect(rank(1));
        assertThat(fresh.spawned()).containsExactly(rank(0), rank(1), rank(2), SPARE);
    }

    @Test
    void theGroupFormsWithoutWaitingForASpare() {
        assertThat(job.published(1)).isTrue();
        assertThat(job.coordinator.members()).containsExactly(rank(0), rank(1), rank(2));
    }

    @Test
    void aReadySpareTakesTheLostRanksPlace() {
        spareIsReady();
        job.dies(rank(1));
        assertThat(job.spawned()).isEmpty();
        assertThat(job.decided(Decision.Promote.class)).containsExactly(new Decision.Promote(SPARE, PROMOTED));
        assertThat(job.sent(PROMOTED, CoordinatorMessage.Assigned.class)
                        .orElseThrow()
                        .self())
                .isEqualTo(PROMOTED);
        survivorsAcknowledge(2);
        // Its connection still speaks under the name that it was started with.
        job.acknowledges(SPARE, 2);
        assertThat(job.epochStart(PROMOTED).members()).containsExactly(rank(0), PROMOTED, rank(2));
        assertThat(job.incident().ranks()).containsExactly(1);
        assertThat(job.incident().worldSize()).isEqualTo(3);
    }

    @Test
    void itIsToldWhoItIsBeforeItIsAskedForAnything() {
        spareIsReady();
        job.dies(rank(1));
        assertThat(job.decided(Decision.Send.class).stream()
                        .filter(send -> send.member().equals(PROMOTED))
                        .map(send -> send.message().getClass().getSimpleName()))
                .containsExactly("Assigned", "Revoke");
    }

    @Test
    void faultsThatHaveFiredAreNotItsOwn() {
        spareIsReady();
        job.says(rank(1), new RankMessage.FaultFired("kill:1@10", job.nowNs()));
        job.dies(rank(1));
        assertThat(job.sent(PROMOTED, CoordinatorMessage.Assigned.class)
                        .orElseThrow()
                        .firedFaults())
                .containsExactly("kill:1@10");
    }

    @Test
    void aNewSpareStartsOnlyWhenTheGroupWorksAgain() {
        spareIsReady();
        job.dies(rank(1));
        survivorsAcknowledge(2);
        job.acknowledges(SPARE, 2);
        job.advance(50);
        assertThat(job.spawned()).isEmpty();
        resumes(2);
        assertThat(job.spawned()).containsExactly(NEXT_SPARE);
    }

    @Test
    void aSpareThatIsStillStartingIsFasterThanANewProcess() {
        job.forget();
        job.dies(rank(1));
        assertThat(job.spawned()).isEmpty();
        survivorsAcknowledge(2);
        assertThat(job.published(2)).isFalse();
        job.connect(SPARE);
        assertThat(job.sent(PROMOTED, CoordinatorMessage.Assigned.class)).isPresent();
        job.acknowledges(SPARE, 2);
        assertThat(job.published(2)).isTrue();
    }

    @Test
    void aSpareThatCannotBeStartedAfterItsPromotionIsReplaced() {
        job.dies(rank(1));
        survivorsAcknowledge(2);
        job.on(new CoordinatorEvent.SpawnFailed(job.nowNs(), SPARE.launchRank(), "no memory"));
        assertThat(job.spawned()).containsExactly(new MemberId(1, 2));
    }

    @Test
    void theDeathOfASpareStopsNobody() {
        spareIsReady();
        job.dies(SPARE);
        job.advance(20);
        assertThat(job.coordinator.incidents()).isEmpty();
        assertThat(job.sent(rank(0), CoordinatorMessage.Revoke.class)).isEmpty();
        assertThat(job.spawned()).containsExactly(NEXT_SPARE);
        assertThat(job.coordinator.warnings())
                .anySatisfy(text -> assertThat(text).contains("spare 0 was killed by signal 9"));
    }

    @Test
    void aSpareThatKeepsDyingIsStartedEverMoreSeldom() {
        for (int i = 0; i < 5; i++) {
            job.dies(new MemberId(3, i));
            job.advance(500 + (1_000L << i));
        }
        assertThat(job.spawned()).hasSize(5);
        job.forget();
        job.dies(new MemberId(3, 5));
        job.advance(10_000);
        assertThat(job.spawned()).isEmpty();
        job.advance(10_000);
        assertThat(job.spawned()).hasSize(1);
    }

    @Test
    void aSilentSpareIsEndedAndReplaced() {
        spareIsReady();
        job.falls(SPARE);
        job.advance(2_500);
        assertThat(job.fenced()).containsExactly(SPARE);
        assertThat(job.spawned()).containsExactly(NEXT_SPARE);
        assertThat(job.coordinator.incidents()).isEmpty();
    }

    @Test
    void aSpareThatHasJustFallenSilentIsNotTrustedWithAPlace() {
        spareIsReady();
        job.falls(SPARE);
        job.advance(800);
        job.dies(rank(1));
        assertThat(job.spawned()).containsExactly(PROMOTED);
        assertThat(job.decided(Decision.Promote.class)).isEmpty();
    }

    @Test
    void aSpareThatDiesInItsFirstRoundIsReplacedInTheSameEpoch() {
        spareIsReady();
        job.dies(rank(1));
        job.dies(SPARE);
        assertThat(job.spawned()).containsExactly(new MemberId(1, 2));
        assertThat(job.coordinator.incidents()).hasSize(1);
    }

    @Test
    void whatASpareSaysOfEpochsCountsForNothing() {
        spareIsReady();
        job.says(SPARE, new RankMessage.Suspect(1, Evidence.PEER_DEATH, new int[] {0}, job.nowNs(), "no", 0, 0));
        job.says(SPARE, new RankMessage.Completed(1));
        job.says(SPARE, new RankMessage.Leaving(1));
        job.advance(100);
        assertThat(job.coordinator.incidents()).isEmpty();
        assertThat(job.hasEnded()).isFalse();
    }

    @Test
    void sparesEndWithTheJob() {
        spareIsReady();
        job.all(member -> job.says(member, new RankMessage.Completed(1)));
        job.all(member -> job.says(member, new RankMessage.Finished(1, null)));
        job.all(member -> job.exits(member, "exited with status 0", true));
        assertThat(job.outcome().success()).isTrue();
        assertThat(job.fenced()).containsExactly(SPARE);
    }

    @Test
    void theLimitOfRecoveriesCountsLossesNotSpares() {
        Harness bounded = Harness.running(
                new JobSpec(2, RecoveryPolicy.REPLACE, 1, 0, 1_000 * MS, 5_000 * MS, null).withSpares(1));
        bounded.dies(new MemberId(2, 0));
        bounded.advance(100);
        assertThat(bounded.hasEnded()).isFalse();
        bounded.dies(rank(1));
        bounded.acknowledgesHolding(rank(0), 2, 2, 7);
        assertThat(bounded.outcome().message()).contains("gave up after 0 recoveries");
    }
}
