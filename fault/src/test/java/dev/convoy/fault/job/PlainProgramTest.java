/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.convoy.fault.protocol.Incident;
import dev.convoy.fault.protocol.JobOutcome;
import dev.convoy.fault.protocol.JobSpec;
import dev.convoy.fault.protocol.MemberId;
import dev.convoy.fault.protocol.RankMessage;
import dev.convoy.fault.protocol.RecoveryPolicy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class PlainProgramTest {
    private static final Duration BOUND = Duration.ofSeconds(60);

    @TempDir
    private Path folder;

    @Test
    void aProgramMayUseTheCommunicatorOnly() throws Exception {
        try (TestAgent agent = agent(3, "", "communicator")) {
            JobOutcome outcome = agent.run(BOUND);
            assertThat(outcome.success()).as(outcome + agent.output()).isTrue();
        }
    }

    @Test
    void ranksThatDeclareDifferentStatesAreToldSo() throws Exception {
        try (TestAgent agent = agent(4, "", "mismatch")) {
            assertThat(agent.run(BOUND).success()).isFalse();
            assertThat(agent.output()).contains("rank 2, compared with rank 0, declared other states");
        }
    }

    @Test
    void replicatedStateThatDivergesIsNeverCommitted() throws Exception {
        try (TestAgent agent = agent(3, "", "diverge")) {
            JobOutcome outcome = agent.run(BOUND);
            assertThat(outcome.success()).isFalse();
            assertThat(outcome.message())
                    .isEqualTo("rank 1 holds other bytes than the other 2 ranks in the replicated state (weights)"
                            + " before step 3");
        }
    }

    @Test
    void aProgramThatFreesABufferWhileItFailsIsFreedFromIt() throws Exception {
        try (TestAgent agent = agent(4, "kill:2@10", "free")) {
            JobOutcome outcome = agent.run(BOUND);
            assertThat(outcome.success()).as(outcome + agent.output()).isTrue();
            assertThat(outcome.summary().consumed()).isEqualTo(29 * 30 / 2);
            assertThat(outcome.summary().worldSize()).isEqualTo(3);
        }
    }

    @Test
    void aStoppedRankIsFoundAlthoughTheProgramNeverComesBack() throws Exception {
        try (TestAgent agent = agent(4, "stop:1@10", "free")) {
            JobOutcome outcome = agent.run(BOUND);
            assertThat(outcome.success()).as(outcome + agent.output()).isTrue();
            assertThat(outcome.summary().consumed()).isEqualTo(29 * 30 / 2);
        }
    }

    @Test
    void aRankKilledWithHundredsOfOperationsUnderWayIsLeftOut() throws Exception {
        try (TestAgent agent = agent(4, "", "saturated")) {
            JobOutcome outcome = agent.run(BOUND);
            assertThat(outcome.success()).as(outcome + agent.output()).isTrue();
            assertThat(outcome.summary().consumed()).isEqualTo(PlainProgram.STEPS);
            assertThat(outcome.summary().worldSize()).isEqualTo(3);
            assertThat(agent.incidents()).hasSize(1);
            assertThat(agent.incidents().getFirst().ranks()).containsExactly(1);
            assertThat(agent.incidents().getFirst().restoredStep()).isEqualTo(5);
        }
    }

    @Test
    void aStepFunctionThatSpinsForEverIsExcludedAfterItsBound() throws Exception {
        try (TestAgent agent = agent(3, "", "stuck")) {
            JobOutcome outcome = agent.run(BOUND);
            assertThat(outcome.success()).as(outcome + agent.output()).isTrue();
            assertThat(outcome.summary().worldSize()).isEqualTo(2);
            assertThat(agent.incidents()).hasSize(1);
            Incident incident = agent.incidents().getFirst();
            assertThat(incident.ranks()).containsExactly(1);
            assertThat(incident.cause()).isEqualTo(Incident.Cause.HANG);
            assertThat(incident.detectedBy()).isEqualTo(Incident.DetectedBy.DEADLINE);
        }
    }

    @Test
    void aProgramWithoutStatesRecoversItsSteps() throws Exception {
        try (TestAgent agent = agent(3, "kill:0@7", "no-states")) {
            JobOutcome outcome = agent.run(BOUND);
            assertThat(outcome.success()).as(outcome + agent.output()).isTrue();
            assertThat(agent.incidents()).hasSize(1);
        }
    }

    @Test
    void aLongStepWithAnOperationUnderWayIsNoStall() throws Exception {
        try (TestAgent agent = agent(2, "", "long-step")) {
            JobOutcome outcome = agent.run(BOUND);
            assertThat(outcome.success()).as(outcome + agent.output()).isTrue();
            assertThat(agent.incidents()).isEmpty();
        }
    }

    @Test
    void aLossBeforeRunIsRecoveredFrom() throws Exception {
        try (TestAgent agent = agent(3, "", "early")) {
            killOnceRebuilt(agent);
            JobOutcome outcome = agent.run(BOUND);
            assertThat(outcome.success()).as(outcome + agent.output()).isTrue();
            assertThat(agent.incidents()).hasSize(1);
            assertThat(agent.incidents().getFirst().worldSize()).isEqualTo(2);
        }
    }

    @Test
    void contentThatCannotBeCutAnewEndsTheJobAndIsNotMadeUp() throws Exception {
        try (TestAgent agent = agent(3, "", "filled-early")) {
            killOnceRebuilt(agent);
            assertThat(agent.run(BOUND).success()).isFalse();
            assertThat(agent.output()).contains("state 'shard' must be cut anew");
        }
    }

    private static void killOnceRebuilt(TestAgent agent) {
        Set<MemberId> rebuilt = new HashSet<>();
        agent.when(
                (member, message) ->
                        message instanceof RankMessage.Rebuilt && rebuilt.add(member) && rebuilt.size() == 3,
                () -> agent.ranks().kill(1));
    }

    @Test
    void aReplacementWithOtherStatesGoesNotThoseThatHoldThem() throws Exception {
        JobSpec spec = new JobSpec(3, RecoveryPolicy.REPLACE, 1, 3, 2_000_000_000L, JobSpec.START_BOUND_NS, null);
        try (TestAgent agent = new TestAgent(spec, "kill:1@3", folder, PlainProgram.class, "changed")) {
            assertThat(agent.run(BOUND).success()).isFalse();
            assertThat(agent.output()).contains("rank 1, compared with rank 0, declared other states");
            assertThat(agent.incidents())
                    .isNotEmpty()
                    .allSatisfy(incident -> assertThat(incident.ranks()).isSubsetOf(1));
        }
    }

    private TestAgent agent(int ranks, String faults, String program) throws Exception {
        JobSpec spec = new JobSpec(ranks, RecoveryPolicy.SHRINK, 1, 16, 2_000_000_000L, JobSpec.START_BOUND_NS, null);
        return new TestAgent(spec, faults, folder, PlainProgram.class, program);
    }
}
