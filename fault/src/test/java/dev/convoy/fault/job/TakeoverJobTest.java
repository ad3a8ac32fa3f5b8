/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.convoy.fault.protocol.CoordinatorMessage;
import dev.convoy.fault.protocol.Decision;
import dev.convoy.fault.protocol.Incident;
import dev.convoy.fault.protocol.JobOutcome;
import dev.convoy.fault.protocol.JobSpec;
import dev.convoy.fault.protocol.MemberId;
import dev.convoy.fault.protocol.RankMessage;
import dev.convoy.fault.protocol.RecoveryPolicy;
import dev.convoy.fault.protocol.RunSummary;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The coordinator of whole jobs is lost, and another one goes on with the same processes. */
@Timeout(120)
class TakeoverJobTest {
    private static final long STEPS = 40;
    private static final int LENGTH = 37;
    private static final Duration BOUND = Duration.ofSeconds(60);
    private static final Duration A_WHILE = Duration.ofMillis(300);

    @TempDir
    private Path folder;

    @Test
    void noRankStopsAndALaterLossIsRecoveredFrom() throws Exception {
        try (TestAgent agent = agent(RecoveryPolicy.SHRINK, "kill:2@20")) {
            agent.when(
                    (_, message) -> message instanceof RankMessage.Resumed,
                    () -> agent.reigns().lose(A_WHILE));
            // They wait at step 10, and go on under the new coordinator.
            agent.gates().openWhenAllStand(4);
            succeeds(agent, 3);
            assertThat(agent.incidents()).singleElement().satisfies(incident -> {
                assertThat(incident.ranks()).containsExactly(2);
                assertThat(incident.epoch()).isEqualTo(2);
                assertThat(incident.lostSteps()).isZero();
            });
            assertThat(agent.decided(Decision.Announce.class))
                    .extracting(Decision.Announce::text)
                    .contains("all 4 members of epoch 1 go on; none was stopped");
        }
    }

    @Test
    void coordinatorThatWakesUpIsNotListenedTo() throws Exception {
        try (TestAgent agent = agent(RecoveryPolicy.SHRINK, "")) {
            agent.variables().set("CONVOY_LEASE_MS", "1000");
            agent.when(
                    (_, message) -> message instanceof RankMessage.Resumed,
                    () -> agent.reigns().freeze(A_WHILE));
            agent.gates().openWhenAllStand(4);
            succeeds(agent, 4);
            assertThat(agent.incidents()).isEmpty();
        }
    }

    @Tag("slow")
    @Test
    void whoIsDoneMeanwhileWaitsForTheSuccessorsRelease() throws Exception {
        try (TestAgent agent = agent(RecoveryPolicy.SHRINK, "")) {
            agent.gates().open();
            agent.when(
                    (_, message) -> message instanceof RankMessage.Completed,
                    () -> agent.reigns().lose(A_WHILE));
            succeeds(agent, 4);
            assertThat(agent.incidents()).isEmpty();
            assertThat(agent.decided(Decision.Send.class))
                    .filteredOn(send -> send.message() instanceof CoordinatorMessage.Revoke)
                    .hasSize(4);
        }
    }

    @Tag("slow")
    @Test
    void coordinatorIsLostInTheMidstOfARecovery() throws Exception {
        try (TestAgent agent = agent(RecoveryPolicy.REPLACE, "kill:2@20")) {
            agent.gates().open();
            agent.when(
                    (_, message) -> message instanceof RankMessage.Aborted aborted && aborted.epoch() > 1,
                    () -> agent.reigns().lose(A_WHILE));
            succeeds(agent, 4);
            assertThat(agent.incidents()).flatExtracting(Incident::ranks).contains(2);
        }
    }

    @Tag("slow")
    @ParameterizedTest
    @ValueSource(ints = {3, 4, 6, 7})
    void coordinatorIsLostBetweenARecordAndWhatFollows(int record) throws Exception {
        try (TestAgent agent = agent(RecoveryPolicy.REPLACE, "kill:2@20")) {
            agent.gates().open();
            agent.reigns().loseAfterRecord(record);
            // A process that was not started any more is replaced; before there is a group it is the end.
            succeeds(agent, 4);
        }
    }

    @Tag("slow")
    @Test
    void rankIsLostWhileThereIsNoCoordinator() throws Exception {
        try (TestAgent agent = agent(RecoveryPolicy.SHRINK, "")) {
            agent.when((_, message) -> message instanceof RankMessage.Resumed, () -> {
                agent.reigns().lose(A_WHILE);
                agent.ranks().kill(1);
            });
            agent.gates().openWhenAllStand(3);
            succeeds(agent, 3);
            assertThat(agent.incidents())
                    .singleElement()
                    .satisfies(incident -> assertThat(incident.ranks()).containsExactly(1));
        }
    }

    @Tag("slow")
    @Test
    void withoutASuccessorRanksEndWithAClearLine() throws Exception {
        try (TestAgent agent = agent(RecoveryPolicy.SHRINK, "")) {
            agent.variables().set("CONVOY_TAKEOVER_MS", "1000");
            agent.when(
                    (_, message) -> message instanceof RankMessage.Resumed,
                    () -> agent.reigns().lose(Duration.ofSeconds(3)));
            JobOutcome outcome = agent.run(BOUND);
            assertThat(outcome.success()).isFalse();
            assertThat(outcome.message()).contains("every rank was lost");
            for (int rank = 0; rank < 4; rank++) {
                assertThat(agent.ranks().exitStatus(new MemberId(rank, 0))).isEqualTo(1);
            }
            assertThat(agent.output())
                    .contains("this rank ends: the agent is gone (the agent closed the connection, and within 1 s "
                            + "this node's agent knew of no other coordinator)");
        }
    }

    private TestAgent agent(RecoveryPolicy policy, String faults) throws Exception {
        JobSpec spec = new JobSpec(4, policy, 1, 16, 3_000_000_000L, JobSpec.START_BOUND_NS, null);
        TestAgent agent = new TestAgent(spec, faults, folder, SumProgram.class, STEPS, LENGTH, 1_000, 1);
        agent.expectSuccessors();
        return agent;
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
        assertThat(summary.skipped()).isZero();
        assertThat(summary.duplicated()).isZero();
        assertThat(summary.worldSize()).isEqualTo(worldSize);
    }
}
