/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.convoy.fault.protocol.Decision;
import dev.convoy.fault.protocol.JobSpec;
import dev.convoy.fault.protocol.MemberId;
import dev.convoy.fault.protocol.MembershipChange;
import dev.convoy.fault.protocol.RankMessage;
import dev.convoy.fault.protocol.RecoveryPolicy;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Ranks that come and go in whole jobs of real processes; the result is that of a run in which nothing happens. */
@Timeout(120)
class MembershipJobTest {
    private static final long STEPS = 40;
    private static final int LENGTH = 37;

    @TempDir
    private Path folder;

    @Test
    void aSpareTakesTheLostRanksPlaceAndItsFaults() throws Exception {
        // The second fault strikes the former spare: it has the place, and the faults, of rank 2.
        try (TestAgent agent = agent(spec(4, RecoveryPolicy.REPLACE).withSpares(1), "kill:2@20,throw:2@30")) {
            agent.gates().openWhenReserved(new MemberId(4, 0));
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
            agent.gates().openWhenReserved(new MemberId(2, 1));
            succeeds(agent, 4);
            assertThat(agent.incidents()).hasSize(1);
            assertThat(agent.incidents().getFirst().worldSize()).isEqualTo(3);
            MembershipChange change = agent.changes().getFirst();
            assertThat(change.joined()).containsExactly(2);
            assertThat(change.worldSize()).isEqualTo(4);
            assertThat(change.step()).isBetween(10L, STEPS - 1);
        }
    }

    @Tag("slow")
    @ParameterizedTest
    @ValueSource(
            classes = {
                RankMessage.Aborted.class,
                RankMessage.Rebuilt.class,
                RankMessage.Restored.class,
                RankMessage.Resumed.class
            })
    void aSpareThatComesInTheMidstOfAShrinkIsTakenInWhole(Class<? extends RankMessage> moment) throws Exception {
        long steps = 300;
        JobSpec spec = spec(4, RecoveryPolicy.REGROW).withSpares(1);
        try (TestAgent agent = new TestAgent(spec, "kill:2@5", folder, SumProgram.class, steps, LENGTH, 1_000, 1)) {
            // Everybody has said the same once before, when the group formed.
            Set<MemberId> formed = new HashSet<>();
            agent.gates()
                    .letSpareInAt(
                            new MemberId(4, 0), (member, message) -> moment.isInstance(message) && !formed.add(member));
            Expectation.reference(agent, 4, steps, LENGTH);
            assertThat(agent.incidents()).hasSize(1);
            assertThat(agent.incidents().getFirst().ranks()).containsExactly(2);
            assertThat(agent.decided(Decision.Promote.class))
                    .containsExactly(new Decision.Promote(new MemberId(4, 0), new MemberId(2, 1)));
        }
    }

    @Test
    void aRankLeavesAtAStepBoundary() throws Exception {
        try (TestAgent agent = agent(spec(3, RecoveryPolicy.SHRINK), "")) {
            agent.gates().open();
            agent.variables().leave(1, 15);
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
            agent.gates().openWhenReserved(new MemberId(2, 1));
            agent.terminateWhenRunning(2);
            succeeds(agent, 3);
            assertThat(agent.incidents()).isEmpty();
            MembershipChange change = agent.changes().getFirst();
            assertThat(change.left()).containsExactly(2);
            assertThat(change.joined()).containsExactly(2);
            assertThat(agent.ranks().exitStatus(new MemberId(2, 0))).isEqualTo(128 + 15);
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
        Expectation.reference(agent, worldSize, STEPS, LENGTH);
    }
}
