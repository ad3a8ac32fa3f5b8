/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.convoy.fault.SnapshotOverlap;
import dev.convoy.fault.protocol.JobOutcome;
import dev.convoy.fault.protocol.JobSpec;
import dev.convoy.fault.protocol.RankMessage;
import dev.convoy.fault.protocol.RecoveryPolicy;
import dev.convoy.fault.protocol.RunSummary;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Signals from outside, to random ranks at random moments, in recoveries too. A job either ends with the reference's
 * result or says that both copies of a shard were lost; it never ends with another result and never hangs. More rounds
 * with {@code -Dconvoy.rounds=N}; a round is repeated with {@code -Dconvoy.seed=S -Dconvoy.rounds=1}.
 */
@Timeout(600)
class RandomSignalsTest {
    private static final long STEPS = 60;
    private static final int LENGTH = 41;

    @TempDir
    private Path folder;

    @Test
    void aRandomSignalNeverCorruptsAResult() throws Exception {
        long seed = Long.getLong("convoy.seed", System.nanoTime());
        for (int round = 0; round < Integer.getInteger("convoy.rounds", 2); round++) {
            play(seed + round);
        }
    }

    private void play(long seed) throws Exception {
        // Mixed, since neighbouring seeds of this generator begin alike.
        Random random = new Random(seed * 0x9E3779B97F4A7C15L);
        int ranks = 2 + random.nextInt(4);
        RecoveryPolicy policy = RecoveryPolicy.values()[random.nextInt(2)];
        JobSpec spec = new JobSpec(ranks, policy, 1, 40, 2_000_000_000L, JobSpec.START_BOUND_NS, null);
        int every = 1 + random.nextInt(3);
        SnapshotOverlap overlap = SnapshotOverlap.values()[random.nextInt(3)];
        String redundancy = List.of("1", "1", "2", "1+1", "2+1", "2+2").get(random.nextInt(6));
        String story = "seed " + seed + ": " + ranks + " ranks, " + policy + ", a snapshot every " + every
                + " steps, overlap " + overlap + ", redundancy " + redundancy;
        System.out.println(story);
        Path logs = Files.createDirectory(folder.resolve("seed" + seed));
        try (TestAgent agent =
                new TestAgent(spec, "", logs, SumProgram.class, STEPS, LENGTH, 2_000, every, overlap, redundancy)) {
            int signals = 1 + random.nextInt(policy == RecoveryPolicy.SHRINK ? ranks - 1 : 3);
            for (int i = 0; i < signals; i++) {
                plan(agent, random, ranks, i == 0);
            }
            JobOutcome outcome = agent.run(Duration.ofSeconds(90));
            System.out.println(outcome.message() + ", " + agent.incidents().size() + " incidents");
            judge(outcome, story + "\n" + outcome + "\n" + agent.incidents() + "\n" + agent.output());
        }
    }

    // A random moment: a record of a random kind comes in, and a random time after it a random rank is hit.
    private static void plan(TestAgent agent, Random random, int ranks, boolean first) {
        int victim = random.nextInt(ranks);
        boolean stop = random.nextInt(4) == 0;
        long delayMicros = random.nextInt(8) == 0 ? 0 : random.nextInt(20_000);
        long step = random.nextInt((int) STEPS);
        // The first at a step: the others may be meant for the recovery that it causes.
        int phase = first ? 3 : random.nextInt(5);
        agent.when(
                (member, message) -> switch (phase) {
                    case 0 -> message instanceof RankMessage.Aborted aborted && aborted.epoch() > 1;
                    case 1 -> message instanceof RankMessage.Rebuilt rebuilt && rebuilt.epoch() > 1;
                    case 2 -> message instanceof RankMessage.Restored restored && restored.epoch() > 1;
                    default -> message instanceof RankMessage.Progress progress && progress.step() == step;
                },
                () -> RankProcesses.after(
                        Duration.ofNanos(delayMicros * 1_000),
                        () -> agent.ranks().signal(victim, stop)));
    }

    private static void judge(JobOutcome outcome, String story) {
        if (!outcome.success()) {
            assertThat(outcome.message())
                    .as(story)
                    .containsAnyOf("cannot be restored", "no memory holds", "after all steps were done");
            return;
        }
        RunSummary reference = SumProgram.reference(STEPS, LENGTH);
        RunSummary summary = outcome.summary();
        assertThat(summary.parametersSha256()).as(story).isEqualTo(reference.parametersSha256());
        assertThat(summary.samplesSha256()).as(story).isEqualTo(reference.samplesSha256());
        assertThat(summary.consumed()).as(story).isEqualTo(reference.consumed());
        assertThat(summary.skipped()).as(story).isZero();
        assertThat(summary.duplicated()).as(story).isZero();
    }
}
