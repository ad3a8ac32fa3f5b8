/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.cudatests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.convoy.RuntimeKind;
import dev.convoy.cudatests.Verdict.Outcome;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of a trial, and how the command line is read. */
class VerdictTest {
    @ParameterizedTest
    @EnumSource
    void comesBackFromItsLine(Outcome outcome) {
        Verdict verdict = new Verdict(outcome, "one\n  two");
        assertThat(verdict.detail()).isEqualTo("one; two");
        assertThat(Verdict.isLine(verdict.line())).isTrue();
        assertThat(Verdict.parse(verdict.line())).isEqualTo(verdict);
    }

    @Test
    void aTrialThatHangsFailsAndIsKilled() throws Exception {
        assertThat(verdictOf("sleep 1000", Duration.ofMillis(300)).detail()).contains("did not end within 0 s");
    }

    @Test
    void aTrialThatCrashesFails() throws Exception {
        Verdict verdict = verdictOf("echo before; kill -SEGV $$", Duration.ofSeconds(20));
        assertThat(verdict).isEqualTo(Verdict.fail("ended without a verdict, status 139"));
    }

    private static Verdict verdictOf(String script, Duration bound) throws Exception {
        try (Child child = Child.start(List.of("sh", "-c", script), Map.of(), _ -> {})) {
            return TrialProcess.verdict(child, bound);
        }
    }

    @Test
    void commandLineIsRead() {
        Options options = Options.parse(List.of("--runtime", "host", "--quick", "snapshot"));
        assertThat(options).isEqualTo(new Options(RuntimeKind.HOST, true, false, List.of("snapshot")));
        assertThat(options.trials()).singleElement().extracting(Trial::name).isEqualTo("snapshot");
        assertThat(options.forTrial(options.trials().getFirst()))
                .containsExactly("--runtime", "host", "--quick", "snapshot");
        assertThat(Options.parse(List.of()).trials()).hasSize(Trials.all().size());
    }

    @ParameterizedTest
    @ValueSource(strings = {"--runtime", "--runtime gpu", "--fast", "no-such-trial"})
    void wrongCommandLineIsRefused(String line) {
        assertThatExceptionOfType(IllegalArgumentException.class)
                .isThrownBy(() -> Options.parse(List.of(line.split(" "))))
                .withMessageMatching("(--runtime '.*': must be cuda or host|no trial is called .*)");
    }
}
