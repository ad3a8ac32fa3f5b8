/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.convoy.fault.protocol.Decision;
import dev.convoy.fault.protocol.JobOutcome;
import dev.convoy.fault.protocol.JobSpec;
import dev.convoy.fault.protocol.RankMessage;
import dev.convoy.fault.protocol.RecoveryPolicy;
import dev.convoy.fault.protocol.Version;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A job that is lost as a whole goes on from its state on disk, with as many ranks as there are then. */
@Timeout(180)
class RestartTest {
    private static final long STEPS = 40;
    private static final int LENGTH = 37;
    private static final Duration BOUND = Duration.ofSeconds(60);

    @TempDir
    private Path folder;

    @Test
    void goesOnAtAnyWorldSizeWithoutAStepLostOrDone() throws Exception {
        Path version = lostAtStep20();
        for (int ranks : new int[] {4, 3, 6}) {
            succeeds(resumed(version, spec(ranks, RecoveryPolicy.SHRINK), ""), ranks);
        }
    }

    @Tag("slow")
    @Test
    void aRankLostBeforeTheFirstStepReadsTheDiskAgain() throws Exception {
        Path version = lostAtStep20();
        JobSpec spec = spec(4, RecoveryPolicy.REPLACE).withInitialStep(20);
        try (TestAgent agent = resumed(version, spec, "")) {
            agent.dieInsteadOf(1, RankMessage.Restored.class);
            check(agent, 4);
            assertThat(agent.incidents()).hasSize(1);
            assertThat(agent.incidents().getFirst().restoredStep()).isEqualTo(20);
            assertThat(agent.incidents().getFirst().lostSteps()).isZero();
        }
    }

    @Tag("slow")
    @Test
    void damageOnDiskAndOtherStatesAreRefused() throws Exception {
        Path version = lostAtStep20();
        try (TestAgent agent = new TestAgent(
                spec(4, RecoveryPolicy.SHRINK), "", folder, SumProgram.class, STEPS, LENGTH + 1, 1_000, 1)) {
            agent.variables().resumeFrom(version);
            fails(agent, "declared other states");
        }
        try (TestAgent agent =
                new TestAgent(spec(4, RecoveryPolicy.SHRINK), "", folder, SumProgram.class, 10, LENGTH, 1_000, 1)) {
            agent.variables().resumeFrom(version);
            fails(agent, "before step 20, and there are 10 steps");
        }
        flipLastByte(version);
        fails(resumed(version, spec(4, RecoveryPolicy.SHRINK), ""), "does not have its checksum");
    }

    private static void flipLastByte(Path version) throws Exception {
        try (var files = Files.list(version)) {
            Path part = files.filter(file -> file.toString().endsWith(".safetensors"))
                    .sorted()
                    .findFirst()
                    .orElseThrow();
            try (RandomAccessFile file = new RandomAccessFile(part.toFile(), "rw")) {
                file.seek(file.length() - 1);
                int last = file.read();
                file.seek(file.length() - 1);
                file.write(last ^ 1);
            }
        }
    }

    /** A job of four that ends because of a loss, and leaves this on disk. */
    private Path lostAtStep20() throws Exception {
        Path state = folder.resolve("state");
        JobSpec spec =
                new JobSpec(4, RecoveryPolicy.SHRINK, 4, 16, 3_000_000_000L, JobSpec.START_BOUND_NS, state.toString());
        try (TestAgent agent = new TestAgent(spec, "kill:2@20", folder, SumProgram.class, STEPS, LENGTH, 1_000, 1)) {
            assertThat(agent.run(BOUND).success()).isFalse();
            Decision.CommitDurable last = agent.durable().getLast();
            assertThat(last.version()).isEqualTo(new Version(1, 20));
            Path version = state.resolve(last.version().directoryName());
            DurableFiles.writeManifest(last, version);
            return version;
        }
    }

    private TestAgent resumed(Path version, JobSpec spec, String faults) throws Exception {
        TestAgent agent = new TestAgent(spec, faults, folder, SumProgram.class, STEPS, LENGTH, 1_000, 1);
        agent.variables().resumeFrom(version);
        return agent;
    }

    private static JobSpec spec(int ranks, RecoveryPolicy policy) {
        return new JobSpec(ranks, policy, 1, 16, 3_000_000_000L, JobSpec.START_BOUND_NS, null);
    }

    private static void fails(TestAgent agent, String message) throws Exception {
        try (agent) {
            JobOutcome outcome = agent.run(BOUND);
            assertThat(outcome.success()).isFalse();
            assertThat(outcome.message()).contains(message).doesNotContain("\n");
        }
    }

    private static void succeeds(TestAgent agent, int worldSize) throws Exception {
        try (agent) {
            check(agent, worldSize);
            // It began at step 20, so nobody reported an earlier one.
            assertThat(agent.decided(Decision.ProgressMade.class))
                    .isNotEmpty()
                    .allSatisfy(made -> assertThat(made.progress().step()).isGreaterThanOrEqualTo(20));
        }
    }

    private static void check(TestAgent agent, int worldSize) throws Exception {
        Expectation.reference(agent, worldSize, STEPS, LENGTH);
    }
}
