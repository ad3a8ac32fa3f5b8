/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.protocol;

import static dev.convoy.fault.protocol.Harness.MS;
import static dev.convoy.fault.protocol.Harness.rank;
import static org.assertj.core.api.Assertions.assertThat;

import dev.convoy.fault.protocol.Incident.Cause;
import dev.convoy.fault.protocol.Incident.DetectedBy;
import org.junit.jupiter.api.Test;

class RecoveryTest {
    private final Harness job = Harness.running(4);

    private void acknowledgeHolding(long epoch, int... ranks) {
        for (int rank : ranks) {
            job.acknowledgesHolding(rank(rank), epoch, 4, 7);
        }
    }

    @Test
    void exitRevokesEverybodyElseAndShrinks() {
        job.dies(rank(2));
        for (int i : new int[] {0, 1, 3}) {
            assertThat(job.sent(rank(i), CoordinatorMessage.Revoke.class)
                            .orElseThrow()
                            .epoch())
                    .isEqualTo(2);
        }
        acknowledgeHolding(2, 3, 0, 1);
        CoordinatorMessage.EpochStart start = job.epochStart(rank(0));
        assertThat(start.members()).containsExactly(rank(0), rank(1), rank(3));
        assertThat(start.plan().version()).isEqualTo(new Version(1, 7));
        assertThat(start.plan().shardSource()).containsExactly(0, 1, 2, 2);
    }

    @Test
    void incidentCarriesEveryPhase() {
        long deathNs = job.nowNs();
        job.dies(rank(2));
        job.advance(20);
        acknowledgeHolding(2, 0, 1, 3);
        job.advance(20);
        job.ready(2);
        job.advance(20);
        job.all(member -> job.says(member, new RankMessage.Resumed(2, job.nowNs())));
        assertThat(job.incident())
                .isEqualTo(new Incident(
                        2,
                        Cause.EXIT,
                        java.util.List.of(2),
                        DetectedBy.AGENT,
                        deathNs,
                        deathNs,
                        deathNs + 20 * MS,
                        deathNs + 20 * MS,
                        deathNs + 40 * MS,
                        deathNs + 40 * MS,
                        deathNs + 60 * MS,
                        7L,
                        0L,
                        RecoveryPolicy.SHRINK,
                        3));
    }

    @Test
    void lostStepsCountFromTheFurthestSurvivor() {
        job.dies(rank(3));
        Version old = new Version(1, 5);
        for (int i = 0; i < 3; i++) {
            int[] shards = GroupPlacement.of(4).shardsHeldBy(i);
            job.acknowledges(rank(i), 2, 6 + i % 2, old, new Holding(old, 4, shards, true));
        }
        assertThat(job.incident().restoredStep()).isEqualTo(5);
        assertThat(job.incident().lostSteps()).isEqualTo(2);
    }

    @Test
    void peerDeathIsFencedAtOnceAndPublicationWaitsForIt() {
        job.fencesAnswered = false;
        job.suspects(rank(0), 1, Evidence.PEER_DEATH, 2);
        assertThat(job.fenced()).containsExactly(rank(2));
        acknowledgeHolding(2, 0, 1, 3);
        assertThat(job.published(2)).isFalse();
        job.on(new CoordinatorEvent.Fenced(job.nowNs(), rank(2)));
        assertThat(job.published(2)).isTrue();
        assertThat(job.incident().detectedBy()).isEqualTo(DetectedBy.PEER_DEATH);
    }

    @Test
    void firstEvidenceCountsAndOthersConfirm() {
        job.suspects(rank(0), 1, Evidence.PEER_DEATH, 2);
        long detectedNs = job.nowNs();
        job.advance(10);
        job.suspects(rank(1), 1, Evidence.PEER_DEATH, 2);
        job.dies(rank(2));
        assertThat(job.coordinator.incidents()).hasSize(1);
        assertThat(job.incident().detectedBy()).isEqualTo(DetectedBy.PEER_DEATH);
        assertThat(job.incident().detectedAtNs()).isEqualTo(detectedNs);
    }

    @Test
    void lossBeforeAcknowledgingMergesIntoTheIncident() {
        job.dies(rank(2));
        job.acknowledgesHolding(rank(0), 2, 4, 7);
        job.dies(rank(1));
        acknowledgeHolding(2, 3);
        assertThat(job.coordinator.incidents()).hasSize(1);
        assertThat(job.incident().ranks()).containsExactly(1, 2);
        assertThat(job.epochStart(rank(3)).members()).containsExactly(rank(0), rank(3));
    }

    @Test
    void reserveMakesTheUniqueIdWhenTheFirstMakerIsLost() {
        job.dies(rank(2));
        job.dies(rank(0));
        acknowledgeHolding(2, 1, 3);
        assertThat(job.coordinator.incidents()).hasSize(1);
        assertThat(job.epochStart(rank(3)).uniqueId()).containsExactly(1, 42);
    }

    @Test
    void lossOfBothMakersIsTheNextEpoch() {
        Harness five = Harness.running(5);
        five.dies(rank(4));
        five.dies(rank(0));
        five.dies(rank(1));
        assertThat(five.coordinator.incidents()).hasSize(2);
        assertThat(five.sent(rank(2), CoordinatorMessage.Revoke.class).orElseThrow())
                .matches(revoke -> revoke.epoch() == 3 && revoke.makeUniqueId());
    }

    @Test
    void lossAfterAcknowledgingIsTheNextEpochAndTheOvertakenIncidentKeepsNull() {
        job.dies(rank(2));
        acknowledgeHolding(2, 1);
        job.dies(rank(1));
        assertThat(job.sent(rank(3), CoordinatorMessage.Revoke.class)
                        .orElseThrow()
                        .epoch())
                .isEqualTo(3);
        // The answer to the overtaken revocation does not count for the new one.
        acknowledgeHolding(2, 0, 3);
        assertThat(job.published(1)).isTrue();
        acknowledgeHolding(3, 0, 3);
        assertThat(job.published(3)).isTrue();
        Incident overtaken = job.coordinator.incidents().getFirst();
        assertThat(overtaken.ranks()).containsExactly(2);
        assertThat(overtaken.agreedAtNs()).isNull();
        assertThat(overtaken.resumedAtNs()).isNull();
        assertThat(job.incident().ranks()).containsExactly(1);
    }

    @Test
    void lossAfterPublicationIsTheNextEpoch() {
        job.dies(rank(2));
        acknowledgeHolding(2, 0, 1, 3);
        job.says(rank(0), new RankMessage.Rebuilt(2, job.nowNs()));
        job.dies(rank(1));
        acknowledgeHolding(3, 0, 3);
        assertThat(job.epochStart(rank(0)).members()).containsExactly(rank(0), rank(3));
        assertThat(job.coordinator.incidents().getFirst().agreedAtNs()).isNotNull();
        assertThat(job.coordinator.incidents().getFirst().rebuiltAtNs()).isNull();
    }

    @Test
    void suspicionOfTheFormingEpochStartsAgain() {
        job.dies(rank(2));
        acknowledgeHolding(2, 0, 1, 3);
        job.suspects(rank(0), 2, Evidence.ASYNC_ERROR);
        assertThat(job.sent(rank(3), CoordinatorMessage.Revoke.class)
                        .orElseThrow()
                        .epoch())
                .isEqualTo(3);
    }

    @Test
    void suspicionOfAnOldEpochIsRefused() {
        job.dies(rank(2));
        acknowledgeHolding(2, 0, 1, 3);
        job.ready(2);
        job.suspects(rank(0), 1, Evidence.PEER_DEATH, 1);
        job.suspects(rank(0), 1, Evidence.DEADLINE);
        job.advance(700);
        assertThat(job.coordinator.incidents()).hasSize(1);
        assertThat(job.fenced()).isEmpty();
    }

    @Test
    void rubbishRanksAndTheReporterItselfAreNotFenced() {
        job.suspects(rank(0), 1, Evidence.PEER_DEATH, 0, -1, 4, Integer.MAX_VALUE);
        assertThat(job.fenced()).isEmpty();
    }

    @Test
    void lateReportNamesFurtherDead() {
        job.suspects(rank(0), 1, Evidence.PEER_DEATH, 2);
        job.suspects(rank(1), 1, Evidence.PEER_DEATH, 3);
        assertThat(job.fenced()).containsExactly(rank(2), rank(3));
        assertThat(job.incident().ranks()).containsExactly(2, 3);
    }

    @Test
    void lateReportDoesNotCondemnWhoHasAcknowledged() {
        job.suspects(rank(0), 1, Evidence.PEER_DEATH, 2);
        acknowledgeHolding(2, 3);
        job.suspects(rank(1), 1, Evidence.PEER_DEATH, 3);
        assertThat(job.fenced()).containsExactly(rank(2));
    }

    @Test
    void asyncErrorWithNobodyLostKeepsTheMembersAndCounts() {
        job.suspects(rank(1), 1, Evidence.ASYNC_ERROR);
        acknowledgeHolding(2, 0, 1, 2, 3);
        assertThat(job.epochStart(rank(0)).members()).hasSize(4);
        assertThat(job.incident().cause()).isEqualTo(Cause.ERROR);
        assertThat(job.incident().detectedBy()).isEqualTo(DetectedBy.ASYNC_ERROR);
        assertThat(job.incident().ranks()).isEmpty();
    }

    @Test
    void asyncErrorBeforeTheExitIsFirstEvidenceOfTheExit() {
        job.suspects(rank(1), 1, Evidence.ASYNC_ERROR);
        job.dies(rank(2));
        assertThat(job.incident().cause()).isEqualTo(Cause.EXIT);
        assertThat(job.incident().detectedBy()).isEqualTo(DetectedBy.ASYNC_ERROR);
        assertThat(job.incident().ranks()).containsExactly(2);
    }

    @Test
    void whoDoesNotAcknowledgeInTimeIsFenced() {
        job.suspects(rank(1), 1, Evidence.ASYNC_ERROR);
        acknowledgeHolding(2, 0, 1, 3);
        job.advance(900);
        assertThat(job.fenced()).isEmpty();
        job.advance(200);
        assertThat(job.fenced()).containsExactly(rank(2));
        assertThat(job.epochStart(rank(0)).members()).containsExactly(rank(0), rank(1), rank(3));
        assertThat(job.incident().cause()).isEqualTo(Cause.HANG);
    }

    @Test
    void failingRankGetsAGraceAndIsThenFenced() {
        job.says(rank(2), new RankMessage.Failing(1, "IllegalStateException: boom"));
        acknowledgeHolding(2, 0, 1, 3);
        assertThat(job.fenced()).isEmpty();
        assertThat(job.published(2)).isFalse();
        job.advance(550);
        assertThat(job.fenced()).containsExactly(rank(2));
        assertThat(job.published(2)).isTrue();
        assertThat(job.incident().cause()).isEqualTo(Cause.ERROR);
        assertThat(job.incident().detectedBy()).isEqualTo(DetectedBy.AGENT);
    }

    @Test
    void exitOfAFailingRankChangesNothingButEndsTheWait() {
        job.says(rank(2), new RankMessage.Failing(1, "IllegalStateException: boom"));
        acknowledgeHolding(2, 0, 1, 3);
        job.exits(rank(2), "exited with status 1", false);
        assertThat(job.published(2)).isTrue();
        assertThat(job.fenced()).isEmpty();
        assertThat(job.coordinator.incidents()).hasSize(1);
    }

    @Test
    void wordOfAnExcludedRankDoesNotCount() {
        job.says(rank(2), new RankMessage.Failing(1, "IllegalStateException: boom"));
        job.says(rank(2), new RankMessage.Failing(1, "IllegalStateException: again"));
        job.suspects(rank(2), 1, Evidence.PEER_DEATH, 0, 1, 3);
        assertThat(job.coordinator.incidents()).hasSize(1);
        assertThat(job.incident().ranks()).containsExactly(2);
        assertThat(job.fenced()).isEmpty();
    }

    @Test
    void largeGroupRecoversQuickly() {
        int ranks = 2_000;
        long startNs = System.nanoTime();
        Harness large = Harness.running(ranks);
        large.dies(rank(17));
        large.dies(rank(1_400));
        for (int i = 0; i < ranks; i++) {
            if (i != 17 && i != 1_400) {
                large.acknowledgesHolding(rank(i), 2, ranks, 7);
            }
        }
        assertThat(large.epochStart(rank(0)).members()).hasSize(ranks - 2);
        assertThat(System.nanoTime() - startNs).isLessThan(20_000 * MS);
    }

    @Test
    void lostConnectionIsALoss() {
        job.on(new CoordinatorEvent.Disconnected(job.nowNs(), rank(2)));
        acknowledgeHolding(2, 0, 1, 3);
        assertThat(job.published(2)).isFalse();
        job.advance(550);
        assertThat(job.fenced()).containsExactly(rank(2));
        assertThat(job.published(2)).isTrue();
    }

    @Test
    void injectedFaultGivesTheTrueTime() {
        long firedNs = job.nowNs();
        job.says(rank(2), new RankMessage.FaultFired("kill:2@1", firedNs));
        assertThat(job.sent(rank(2), CoordinatorMessage.FaultRecorded.class)
                        .orElseThrow()
                        .spec())
                .isEqualTo("kill:2@1");
        job.advance(30);
        job.dies(rank(2));
        assertThat(job.incident().faultAtNs()).isEqualTo(firedNs);
        assertThat(job.incident().detectedAtNs()).isEqualTo(firedNs + 30 * MS);
        assertThat(job.coordinator.firedFaults()).containsExactly("kill:2@1");
    }

    @Test
    void theTimeIsThatAtWhichTheFaultHappenedNotThatOfItsRecording() {
        job.says(rank(2), new RankMessage.FaultFired("kill:2@1", job.nowNs()));
        job.advance(20);
        long firedNs = job.nowNs();
        job.says(rank(2), new RankMessage.FaultFired("kill:2@1", firedNs));
        job.advance(10);
        job.dies(rank(2));
        assertThat(job.incident().faultAtNs()).isEqualTo(firedNs);
    }

    @Test
    void aTimeThatComesAfterTheLossIsNobodyElses() {
        job.says(rank(2), new RankMessage.FaultFired("kill:2@1", job.nowNs()));
        job.suspects(rank(0), 1, Evidence.PEER_DEATH, 2);
        job.says(rank(2), new RankMessage.FaultFired("kill:2@1", job.nowNs()));
        FiredFaults faults = new FiredFaults();
        assertThat(faults.record(2, "kill:2@1", 5)).isTrue();
        assertThat(faults.take(2, Incident.Cause.EXIT)).isEqualTo(5);
        assertThat(faults.record(2, "kill:2@1", 7)).isTrue();
        assertThat(faults.take(2, Incident.Cause.EXIT)).isNull();
    }

    @Test
    void faultsOfOthersAndRubbishAreNotRecorded() {
        job.says(rank(2), new RankMessage.FaultFired("kill:1@1", job.nowNs()));
        job.says(rank(2), new RankMessage.FaultFired("rm -rf", job.nowNs()));
        assertThat(job.coordinator.firedFaults()).isEmpty();
    }

    @Test
    void slowFaultThatOnlyWasSlowIsNotBlamedForALaterExit() {
        job.says(rank(2), new RankMessage.FaultFired("slow:2@1:100", job.nowNs()));
        job.advance(500);
        job.dies(rank(2));
        assertThat(job.incident().faultAtNs()).isEqualTo(job.nowNs());
    }

    @Test
    void recoveryPastItsBoundStartsAgain() {
        job.dies(rank(2));
        acknowledgeHolding(2, 0, 1, 3);
        job.says(rank(0), new RankMessage.Rebuilt(2, job.nowNs()));
        job.falls(rank(1));
        job.advance(1_010);
        job.probed(rank(0), 2, 0);
        job.probed(rank(3), 2, 0);
        job.advance(510);
        assertThat(job.fenced()).containsExactly(rank(1));
        assertThat(job.incident().epoch()).isEqualTo(3);
        assertThat(job.incident().cause()).isEqualTo(Cause.HANG);
    }

    @Test
    void completionCountsAsResumedWhenNoStepIsLeft() {
        job.dies(rank(2));
        acknowledgeHolding(2, 0, 1, 3);
        job.ready(2);
        job.all(member -> job.says(member, new RankMessage.Completed(2)));
        assertThat(job.incident().resumedAtNs()).isEqualTo(job.nowNs());
    }

    @Test
    void warningsAreKeptAndNameTheRank() {
        job.says(rank(3), new RankMessage.Warning("was slow"));
        assertThat(job.coordinator.warnings()).containsExactly("rank 3: was slow");
    }

    @Test
    void progressIsTakenFromRankZeroOfThePresentEpochOnly() {
        job.says(rank(1), new RankMessage.Progress(1, 3, 0.5, 10, 4));
        job.says(rank(0), new RankMessage.Progress(7, 3, 0.5, 10, 4));
        assertThat(job.decided(Decision.ProgressMade.class)).isEmpty();
        job.says(rank(0), new RankMessage.Progress(1, 3, 0.5, 10, 4));
        assertThat(job.decided(Decision.ProgressMade.class)).hasSize(1);
    }
}
