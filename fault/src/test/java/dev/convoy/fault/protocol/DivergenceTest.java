/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.protocol;

import static dev.convoy.fault.protocol.Harness.rank;
import static org.assertj.core.api.Assertions.assertThat;

import dev.convoy.fault.protocol.Incident.Cause;
import dev.convoy.fault.protocol.Incident.DetectedBy;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class DivergenceTest {
    private final Harness job = Harness.running(4);

    private void diverge(long epoch, long step, int... odd) {
        job.all(member ->
                job.says(member, new RankMessage.Diverged(epoch, step, odd, job.nowNs(), "holds other bytes")));
    }

    /** All go back, by two rounds, to the version of step 7. */
    private void goBack(long epoch, int... ranks) {
        for (int rank : ranks) {
            job.acknowledgesHolding(rank(rank), epoch, 4, 7);
        }
        assertThat(job.published(epoch)).isTrue();
        job.ready(epoch);
        job.all(member -> job.says(member, new RankMessage.Resumed(epoch, job.nowNs())));
    }

    @Test
    void theFirstTimeAllGoBackAndNobodyIsExcluded() {
        diverge(1, 8, 2);
        goBack(2, 0, 1, 2, 3);
        assertThat(job.coordinator.incidents()).hasSize(1);
        assertThat(job.incident().cause()).isEqualTo(Cause.CORRUPTION);
        assertThat(job.incident().detectedBy()).isEqualTo(DetectedBy.CHECKSUM);
        assertThat(job.incident().ranks()).containsExactly(2);
        assertThat(job.incident().restoredStep()).isEqualTo(7);
        assertThat(job.incident().worldSize()).isEqualTo(4);
        assertThat(job.incident().resumedAtNs()).isNotNull();
        assertThat(job.fenced()).isEmpty();
        assertThat(job.decided(Decision.Announce.class))
                .anySatisfy(said -> assertThat(said.text())
                        .contains("rank 2 holds other bytes")
                        .contains("all go back to the last snapshot"));
    }

    @Test
    void theSameRankAgainIsExcluded() {
        diverge(1, 8, 2);
        goBack(2, 0, 1, 2, 3);
        diverge(2, 8 + JobSpec.DIVERGENCE_STEPS, 2);
        assertThat(job.fenced()).containsExactly(rank(2));
        goBack(3, 0, 1, 3);
        assertThat(job.incident().cause()).isEqualTo(Cause.CORRUPTION);
        assertThat(job.incident().ranks()).containsExactly(2);
        assertThat(job.incident().worldSize()).isEqualTo(3);
    }

    @Test
    void anotherRankOrMuchLaterIsAnotherFirstTime() {
        diverge(1, 8, 2);
        goBack(2, 0, 1, 2, 3);
        diverge(2, 9, 1);
        goBack(3, 0, 1, 2, 3);
        diverge(3, 9 + JobSpec.DIVERGENCE_STEPS, 2);
        goBack(4, 0, 1, 2, 3);
        assertThat(job.coordinator.incidents()).hasSize(3);
        assertThat(job.fenced()).isEmpty();
    }

    @Test
    void withoutAMajorityTheSecondTimeEndsTheJob() {
        diverge(1, 8);
        assertThat(job.incident().ranks()).isEmpty();
        goBack(2, 0, 1, 2, 3);
        diverge(2, 8);
        IntStream.range(0, 4).forEach(rank -> job.acknowledgesHolding(rank(rank), 3, 4, 7));
        assertThat(job.outcome().success()).isFalse();
        assertThat(job.outcome().message()).contains("holds other bytes, for the second time within 1000 steps");
    }

    @Test
    void aVersionInWhichTheRanksDifferIsNotRestoredWhoeverOffersIt() {
        diverge(1, 8, 2);
        // Whoever is stopped between its copies and the vote holds it, whole.
        for (int rank = 0; rank < 4; rank++) {
            int[] shards = GroupPlacement.of(4).shardsHeldBy(rank);
            job.acknowledges(
                    rank(rank),
                    2,
                    8,
                    new Version(1, 7),
                    new Holding(new Version(1, 8), 4, shards, true),
                    new Holding(new Version(1, 7), 4, shards, true));
        }
        assertThat(job.epochStart(rank(0)).plan().version()).isEqualTo(new Version(1, 7));
        assertThat(job.incident().lostSteps()).isEqualTo(1);
    }

    @Test
    void itIsBoundedByTheLimitOfRecoveries() {
        Harness limited = Harness.running(
                new JobSpec(4, RecoveryPolicy.SHRINK, 1, 0, 1_000 * Harness.MS, 5_000 * Harness.MS, null));
        limited.says(rank(0), new RankMessage.Diverged(1, 8, new int[] {3}, limited.nowNs(), "holds other bytes"));
        IntStream.range(0, 4).forEach(rank -> limited.acknowledgesHolding(rank(rank), 2, 4, 7));
        assertThat(limited.outcome().message())
                .contains("gave up after 0 recoveries")
                .contains("rank 3 holds other bytes");
    }

    @Test
    void whatAnOldEpochFoundChangesNothing() {
        job.dies(rank(3));
        goBack(2, 0, 1, 2);
        diverge(1, 8, 2);
        assertThat(job.coordinator.incidents()).hasSize(1);
        assertThat(job.coordinator.epoch()).isEqualTo(2);
    }

    @Test
    void aGroupThatGivesUpEndsWithItsReason() {
        job.says(rank(1), new RankMessage.GivesUp(1, 8, new int[] {2}, job.nowNs(), "made no sense"));
        IntStream.range(0, 4).forEach(rank -> job.acknowledgesHolding(rank(rank), 2, 4, 7));
        assertThat(job.outcome().success()).isFalse();
        assertThat(job.outcome().message()).isEqualTo("rank 2 made no sense");
    }
}
