/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.protocol;

import static dev.convoy.fault.protocol.Harness.MS;
import static dev.convoy.fault.protocol.Harness.rank;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RegrowTest {
    private static final MemberId CANDIDATE = new MemberId(1, 1);

    private final Harness job = Harness.running(Harness.spec(4, RecoveryPolicy.REGROW));

    private void shrinks() {
        job.dies(rank(1));
        for (int survivor : new int[] {0, 2, 3}) {
            job.acknowledgesHolding(rank(survivor), 2, 4, 7);
        }
        resumes(2);
    }

    private void resumes(long epoch) {
        job.ready(epoch);
        job.all(member -> job.says(member, new RankMessage.Resumed(epoch, job.nowNs())));
        job.advance(20);
    }

    private void candidateIsReady() {
        job.connect(CANDIDATE);
        job.advance(20);
    }

    private void stopsAtBoundary(long epoch, long step) {
        job.all(member -> job.says(member, new RankMessage.Quiesced(epoch, step, job.nowNs())));
    }

    /** As three ranks do that have committed this step in epoch 2. */
    private void survivorsAcknowledge(long epoch, long step) {
        Version version = new Version(2, step);
        int[] survivors = {0, 2, 3};
        for (int place = 0; place < survivors.length; place++) {
            int[] shards = GroupPlacement.of(3).shardsHeldBy(place);
            job.acknowledges(rank(survivors[place]), epoch, step, version, new Holding(version, 3, shards, true));
        }
    }

    @Test
    void theSurvivorsGoOnAtOnceAndTheReplacementStartsThen() {
        job.dies(rank(1));
        for (int survivor : new int[] {0, 2, 3}) {
            job.acknowledgesHolding(rank(survivor), 2, 4, 7);
        }
        assertThat(job.coordinator.members()).containsExactly(rank(0), rank(2), rank(3));
        assertThat(job.spawned()).isEmpty();
        resumes(2);
        assertThat(job.spawned()).containsExactly(CANDIDATE);
        assertThat(job.incident().worldSize()).isEqualTo(3);
        assertThat(job.incident().strategy().label()).isEqualTo("regrow");
    }

    @Test
    void nobodyIsStoppedBeforeTheReplacementIsReady() {
        shrinks();
        job.advance(3_000);
        assertThat(job.sent(rank(0), CoordinatorMessage.Quiesce.class)).isEmpty();
        candidateIsReady();
        assertThat(job.sent(CANDIDATE, CoordinatorMessage.InReserve.class)).isPresent();
        for (int survivor : new int[] {0, 2, 3}) {
            assertThat(job.sent(rank(survivor), CoordinatorMessage.Quiesce.class)
                            .orElseThrow()
                            .epoch())
                    .isEqualTo(2);
        }
        assertThat(job.sent(rank(0), CoordinatorMessage.Revoke.class)
                        .orElseThrow()
                        .epoch())
                .isEqualTo(2);
    }

    @Test
    void theReplacementIsTakenInAtTheBoundaryWithoutAnIncident() {
        shrinks();
        candidateIsReady();
        stopsAtBoundary(2, 30);
        survivorsAcknowledge(3, 30);
        job.acknowledges(CANDIDATE, 3);
        CoordinatorMessage.EpochStart start = job.epochStart(CANDIDATE);
        assertThat(start.members()).containsExactly(rank(0), CANDIDATE, rank(2), rank(3));
        assertThat(start.plan().step()).isEqualTo(30);
        assertThat(start.plan().shardCount()).isEqualTo(3);
        assertThat(start.plan().holdsReplicated()).containsExactly(true, false, true, true);
        resumes(3);
        assertThat(job.coordinator.incidents()).hasSize(1);
        MembershipChange change = job.coordinator.changes().getFirst();
        assertThat(change.joined()).containsExactly(1);
        assertThat(change.left()).isEmpty();
        assertThat(change.worldSize()).isEqualTo(4);
        assertThat(change.step()).isEqualTo(30);
        assertThat(change.resumedAtNs()).isNotNull();
    }

    @Test
    void theSurvivorsAreNotAskedTwice() {
        shrinks();
        candidateIsReady();
        job.forget();
        job.advance(500);
        assertThat(job.sent(rank(0), CoordinatorMessage.Quiesce.class)).isEmpty();
    }

    @Test
    void theEpochEndsOnlyWhenAllStandAtTheBoundary() {
        shrinks();
        candidateIsReady();
        job.forget();
        job.says(rank(0), new RankMessage.Quiesced(2, 30, job.nowNs()));
        job.says(rank(2), new RankMessage.Quiesced(2, 30, job.nowNs()));
        job.says(rank(0), new RankMessage.Quiesced(2, 30, job.nowNs()));
        assertThat(job.sent(rank(0), CoordinatorMessage.Revoke.class)).isEmpty();
        job.says(rank(3), new RankMessage.Quiesced(2, 30, job.nowNs()));
        assertThat(job.sent(rank(0), CoordinatorMessage.Revoke.class)
                        .orElseThrow()
                        .epoch())
                .isEqualTo(3);
    }

    @Test
    void aReplacementThatDiesMeanwhileStopsNobody() {
        shrinks();
        job.connect(CANDIDATE);
        job.dies(CANDIDATE);
        job.advance(20);
        assertThat(job.coordinator.incidents()).hasSize(1);
        assertThat(job.sent(rank(0), CoordinatorMessage.Quiesce.class)).isEmpty();
        assertThat(job.spawned()).containsExactly(CANDIDATE, new MemberId(1, 2));
    }

    @Test
    void aReplacementThatDiesAsItJoinsLeavesTheOthersAsTheyWere() {
        shrinks();
        candidateIsReady();
        stopsAtBoundary(2, 30);
        job.dies(CANDIDATE);
        survivorsAcknowledge(3, 30);
        assertThat(job.coordinator.members()).containsExactly(rank(0), rank(2), rank(3));
        assertThat(job.coordinator.incidents()).hasSize(1);
    }

    @Test
    void aReplacementThatDiesAfterItHasAnsweredCostsAnEpochAndNoIncident() {
        shrinks();
        candidateIsReady();
        stopsAtBoundary(2, 30);
        job.acknowledges(CANDIDATE, 3);
        job.dies(CANDIDATE);
        assertThat(job.sent(rank(0), CoordinatorMessage.Revoke.class)
                        .orElseThrow()
                        .epoch())
                .isEqualTo(4);
        survivorsAcknowledge(4, 30);
        assertThat(job.coordinator.members()).containsExactly(rank(0), rank(2), rank(3));
        assertThat(job.coordinator.incidents()).hasSize(1);
        assertThat(job.coordinator.changes().getFirst().joined()).isEmpty();
    }

    @Test
    void aLossDuringTheChangeIsAnIncidentLikeAnyOther() {
        shrinks();
        candidateIsReady();
        stopsAtBoundary(2, 30);
        job.dies(rank(3));
        assertThat(job.coordinator.incidents()).hasSize(2);
        assertThat(job.incident().ranks()).containsExactly(3);
        Version version = new Version(2, 30);
        job.acknowledges(rank(0), 4, 30, version, new Holding(version, 3, new int[] {0, 2, 1}, true));
        job.acknowledges(rank(2), 4, 30, version, new Holding(version, 3, new int[] {1, 0, 2}, true));
        job.acknowledges(CANDIDATE, 4);
        assertThat(job.coordinator.members()).containsExactly(rank(0), CANDIDATE, rank(2));
    }

    @Test
    void whoeverDoesNotComeToTheBoundaryIsLookedFor() {
        shrinks();
        candidateIsReady();
        job.says(rank(0), new RankMessage.Quiesced(2, 30, job.nowNs()));
        job.says(rank(2), new RankMessage.Quiesced(2, 30, job.nowNs()));
        job.falls(rank(3));
        job.advance(4_000);
        assertThat(job.incident().ranks()).containsExactly(3);
        assertThat(job.fenced()).contains(rank(3));
    }

    @Test
    void aReadySpareTakesThePlaceAtOnce() {
        Harness spared = Harness.running(Harness.spec(4, RecoveryPolicy.REGROW).withSpares(1));
        MemberId spare = new MemberId(4, 0);
        spared.connect(spare);
        spared.dies(rank(1));
        for (int survivor : new int[] {0, 2, 3}) {
            spared.acknowledgesHolding(rank(survivor), 2, 4, 7);
        }
        spared.acknowledges(spare, 2);
        assertThat(spared.coordinator.members()).containsExactly(rank(0), CANDIDATE, rank(2), rank(3));
    }

    @Test
    void aSpareThatIsOnItsWayIsWaitedForWithoutStartingAnother() {
        Harness spared = Harness.running(Harness.spec(4, RecoveryPolicy.REGROW).withSpares(1));
        spared.dies(rank(1));
        for (int survivor : new int[] {0, 2, 3}) {
            spared.acknowledgesHolding(rank(survivor), 2, 4, 7);
        }
        spared.ready(2);
        spared.all(member -> spared.says(member, new RankMessage.Resumed(2, spared.nowNs())));
        spared.advance(100);
        assertThat(spared.spawned()).isEmpty();
        spared.connect(new MemberId(4, 0));
        spared.advance(20);
        assertThat(spared.sent(rank(0), CoordinatorMessage.Quiesce.class)).isPresent();
    }

    @Test
    void doneBeforeTheReplacementIsReadyIsDone() {
        shrinks();
        job.all(member -> job.says(member, new RankMessage.Completed(2)));
        job.all(member -> job.says(member, new RankMessage.Finished(2, null)));
        job.all(member -> job.exits(member, "exited with status 0", true));
        assertThat(job.outcome().success()).isTrue();
        assertThat(job.fenced()).contains(CANDIDATE);
    }

    @Test
    void aGroupBelowItsMinimumDoesNotWaitForAReplacement() {
        Harness small = Harness.running(new JobSpec(2, RecoveryPolicy.REGROW, 2, 16, 1_000 * MS, 5_000 * MS, null));
        small.dies(rank(1));
        small.acknowledgesHolding(rank(0), 2, 2, 7);
        assertThat(small.outcome().message()).contains("--min-ranks");
    }
}
