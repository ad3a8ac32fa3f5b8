/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.convoy.fault.SnapshotOverlap;
import dev.convoy.fault.protocol.Decision;
import dev.convoy.fault.protocol.Incident;
import dev.convoy.fault.protocol.JobOutcome;
import dev.convoy.fault.protocol.JobSpec;
import dev.convoy.fault.protocol.MemberId;
import dev.convoy.fault.protocol.RecoveryPolicy;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Bits that flip in the replicated memory of a live rank: what comes of it is as if they had not. */
@Timeout(120)
class DivergenceJobTest {
    private static final long STEPS = 40;
    private static final int LENGTH = 37;

    @TempDir
    private Path folder;

    @ParameterizedTest
    @CsvSource({"1,NONE", "5,EXCHANGE"})
    void aBitThatFlipsOnceCostsTheStepsSinceTheLastSnapshot(int every, SnapshotOverlap overlap) throws Exception {
        try (TestAgent agent = new TestAgent(
                spec(4, RecoveryPolicy.SHRINK, null),
                "",
                folder,
                SumProgram.class,
                STEPS,
                LENGTH,
                500,
                every,
                overlap)) {
            agent.variables().flipBits(2, 21, 1);
            Expectation.reference(agent, 4, STEPS, LENGTH);
            assertThat(agent.incidents()).hasSize(1);
            Incident incident = agent.incidents().getFirst();
            assertThat(incident.cause()).isEqualTo(Incident.Cause.CORRUPTION);
            assertThat(incident.detectedBy()).isEqualTo(Incident.DetectedBy.CHECKSUM);
            assertThat(incident.ranks()).containsExactly(2);
            assertThat(incident.worldSize()).isEqualTo(4);
            assertThat(incident.restoredStep()).isEqualTo(every == 1 ? 21 : 20);
            assertThat(agent.decided(Decision.Fence.class)).isEmpty();
        }
    }

    @Test
    void aRankWhoseBitsKeepFlippingIsReplaced() throws Exception {
        try (TestAgent agent = agent(4, RecoveryPolicy.REPLACE, null)) {
            agent.variables().flipBits(1, 20, 1_000);
            Expectation.reference(agent, 4, STEPS, LENGTH);
            assertThat(agent.incidents()).hasSize(2).allSatisfy(incident -> {
                assertThat(incident.cause()).isEqualTo(Incident.Cause.CORRUPTION);
                assertThat(incident.ranks()).containsExactly(1);
            });
            assertThat(agent.decided(Decision.Spawn.class))
                    .extracting(Decision.Spawn::member)
                    .contains(new MemberId(1, 1));
        }
    }

    @Test
    void twoRanksThatKeepDifferingEndTheJobWithTheStateInWhichTheyWereEqual() throws Exception {
        Path state = folder.resolve("state");
        try (TestAgent agent = agent(2, RecoveryPolicy.SHRINK, state.toString())) {
            agent.variables().flipBits(0, 20, 1_000);
            JobOutcome outcome = agent.run(Duration.ofSeconds(60));
            assertThat(outcome.success()).isFalse();
            assertThat(outcome.message())
                    .contains("no majority of the ranks holds the same bytes")
                    .contains("for the second time within 1000 steps");
            assertThat(agent.incidents()).hasSize(2);
            Decision.CommitDurable last = agent.durable().getLast();
            assertThat(last.version().step()).isEqualTo(20);
            DurableFiles.check(last, state.resolve(last.version().directoryName()), LENGTH);
        }
    }

    private static JobSpec spec(int ranks, RecoveryPolicy policy, String state) {
        return new JobSpec(ranks, policy, 1, 16, 3_000_000_000L, JobSpec.START_BOUND_NS, state);
    }

    private TestAgent agent(int ranks, RecoveryPolicy policy, String state) throws Exception {
        return new TestAgent(spec(ranks, policy, state), "", folder, SumProgram.class, STEPS, LENGTH, 500, 1);
    }
}
