/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.protocol;

import static dev.convoy.fault.protocol.Harness.rank;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class FormationTest {
    private final Harness job = new Harness(Harness.spec(3, RecoveryPolicy.SHRINK));

    @Test
    void startSpawnsEveryLaunchRank() {
        assertThat(job.spawned()).containsExactly(rank(0), rank(1), rank(2));
    }

    @Test
    void firstEpochTakesTwoRoundsOnceAllHaveJoined() {
        job.connect(rank(2));
        job.connect(rank(0));
        assertThat(job.decided(Decision.Send.class)).isEmpty();
        job.connect(rank(1));
        assertThat(job.sent(rank(0), CoordinatorMessage.Revoke.class)
                        .orElseThrow()
                        .makeUniqueId())
                .isTrue();
        assertThat(job.sent(rank(1), CoordinatorMessage.Revoke.class)
                        .orElseThrow()
                        .makeUniqueId())
                .isFalse();

        job.acknowledges(rank(1), 1);
        job.acknowledges(rank(0), 1);
        assertThat(job.published(1)).isFalse();
        job.acknowledges(rank(2), 1);

        CoordinatorMessage.EpochStart start = job.epochStart(rank(1));
        assertThat(start.members()).containsExactly(rank(0), rank(1), rank(2));
        assertThat(start.uniqueId()).containsExactly(0, 42);
        assertThat(start.plan().isInitial()).isTrue();
        assertThat(job.epochStart(rank(2))).isEqualTo(start);
    }

    @Test
    void formationIsNoIncident() {
        job.form();
        assertThat(job.coordinator.incidents()).isEmpty();
        assertThat(job.decided(Decision.Announce.class))
                .extracting(Decision.Announce::kind)
                .containsExactly(Decision.Announce.Kind.FORMED);
    }

    @Test
    void exitBeforeTheGroupIsFormedFailsTheJobAndFencesTheOthers() {
        job.connect(rank(0));
        job.exits(rank(1), "exited with status 1", false);
        assertThat(job.outcome().exitStatus()).isEqualTo(1);
        assertThat(job.outcome().message()).isEqualTo("rank 1 exited with status 1 before the group was formed");
        assertThat(job.fenced()).containsExactly(rank(0), rank(2));
        assertThat(job.sent(rank(0), CoordinatorMessage.Stop.class)).isPresent();
    }

    @Test
    void lostConnectionWaitsForTheExitStatus() {
        job.connect(rank(0));
        job.connect(rank(1));
        job.on(new CoordinatorEvent.Disconnected(job.nowNs(), rank(1)));
        assertThat(job.hasEnded()).isFalse();
        job.exits(rank(1), "exited with status 3", false);
        assertThat(job.outcome().message()).isEqualTo("rank 1 exited with status 3 before the group was formed");
    }

    @Test
    void lostConnectionWithoutExitEndsAfterTheGrace() {
        job.connect(rank(1));
        job.on(new CoordinatorEvent.Disconnected(job.nowNs(), rank(1)));
        job.advance(600);
        assertThat(job.outcome().message()).isEqualTo("rank 1 closed its connection before the group was formed");
    }

    @Test
    void userExceptionBeforeTheFirstStateIsRestoredFailsTheJob() {
        for (int i = 0; i < 3; i++) {
            job.connect(rank(i));
        }
        job.says(rank(2), new RankMessage.Failing(0, "IOException: no data"));
        job.exits(rank(2), "exited with status 1", false);
        assertThat(job.outcome().message())
                .isEqualTo("rank 2 failed: IOException: no data before the group was formed");
    }

    @Test
    void whoDoesNotJoinInTimeIsNamed() {
        job.connect(rank(0));
        job.connect(rank(2));
        job.advance(5_100);
        assertThat(job.outcome().message()).contains("rank 1 did not join").contains("5 s");
    }

    @Test
    void whoDoesNotAnswerTheFirstRevocationIsNamed() {
        for (int i = 0; i < 3; i++) {
            job.connect(rank(i));
        }
        job.acknowledges(rank(0), 1);
        job.acknowledges(rank(1), 1);
        job.advance(6_000);
        assertThat(job.outcome().message()).contains("rank 2");
        assertThat(job.coordinator.incidents()).isEmpty();
    }

    @Test
    void whoFallsSilentBeforeItRestoresIsLeftOut() {
        rebuilt();
        job.falls(rank(1));
        job.advance(4_900);
        assertThat(job.sent(rank(0), CoordinatorMessage.Probe.class)).isEmpty();
        job.advance(200);
        for (int i : new int[] {0, 2}) {
            job.probed(rank(i), 1, 0);
        }
        job.advance(700);
        assertThat(job.fenced()).containsExactly(rank(1));
        assertThat(job.incident().detectedBy()).isEqualTo(Incident.DetectedBy.HEARTBEAT);
        formsAnew(0, 2);
    }

    @Test
    void whoIsKilledBeforeItRestoresIsLeftOut() {
        rebuilt();
        job.dies(rank(1));
        assertThat(job.hasEnded()).isFalse();
        formsAnew(0, 2);
        assertThat(job.incident().ranks()).containsExactly(1);
        assertThat(job.incident().restoredStep()).isZero();
    }

    @Test
    void whoIsKilledDuringTheFirstRebuildIsLeftOut() {
        acknowledged();
        job.suspects(rank(0), 1, Evidence.PEER_DEATH, 1);
        assertThat(job.fenced()).isEmpty();
        job.dies(rank(1));
        formsAnew(0, 2);
    }

    @Test
    void survivorsThatStillPrepareAreGivenTheTimeOfAStart() {
        rebuilt();
        job.dies(rank(1));
        job.acknowledges(rank(0), 2);
        job.advance(4_500);
        job.acknowledges(rank(2), 2);
        assertThat(job.epochStart(rank(0)).members()).containsExactly(rank(0), rank(2));
        job.all(member -> job.says(member, new RankMessage.Rebuilt(2, job.nowNs())));
        job.advance(60_000);
        assertThat(job.published(2)).isTrue();
        assertThat(job.coordinator.incidents()).hasSize(1);
    }

    @Test
    void aProgramThatFailsBeforeItRestoresFailsTheJob() {
        rebuilt();
        job.exits(rank(1), "exited with status 1", false);
        assertThat(job.outcome().message()).isEqualTo("rank 1 exited with status 1 before the group was formed");
    }

    @Test
    void whatPeersSawFirstIsStillTheProgramsFailure() {
        rebuilt();
        job.suspects(rank(0), 1, Evidence.PEER_DEATH, 1);
        job.acknowledges(rank(0), 2);
        job.acknowledges(rank(2), 2);
        assertThat(job.published(2)).isFalse();
        job.exits(rank(1), "exited with status 1", false);
        assertThat(job.outcome().message()).isEqualTo("rank 1 exited with status 1 before the group was formed");
    }

    @Test
    void aDeadlineThatNobodyIsSilentAtFailsTheFormation() {
        rebuilt();
        job.suspects(rank(0), 1, Evidence.DEADLINE);
        for (int i = 0; i < 3; i++) {
            job.probed(rank(i), 1, i == 1 ? 0 : 1);
        }
        job.advance(600);
        assertThat(job.fenced()).containsExactlyInAnyOrder(rank(0), rank(1), rank(2));
        assertThat(job.outcome().message()).isEqualTo("the group could not be formed: rank 0 reports it broke");
    }

    @Test
    void aPeersExitIsNotTakenForThatOfTheLostRank() {
        job.connect(rank(0));
        job.connect(rank(1));
        job.on(new CoordinatorEvent.Disconnected(job.nowNs(), rank(1)));
        job.exits(rank(0), "exited with status 9", false);
        job.exits(rank(1), "exited with status 3", false);
        assertThat(job.outcome().message()).isEqualTo("rank 1 exited with status 3 before the group was formed");
    }

    private void acknowledged() {
        for (int i = 0; i < 3; i++) {
            job.connect(rank(i));
        }
        for (int i = 0; i < 3; i++) {
            job.acknowledges(rank(i), 1);
        }
    }

    private void rebuilt() {
        acknowledged();
        job.all(member -> job.says(member, new RankMessage.Rebuilt(1, job.nowNs())));
    }

    private void formsAnew(int... ranks) {
        for (int rank : ranks) {
            job.acknowledges(rank(rank), 2);
        }
        assertThat(job.epochStart(rank(ranks[0])).plan().isInitial()).isTrue();
        job.ready(2);
        job.all(member -> job.says(member, new RankMessage.Resumed(2, job.nowNs())));
        assertThat(job.hasEnded()).isFalse();
        assertThat(job.incident().worldSize()).isEqualTo(ranks.length);
        assertThat(job.incident().resumedAtNs()).isNotNull();
    }

    @Test
    void plainCommandsSucceedIfAllExitWithStatusZero() {
        job.exits(rank(0), "exited with status 0", true);
        job.exits(rank(2), "exited with status 0", true);
        assertThat(job.hasEnded()).isFalse();
        job.advance(60_000);
        job.exits(rank(1), "exited with status 0", true);
        assertThat(job.outcome().success()).isTrue();
    }

    @Test
    void plainCommandsFailWithTheFirstBadStatus() {
        job.exits(rank(0), "exited with status 0", true);
        job.exits(rank(2), "exited with status 7", false);
        assertThat(job.outcome().message()).isEqualTo("rank 2 exited with status 7");
        assertThat(job.fenced()).containsExactly(rank(1));
    }

    @Test
    void halfAGroupIsNoGroup() {
        job.exits(rank(0), "exited with status 0", true);
        job.connect(rank(1));
        assertThat(job.outcome().message()).isEqualTo("rank 0 exited with status 0 before the group was formed");
    }

    @Test
    void commandThatCannotBeStartedFailsTheJob() {
        job.on(new CoordinatorEvent.SpawnFailed(job.nowNs(), 1, "no such file"));
        assertThat(job.outcome().message()).isEqualTo("rank 1 could not be started: no such file");
    }

    @Test
    void strangersAreRejected() {
        MemberId stranger = new MemberId(1, 7);
        job.connect(stranger);
        assertThat(job.sent(stranger, CoordinatorMessage.Rejected.class)).isPresent();
    }

    @Test
    void nothingHappensAfterTheEnd() {
        job.dies(rank(0));
        job.forget();
        job.connect(rank(1));
        job.dies(rank(2));
        job.advance(100);
        assertThat(job.decisions()).isEmpty();
    }
}
