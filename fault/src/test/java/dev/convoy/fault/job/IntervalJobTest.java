/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.convoy.fault.ElasticOptions;
import dev.convoy.fault.SnapshotOverlap;
import dev.convoy.fault.protocol.JobSpec;
import dev.convoy.fault.protocol.MemberId;
import dev.convoy.fault.protocol.RankMessage;
import dev.convoy.fault.protocol.RecoveryPolicy;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Snapshots that are taken seldom: more steps are lost, and nothing else is different. */
@Timeout(120)
class IntervalJobTest {
    private static final long STEPS = 120;
    private static final int LENGTH = 37;

    @TempDir
    private Path folder;

    @Test
    void theChosenIntervalGrowsAndWhatIsLostIsDoneAgain() throws Exception {
        choose(SnapshotOverlap.NONE);
    }

    @Tag("slow")
    @Test
    void soItDoesWithSnapshotsThatGoOnDuringSteps() throws Exception {
        choose(SnapshotOverlap.COPY);
    }

    private void choose(SnapshotOverlap overlap) throws Exception {
        AtomicLong longest = new AtomicLong();
        try (TestAgent agent = agent(RecoveryPolicy.REPLACE, "kill:2@60", ElasticOptions.AUTO, overlap)) {
            agent.when(
                    (member, message) -> {
                        if (message instanceof RankMessage.Snapshots snapshots) {
                            longest.accumulateAndGet(snapshots.interval(), Math::max);
                        }
                        return false;
                    },
                    () -> {});
            Expectation.reference(agent, 4, STEPS, LENGTH);
            assertThat(longest.get()).isGreaterThan(1);
            assertThat(agent.incidents()).hasSize(1);
            assertThat(agent.incidents().getFirst().restoredStep()).isLessThan(60);
            assertThat(agent.incidents().getFirst().lostSteps())
                    .isEqualTo(60 - agent.incidents().getFirst().restoredStep());
        }
    }

    @Tag("slow")
    @Test
    void aReplacementIsTakenInWhereTheNextSnapshotIs() throws Exception {
        try (TestAgent agent = agent(RecoveryPolicy.REGROW, "kill:2@5", 7, SnapshotOverlap.NONE)) {
            agent.gates().openWhenReserved(new MemberId(2, 1));
            Expectation.reference(agent, 4, STEPS, LENGTH);
            assertThat(agent.incidents().getFirst().restoredStep()).isZero();
            assertThat(agent.incidents().getFirst().lostSteps()).isEqualTo(5);
            assertThat(agent.changes().getFirst().step() % 7).isZero();
        }
    }

    private TestAgent agent(RecoveryPolicy policy, String faults, int every, SnapshotOverlap overlap) throws Exception {
        JobSpec spec = new JobSpec(4, policy, 1, 16, 3_000_000_000L, JobSpec.START_BOUND_NS, null);
        return new TestAgent(spec, faults, folder, SumProgram.class, STEPS, LENGTH, 500, every, overlap);
    }
}
