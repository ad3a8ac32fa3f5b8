/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.protocol;

import static dev.convoy.fault.protocol.Harness.rank;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ReleaseTest {
    private final Harness job = Harness.running(3);

    private void complete() {
        job.all(member -> job.says(member, new RankMessage.Completed(1)));
    }

    private static RankMessage.Finished finished(String sha256) {
        return new RankMessage.Finished(1, new RunSummary(9, 3, 0.97, sha256, null, -1, -1, -1, null));
    }

    @Test
    void releaseFollowsTheLastCompletion() {
        job.says(rank(0), new RankMessage.Completed(1));
        job.says(rank(1), new RankMessage.Completed(1));
        assertThat(job.sent(rank(0), CoordinatorMessage.Release.class)).isEmpty();
        job.says(rank(2), new RankMessage.Completed(1));
        job.all(member ->
                assertThat(job.sent(member, CoordinatorMessage.Release.class)).isPresent());
    }

    @Test
    void lossBeforeTheReleaseIsAnOrdinaryRecovery() {
        job.says(rank(0), new RankMessage.Completed(1));
        job.says(rank(1), new RankMessage.Completed(1));
        job.dies(rank(2));
        assertThat(job.sent(rank(0), CoordinatorMessage.Revoke.class)).isPresent();
        job.acknowledgesHolding(rank(0), 2, 3, 9);
        job.acknowledgesHolding(rank(1), 2, 3, 9);
        assertThat(job.published(2)).isTrue();
        // Completions of the old epoch do not release the new one.
        job.says(rank(0), new RankMessage.Completed(1));
        job.says(rank(1), new RankMessage.Completed(1));
        assertThat(job.sent(rank(0), CoordinatorMessage.Release.class)).isEmpty();
    }

    @Test
    void jobSucceedsWhenEverybodyHasFinishedAndExited() {
        complete();
        job.all(member -> job.says(member, finished("ab")));
        job.on(new CoordinatorEvent.Disconnected(job.nowNs(), rank(1)));
        job.exits(rank(1), "exited with status 0", true);
        job.exits(rank(0), "exited with status 0", true);
        assertThat(job.hasEnded()).isFalse();
        job.exits(rank(2), "exited with status 0", true);
        assertThat(job.outcome().success()).isTrue();
        assertThat(job.outcome().summary().testAccuracy()).isEqualTo(0.97);
        assertThat(job.coordinator.warnings()).isEmpty();
    }

    @Test
    void lossAfterTheReleaseFailsTheJobAndNamesTheRank() {
        complete();
        job.dies(rank(1));
        assertThat(job.outcome().message()).isEqualTo("rank 1 was killed by signal 9 after all steps were done");
        assertThat(job.coordinator.incidents()).isEmpty();
    }

    @Test
    void whoFinishedButDoesNotExitIsEnded() {
        complete();
        job.all(member -> job.says(member, finished("ab")));
        job.exits(rank(0), "exited with status 0", true);
        job.exits(rank(2), "exited with status 0", true);
        job.advance(5_100);
        assertThat(job.outcome().success()).isTrue();
        assertThat(job.fenced()).containsExactly(rank(1));
        assertThat(job.coordinator.warnings()).hasSize(1);
    }

    @Test
    void whoNeitherFinishesNorExitsFailsTheJob() {
        complete();
        job.on(new CoordinatorEvent.Disconnected(job.nowNs(), rank(1)));
        job.advance(5_100);
        assertThat(job.outcome().message()).contains("rank 1 closed its connection but did not exit");
    }

    @Test
    void longEvaluationAfterTheLastStepIsFine() {
        complete();
        job.advance(30_000);
        assertThat(job.hasEnded()).isFalse();
    }

    @Test
    void silenceAfterTheLastStepIsNot() {
        complete();
        job.falls(rank(2));
        job.advance(5_200);
        assertThat(job.outcome().message()).isEqualTo("rank 2 stopped responding after all steps were done");
    }

    @Test
    void differentParametersAreAWarning() {
        complete();
        job.says(rank(0), finished("ab"));
        job.says(rank(1), finished("cd"));
        job.says(rank(2), finished("ab"));
        job.all(member -> job.exits(member, "exited with status 0", true));
        assertThat(job.outcome().success()).isTrue();
        assertThat(job.coordinator.warnings()).containsExactly("rank 1 ended with other parameters than rank 0");
    }
}
