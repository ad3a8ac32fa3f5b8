/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.protocol;

import static dev.convoy.fault.protocol.Harness.rank;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ReplaceTest {
    private static final MemberId REPLACEMENT = new MemberId(1, 1);

    private final Harness job = Harness.running(Harness.spec(3, RecoveryPolicy.REPLACE));

    private void survivorsAcknowledge(long epoch) {
        job.acknowledgesHolding(rank(0), epoch, 3, 7);
        job.acknowledgesHolding(rank(2), epoch, 3, 7);
    }

    @Test
    void replacementTakesTheLostRanksPlace() {
        job.dies(rank(1));
        assertThat(job.spawned()).containsExactly(REPLACEMENT);
        survivorsAcknowledge(2);
        assertThat(job.published(2)).isFalse();
        job.connect(REPLACEMENT);
        job.acknowledges(REPLACEMENT, 2);
        CoordinatorMessage.EpochStart start = job.epochStart(REPLACEMENT);
        assertThat(start.members()).containsExactly(rank(0), REPLACEMENT, rank(2));
        assertThat(start.plan().holdsReplicated()).containsExactly(true, false, true);
        assertThat(start.uniqueId()).containsExactly(0, 42);
        assertThat(job.incident().worldSize()).isEqualTo(3);
    }

    @Test
    void theAbortIsThatOfTheSurvivors() {
        job.dies(rank(1));
        survivorsAcknowledge(2);
        long abortedNs = job.nowNs();
        job.advance(600);
        job.connect(REPLACEMENT);
        job.acknowledges(REPLACEMENT, 2);
        assertThat(job.incident().abortedAtNs()).isEqualTo(abortedNs);
        assertThat(job.incident().agreedAtNs()).isEqualTo(job.nowNs());
    }

    @Test
    void placeIsTakenOnlyWhenTheOldProcessIsGone() {
        job.fencesAnswered = false;
        job.suspects(rank(0), 1, Evidence.PEER_DEATH, 1);
        assertThat(job.spawned()).isEmpty();
        job.on(new CoordinatorEvent.Fenced(job.nowNs(), rank(1)));
        assertThat(job.spawned()).containsExactly(REPLACEMENT);
    }

    @Test
    void replacementThatDiesBeforeItAcknowledgedIsTriedAgainInTheSameEpoch() {
        job.dies(rank(1));
        job.exits(REPLACEMENT, "exited with status 1", false);
        assertThat(job.spawned()).containsExactly(REPLACEMENT, new MemberId(1, 2));
        assertThat(job.coordinator.incidents()).hasSize(1);
        survivorsAcknowledge(2);
        job.connect(new MemberId(1, 2));
        job.acknowledges(new MemberId(1, 2), 2);
        assertThat(job.published(2)).isTrue();
    }

    @Test
    void replacementThatDiesAfterItAcknowledgedIsTheNextEpoch() {
        job.dies(rank(1));
        job.connect(REPLACEMENT);
        job.acknowledges(REPLACEMENT, 2);
        job.dies(REPLACEMENT);
        assertThat(job.coordinator.incidents()).hasSize(2);
        assertThat(job.sent(rank(0), CoordinatorMessage.Revoke.class)
                        .orElseThrow()
                        .epoch())
                .isEqualTo(3);
        assertThat(job.spawned()).contains(new MemberId(1, 2));
    }

    @Test
    void everyAttemptCountsAsARecovery() {
        Harness bounded = Harness.running(
                new JobSpec(2, RecoveryPolicy.REPLACE, 1, 3, 1_000 * Harness.MS, 5_000 * Harness.MS, null));
        bounded.dies(rank(1));
        bounded.acknowledgesHolding(rank(0), 2, 2, 7);
        for (int i = 1; i <= 3; i++) {
            assertThat(bounded.hasEnded()).isFalse();
            bounded.on(new CoordinatorEvent.SpawnFailed(bounded.nowNs(), 1, "out of memory"));
        }
        assertThat(bounded.outcome().message())
                .contains("gave up after 3 recoveries")
                .contains("out of memory");
        assertThat(bounded.fenced()).containsExactly(rank(0));
    }

    @Test
    void replacementThatNeverJoinsIsTriedAgainAfterTheStartBound() {
        job.dies(rank(1));
        survivorsAcknowledge(2);
        job.advance(5_100);
        assertThat(job.fenced()).containsExactly(REPLACEMENT);
        assertThat(job.spawned()).containsExactly(REPLACEMENT, new MemberId(1, 2));
    }

    @Test
    void lateIncarnationIsRejected() {
        job.dies(rank(1));
        job.connect(rank(1));
        assertThat(job.sent(rank(1), CoordinatorMessage.Rejected.class)).isPresent();
    }

    @Test
    void whenNobodyIsLeftTheStateIsLost() {
        job.dies(rank(0));
        job.dies(rank(1));
        job.dies(rank(2));
        assertThat(job.outcome().message()).contains("every rank was lost").contains("was killed by signal 9");
    }

    @Test
    void severalRanksAreReplacedAtOnce() {
        job.dies(rank(1));
        job.dies(rank(2));
        assertThat(job.spawned()).containsExactly(REPLACEMENT, new MemberId(2, 1));
        assertThat(job.coordinator.incidents()).hasSize(1);
        assertThat(job.incident().ranks()).containsExactly(1, 2);
    }
}
