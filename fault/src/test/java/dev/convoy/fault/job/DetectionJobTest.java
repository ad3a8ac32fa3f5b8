/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.convoy.fault.protocol.Incident;
import dev.convoy.fault.protocol.JobOutcome;
import dev.convoy.fault.protocol.JobSpec;
import dev.convoy.fault.protocol.RankMessage;
import dev.convoy.fault.protocol.RecoveryPolicy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What is a hang and what is only a bad moment, with real processes and signals. */
@Timeout(120)
class DetectionJobTest {
    private static final long STEPS = 80;
    private static final int LENGTH = 37;
    private static final int RANKS = 3;
    private static final Duration BOUND = Duration.ofSeconds(45);

    @TempDir
    private Path folder;

    private TestAgent agent(Duration deadline, String faults) throws Exception {
        JobSpec spec =
                new JobSpec(RANKS, RecoveryPolicy.SHRINK, 1, 16, deadline.toNanos(), JobSpec.START_BOUND_NS, null);
        return new TestAgent(spec, faults, folder, SumProgram.class, STEPS, LENGTH, 2_000, 1);
    }

    private static void assertReference(JobOutcome outcome) {
        assertThat(outcome.success()).as(outcome.toString()).isTrue();
        assertThat(outcome.summary().samplesSha256())
                .isEqualTo(SumProgram.reference(STEPS, LENGTH).samplesSha256());
    }

    @Tag("slow")
    @Test
    void noFalseTimeoutInARunOfPausesAndLoad() throws Exception {
        long seed = Long.getLong("convoy.seed", System.nanoTime());
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        AtomicBoolean over = new AtomicBoolean();
        try (TestAgent agent = agent(Duration.ofSeconds(4), "")) {
            for (long step = 20; step < STEPS; step += 15) {
                pauseAt(agent, step, random.nextInt(RANKS), Duration.ofMillis(200 + random.nextInt(400)));
            }
            for (int cpu = 0; cpu < Runtime.getRuntime().availableProcessors(); cpu++) {
                Thread.ofPlatform().daemon().start(() -> compute(over));
            }
            assertReference(agent.run(BOUND));
            assertThat(agent.incidents()).isEmpty();
        } finally {
            over.set(true);
        }
    }

    private static void pauseAt(TestAgent agent, long step, int victim, Duration pause) {
        agent.when(
                (member, message) -> message instanceof RankMessage.Progress progress && progress.step() == step,
                () -> agent.ranks().pause(victim, pause));
    }

    private static void compute(AtomicBoolean over) {
        while (!over.get()) {
            Thread.onSpinWait();
        }
    }

    /** The deadline is longer than the test waits: only steps that have been short so far end it sooner. */
    @Test
    void stoppedRankIsFoundLongBeforeADeadlineThatAdapts() throws Exception {
        try (TestAgent agent = agent(Duration.ofMinutes(10), "stop:1@50")) {
            agent.variables().adaptDeadlines();
            assertReference(agent.run(BOUND));
            Incident incident = agent.incidents().getFirst();
            assertThat(incident.ranks()).containsExactly(1);
            assertThat(incident.cause()).isEqualTo(Incident.Cause.HANG);
            assertThat(incident.detectedBy()).isEqualTo(Incident.DetectedBy.DEADLINE);
        }
    }
}
