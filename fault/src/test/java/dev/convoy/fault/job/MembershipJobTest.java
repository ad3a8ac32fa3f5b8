/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.convoy.fault.protocol.Decision;
import dev.convoy.fault.protocol.JobOutcome;
import dev.convoy.fault.protocol.JobSpec;
import dev.convoy.fault.protocol.MemberId;
import dev.convoy.fault.protocol.MembershipChange;
import dev.convoy.fault.protocol.RecoveryPolicy;
import dev.convoy.fault.protocol.RunSummary;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Ranks that come and go in whole jobs of real processes; the result is that of a run in which nothing happens. */
@Timeout(120)
class MembershipJobTest {
    private static final long STEPS = 40;
    private static final int LENGTH = 37;
    private static final Duration BOUND = Duration.ofSeconds(60);

    @TempDir
    private Path folder;

    @Test
    void aSpareTakesTheLostRanksPlaceAndItsFaults() throws Exception {
        // The second fault strikes the former spare: it has the place, and the faults, of rank 2.
        try (TestAgent agent = agent(spec(4, RecoveryPolicy.REPLACE).withSpares(1), "kill:2@20,throw:2@30")) {
            agent.openGateWhenReserved(new MemberId(4, 0));
            succeeds(agent, 4);
            assertThat(agent.incidents()).hasSize(2);
            assertThat(agent.incidents()).allSatisfy(incident -> {
                assertThat(incident.ranks()).containsExactly(2);
                assertThat(incident.lostSteps()).isZero();
            });
            assertThat(agent.decided(Decision.Promote.class).getFirst())
                    .isEqualTo(new Decision.Promote(new MemberId(4, 0), new MemberId(2, 1)));
        }
    }

    @Test
    void aReplacementIsTakenInWhileTheOthersGoOn() throws Exception {
        try (TestAgent agent = agent(spec(4, RecoveryPolicy.REGROW), "kill:2@5")) {
            agent.openGateWhenReserved(new MemberId(2, 1));
            succeeds(agent, 4);
            assertThat(agent.incidents()).hasSize(1);
            assertThat(agent.incidents().getFirst().worldSize()).isEqualTo(3);
            MembershipChange change = agent.changes().getFirst();
            assertThat(change.joined()).containsExactly(2);
            assertThat(change.worldSize()).isEqualTo(4);
            assertThat(change.step()).isBetween(10L, STEPS - 1);
        }
    }

    @Test
    void aRankLeavesAtAStepBoundary() throws Exception {
        try (TestAgent agent = agent(spec(3, RecoveryPolicy.SHRINK), "")) {
            agent.openGate();
            agent.leave(1, 15);
            succeeds(agent, 2);
            assertThat(agent.incidents()).isEmpty();
            MembershipChange change = agent.changes().getFirst();
            assertThat(change.left()).containsExactly(1);
            assertThat(change.worldSize()).isEqualTo(2);
            assertThat(agent.output()).contains("rank 1 has left");
        }
    }

    @Test
    void sigtermIsADepartureAndNoLoss() throws Exception {
        try (TestAgent agent = agent(spec(3, RecoveryPolicy.REPLACE), "")) {
            agent.openGateWhenReserved(new MemberId(2, 1));
            agent.terminateWhenRunning(2);
            succeeds(agent, 3);
            assertThat(agent.incidents()).isEmpty();
            MembershipChange change = agent.changes().getFirst();
            assertThat(change.left()).containsExactly(2);
            assertThat(change.joined()).containsExactly(2);
            assertThat(agent.exitStatus(new MemberId(2, 0))).isEqualTo(128 + 15);
            assertThat(agent.output()).doesNotContain("Exception");
        }
    }

    private static JobSpec spec(int ranks, RecoveryPolicy policy) {
        return new JobSpec(ranks, policy, 1, 16, 3_000_000_000L, JobSpec.START_BOUND_NS, null);
    }

    private TestAgent agent(JobSpec spec, String faults) throws Exception {
        return new TestAgent(spec, faults, folder, SumProgram.class, STEPS, LENGTH, 1_000, 1);
    }

    private static void succeeds(TestAgent agent, int worldSize) throws Exception {
        JobOutcome outcome = agent.run(BOUND);
        assertThat(outcome.success())
                .as("%s%n%s%n%s", outcome.message(), agent.incidents(), agent.output())
                .isTrue();
        RunSummary reference = SumProgram.reference(STEPS, LENGTH);
        RunSummary summary = outcome.summary();
        assertThat(summary.parametersSha256()).isEqualTo(reference.parametersSha256());
        assertThat(summary.samplesSha256()).isEqualTo(reference.samplesSha256());
        assertThat(summary.consumed()).isEqualTo(reference.consumed());
        assertThat(summary.skipped()).isZero();
        assertThat(summary.duplicated()).isZero();
        assertThat(summary.worldSize()).isEqualTo(worldSize);
    }
}
