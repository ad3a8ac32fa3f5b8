/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.convoy.fault.SnapshotOverlap;
import dev.convoy.fault.protocol.FaultSpec;
import dev.convoy.fault.protocol.Incident;
import dev.convoy.fault.protocol.JobOutcome;
import dev.convoy.fault.protocol.JobSpec;
import dev.convoy.fault.protocol.RankMessage;
import dev.convoy.fault.protocol.RecoveryPolicy;
import dev.convoy.fault.protocol.RunSummary;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Whole jobs whose snapshots are kept by parity. */
@Timeout(120)
class ParityJobTest {
    private static final long STEPS = 40;
    private static final int LENGTH = 37;
    /** Shards of several chunks. */
    private static final int MUCH = 1_500_000;

    private static final Duration BOUND = Duration.ofSeconds(60);

    @TempDir
    private Path folder;

    @Test
    void asManyAsThereIsParityForAreReplacedAtOnce() throws Exception {
        try (TestAgent agent = agent(4, RecoveryPolicy.REPLACE, "kill:0@20,kill:1@20", "2+2")) {
            succeeds(agent, STEPS, LENGTH, 4);
            assertThat(agent.incidents())
                    .allSatisfy(incident -> assertThat(incident.lostSteps()).isZero());
        }
    }

    @Test
    void oneAfterAnotherIsLeftOutUntilNobodyIsLeftToKeepParity() throws Exception {
        try (TestAgent agent = agent(4, RecoveryPolicy.SHRINK, "kill:2@10,kill:0@recovery:restore,kill:3@30", "2+2")) {
            succeeds(agent, STEPS, LENGTH, 1);
        }
    }

    @Test
    void moreLossesThanParityEndTheJobWithItsReason() throws Exception {
        try (TestAgent agent = agent(3, RecoveryPolicy.SHRINK, "kill:0@20,kill:1@20", "2+1")) {
            JobOutcome outcome = agent.run(BOUND);
            assertThat(outcome.success()).isFalse();
            assertThat(outcome.exitStatus()).isEqualTo(1);
            assertThat(outcome.message())
                    .contains("shard 0 cannot be computed, for of rank 0 and rank 1 and rank 2 more than 1");
        }
    }

    @Tag("slow")
    @ParameterizedTest
    @EnumSource(
            value = FaultSpec.Phase.class,
            names = {"AGREE", "RESTORE"})
    void aLossInARecoveryIsRecoveredFrom(FaultSpec.Phase phase) throws Exception {
        String faults = "kill:2@10,kill:1@recovery:" + phase.label();
        try (TestAgent agent = agent(4, RecoveryPolicy.REPLACE, faults, "2+2")) {
            succeeds(agent, STEPS, LENGTH, 4);
        }
    }

    @Test
    void damageIsRepairedFromTheRestOfTheStripe() throws Exception {
        try (TestAgent agent = agent(4, RecoveryPolicy.SHRINK, "corrupt:1@20,kill:0@25", "2+1")) {
            succeeds(agent, STEPS, LENGTH, 3);
            assertThat(agent.incidents()).hasSize(2);
            assertThat(agent.incidents().getFirst().cause()).isEqualTo(Incident.Cause.CORRUPTION);
            assertThat(agent.warnings())
                    .anySatisfy(text -> assertThat(text)
                            .contains("shard 1 of step 20 of epoch 1 was brought back from the rest of its stripe"));
        }
    }

    /** Killed at a random moment of a step, most of which is spent with the exchange of many chunks. */
    @Tag("slow")
    @ParameterizedTest
    @EnumSource(
            value = SnapshotOverlap.class,
            names = {"NONE", "COPY"})
    void aLossWhileParityIsBeingMadeIsRecoveredFrom(SnapshotOverlap overlap) throws Exception {
        long seed = Long.getLong("convoy.seed", System.nanoTime());
        System.out.println("seed " + seed + ", " + overlap);
        Duration delay = Duration.ofNanos(new Random(seed).nextInt(60_000_000));
        JobSpec spec = spec(4, RecoveryPolicy.REPLACE);
        try (TestAgent agent = new TestAgent(spec, "", folder, SumProgram.class, 8, MUCH, 0, 1, overlap, "2+1")) {
            agent.when(
                    (_, message) -> message instanceof RankMessage.Progress progress && progress.step() == 3,
                    () -> RankProcesses.after(delay, () -> agent.ranks().kill(1)));
            succeeds(agent, 8, MUCH, 4);
        }
    }

    @Tag("slow")
    @Test
    void shardsOfManyChunksAreComputedForAnotherWorld() throws Exception {
        JobSpec spec = spec(5, RecoveryPolicy.SHRINK);
        try (TestAgent agent =
                new TestAgent(spec, "kill:1@3,kill:4@3", folder, SumProgram.class, 6, MUCH, 0, 1, "NONE", "2+2")) {
            succeeds(agent, 6, MUCH, 3);
        }
    }

    private TestAgent agent(int ranks, RecoveryPolicy policy, String faults, String parity) throws Exception {
        return new TestAgent(
                spec(ranks, policy), faults, folder, SumProgram.class, STEPS, LENGTH, 1_000, 1, "NONE", parity);
    }

    private static JobSpec spec(int ranks, RecoveryPolicy policy) {
        return new JobSpec(ranks, policy, 1, 16, 3_000_000_000L, JobSpec.START_BOUND_NS, null);
    }

    private static void succeeds(TestAgent agent, long steps, int length, int worldSize) throws Exception {
        JobOutcome outcome = agent.run(BOUND);
        assertThat(outcome.success())
                .as("%s%n%s%n%s", outcome.message(), agent.warnings(), agent.output())
                .isTrue();
        RunSummary reference = SumProgram.reference(steps, length);
        assertThat(outcome.summary().worldSize()).isEqualTo(worldSize);
        assertThat(outcome.summary().parametersSha256()).isEqualTo(reference.parametersSha256());
        assertThat(outcome.summary().samplesSha256()).isEqualTo(reference.samplesSha256());
    }
}
