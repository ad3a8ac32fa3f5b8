/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.convoy.fault.protocol.Decision;
import dev.convoy.fault.protocol.JobOutcome;
import dev.convoy.fault.protocol.JobSpec;
import dev.convoy.fault.protocol.RecoveryPolicy;
import dev.convoy.fault.protocol.RunSummary;
import dev.convoy.fault.protocol.Version;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Steps that are left out by all ranks together, in whole jobs of real processes. */
@Timeout(120)
class VetoJobTest {
    private static final long STEPS = 40;
    private static final Duration BOUND = Duration.ofSeconds(60);

    @TempDir
    private Path folder;

    @Test
    void vetoedStepsChangeNothingAndAreCountedThroughLossesToo() throws Exception {
        String wrongs = "1@5:nan,0@6:infinite,2@16:cast,0@19:overflow,1@20:nan,2@30:nan";
        try (TestAgent agent = agent(RecoveryPolicy.REPLACE, null, "kill:1@20", 2, wrongs)) {
            JobOutcome outcome = agent.run(BOUND);
            assertThat(outcome.success())
                    .as("%s%n%s", outcome.message(), agent.output())
                    .isTrue();
            RunSummary reference = VetoProgram.reference(STEPS, Set.of(5L, 6L, 16L, 19L, 20L, 30L));
            RunSummary summary = outcome.summary();
            assertThat(summary.parametersSha256()).isEqualTo(reference.parametersSha256());
            assertThat(summary.samplesSha256()).isEqualTo(reference.samplesSha256());
            assertThat(summary.consumed()).isEqualTo(STEPS * VetoProgram.BATCH);
            assertThat(summary.skipped()).isZero();
            assertThat(summary.duplicated()).isZero();
            assertThat(summary.vetoedSteps()).isEqualTo(6);
            assertThat(summary.vetoedSamples()).isEqualTo(6 * VetoProgram.BATCH);
            assertThat(agent.incidents()).hasSize(1);
            assertThat(agent.warnings())
                    .contains(
                            "step 5 was vetoed and changed nothing (rank 1: its 'gradient' has an element that is not"
                                    + " finite)",
                            "step 6 was vetoed and changed nothing (rank 0: its 'gradient' has 2 elements that are not"
                                    + " finite)",
                            "step 16 was vetoed and changed nothing (rank 2: its program vetoed it)",
                            "step 19 was vetoed and changed nothing (rank 0 and 2 more: its 'sum' has an element that"
                                    + " is not finite)");
        }
    }

    @Test
    void tooManyInARowEndTheJobWithItsStateOnDisk() throws Exception {
        Path state = folder.resolve("state");
        try (TestAgent agent =
                agent(RecoveryPolicy.SHRINK, state.toString(), "", 2, "1@5:nan,1@6:nan,2@12:nan,2@13:nan,2@14:nan")) {
            JobOutcome outcome = agent.run(BOUND);
            assertThat(outcome.success()).isFalse();
            assertThat(outcome.message())
                    .contains("rank 2 vetoed step 14, the last of 3 in a row where 2 are allowed: its 'gradient' has"
                            + " an element that is not finite");
            assertThat(agent.durable())
                    .extracting(Decision.CommitDurable::version)
                    .last()
                    .isEqualTo(new Version(1, 14));
        }
    }

    private TestAgent agent(RecoveryPolicy policy, String state, String faults, int mostInARow, String wrongs)
            throws Exception {
        JobSpec spec = new JobSpec(3, policy, 1, 16, 3_000_000_000L, JobSpec.START_BOUND_NS, state);
        return new TestAgent(spec, faults, folder, VetoProgram.class, STEPS, mostInARow, wrongs);
    }
}
