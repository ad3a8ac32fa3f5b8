/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.convoy.fault.protocol.JobOutcome;
import dev.convoy.fault.protocol.RunSummary;
import java.time.Duration;

/** What a job of {@link SumProgram} must come to, whatever happens on the way. */
final class Expectation {
    private static final Duration BOUND = Duration.ofSeconds(60);

    private Expectation() {}

    /** Runs the job; it must succeed with the state and the samples of a run without a group. */
    static void reference(TestAgent agent, int worldSize, long steps, int length) throws Exception {
        JobOutcome outcome = agent.run(BOUND);
        assertThat(outcome.success())
                .as("%s%n%s%n%s", outcome.message(), agent.incidents(), agent.output())
                .isTrue();
        RunSummary reference = SumProgram.reference(steps, length);
        RunSummary summary = outcome.summary();
        assertThat(summary.parametersSha256()).isEqualTo(reference.parametersSha256());
        assertThat(summary.samplesSha256()).isEqualTo(reference.samplesSha256());
        assertThat(summary.consumed()).isEqualTo(reference.consumed());
        assertThat(summary.skipped()).isZero();
        assertThat(summary.duplicated()).isZero();
        assertThat(summary.worldSize()).isEqualTo(worldSize);
    }
}
