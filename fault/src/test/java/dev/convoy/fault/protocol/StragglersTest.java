/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.protocol;

import static dev.convoy.fault.protocol.Harness.rank;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.convoy.fault.detect.StragglerScore;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class StragglersTest {
    private static final int RANKS = 4;
    private static final long STEP_NS = 50_000_000L;

    private final SplittableRandom random = new SplittableRandom(5);

    private static JobSpec spec(RecoveryPolicy policy, StragglerPolicy stragglers) {
        return Harness.spec(RANKS, policy).withStragglers(stragglers);
    }

    /** A window of blocks and one, in which rank 2 needs so many times as long as the others. */
    private void work(Harness job, double slowness) {
        for (int block = 0; block <= StragglerScore.WINDOW; block++) {
            for (int beat = 0; beat < 10; beat++) {
                for (int i = 0; i < RANKS; i++) {
                    double noise = random.nextDouble(0.99, 1.01) * (i == 2 ? slowness : 1);
                    job.says(rank(i), new RankMessage.Pace(job.coordinator.epoch(), (long) (STEP_NS * noise)));
                }
                job.advance(110);
            }
        }
    }

    private static List<String> warnings(Harness job) {
        return job.coordinator.warnings();
    }

    @Test
    void rankThatStaysSlowerIsReportedOnceAndKept() {
        Harness job = Harness.running(spec(RecoveryPolicy.SHRINK, StragglerPolicy.REPORT));
        work(job, 1.2);
        work(job, 1.2);
        assertThat(warnings(job)).hasSize(1);
        assertThat(warnings(job).getFirst()).startsWith("rank 2 stays 20 % slower than the others");
        assertThat(job.fenced()).isEmpty();
        assertThat(job.coordinator.incidents()).isEmpty();
    }

    @Test
    void ranksOfEqualPaceAreNotReported() {
        Harness job = Harness.running(spec(RecoveryPolicy.SHRINK, StragglerPolicy.REPORT));
        work(job, 1.02);
        assertThat(warnings(job)).isEmpty();
    }

    @Test
    void nobodyLooksWhereThePolicyIsOff() {
        Harness job = Harness.running(spec(RecoveryPolicy.SHRINK, StragglerPolicy.OFF));
        work(job, 2);
        assertThat(warnings(job)).isEmpty();
    }

    @Test
    void stragglerIsReplacedAtAStepBoundaryOnceItsSuccessorIsReady() {
        Harness job = Harness.running(spec(RecoveryPolicy.REPLACE, StragglerPolicy.REPLACE));
        work(job, 1.2);
        assertThat(warnings(job).getFirst()).endsWith("; another process takes its place");
        assertThat(job.spawned()).containsExactly(new MemberId(2, 1));
        assertThat(job.sent(rank(2), CoordinatorMessage.Quiesce.class)).isEmpty();
        job.connect(new MemberId(2, 1));
        job.advance(20);
        assertThat(job.sent(rank(2), CoordinatorMessage.Quiesce.class)).isPresent();
        assertThat(job.fenced()).isEmpty();
        assertThat(job.coordinator.incidents()).isEmpty();
    }

    @Test
    void pacesOfAnotherEpochCountForNothing() {
        Harness job = Harness.running(spec(RecoveryPolicy.SHRINK, StragglerPolicy.REPORT));
        for (int block = 0; block < 40; block++) {
            for (int i = 0; i < RANKS; i++) {
                job.says(rank(i), new RankMessage.Pace(7, i == 2 ? 2 * STEP_NS : STEP_NS));
                job.says(rank(i), new RankMessage.Pace(1, STEP_NS));
                job.says(rank(i), new RankMessage.Pace(1, -5));
            }
            job.advance(1_100);
        }
        assertThat(warnings(job)).isEmpty();
    }

    @Test
    void groupThatOnlyShrinksReplacesNobody() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> spec(RecoveryPolicy.SHRINK, StragglerPolicy.REPLACE))
                .withMessageContaining("straggler");
    }
}
