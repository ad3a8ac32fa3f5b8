/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.launcher.perf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** What a rank is told and what it says arrives unchanged. */
class WireTest {
    private final ByteArrayOutputStream written = new ByteArrayOutputStream();
    private final RankOutput output = new RankOutput(new PrintStream(written, true, StandardCharsets.UTF_8));

    @Test
    void planIsTheSameOnTheOtherSide() {
        Plan plan = Plans.allReduce(4, new Sizes(8, 64, 2, 1));
        assertThat(Plan.parse(plan.toArguments())).isEqualTo(plan);
    }

    @Test
    void linesAreTheSameOnTheOtherSide() {
        output.id("00ff");
        assertThat(lastLine()).isEqualTo(new RankLine.Id("00ff"));
        output.ready(3, 4711, 1, "host", "2.29.3");
        assertThat(lastLine()).isEqualTo(new RankLine.Ready(3, 4711, 1, "host", "2.29.3"));
        output.failed(2, RankMain.OWN, "two\n lines");
        assertThat(lastLine()).isEqualTo(new RankLine.Failed(2, RankMain.OWN, "two lines"));
        output.done(2);
        assertThat(lastLine()).isEqualTo(new RankLine.Done(2));
    }

    @Test
    void measurementsAreTheSameOnTheOtherSide() {
        Latencies latencies = new Latencies();
        latencies.record(1234);
        output.pass(1, new PassResult(7, true, 20, 99, -1, latencies));
        RankLine.Pass pass = (RankLine.Pass) lastLine();
        assertThat(pass.rank()).isEqualTo(1);
        assertThat(pass.result())
                .usingRecursiveComparison()
                .ignoringFields("latencies")
                .isEqualTo(new PassResult(7, true, 20, 99, -1, latencies));
        assertThat(pass.result().latencies().summary()).isEqualTo(latencies.summary());
    }

    @Test
    void whatLibrariesPrintIsNotOurs() {
        assertThat(RankLine.parse("NCCL INFO Bootstrap: using eth0")).isEmpty();
        assertThat(RankLine.parse("pass 1 2")).isEmpty();
        assertThatThrownBy(() -> RankLine.parse(RankLine.MARK + "dance")).isInstanceOf(IllegalArgumentException.class);
    }

    private RankLine lastLine() {
        String line = written.toString(StandardCharsets.UTF_8).lines().toList().getLast();
        return RankLine.parse(line).orElseThrow();
    }
}
