/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.cudatests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The trials themselves, where no GPU is: on the host runtime, and on NVIDIA's libraries that are not there. */
@Timeout(300)
class SuiteTest {
    private int status;

    private String run(String... arguments) throws InterruptedException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        status = new Suite(Options.parse(List.of(arguments)), new PrintStream(out, true, StandardCharsets.UTF_8)).run();
        return out.toString(StandardCharsets.UTF_8);
    }

    @Test
    void everythingButGraphsPassesOnTheHostRuntime() throws Exception {
        List<String> arguments = new ArrayList<>(List.of("--runtime", "host", "--quick"));
        // The launcher's own tests show the other jobs, and perf's the other numbers of ranks.
        List<String> left = List.of("collectives-1", "collectives-3", "collectives-4", "training", "training-stop");
        Trials.all().stream()
                .map(Trial::name)
                .filter(name -> !left.contains(name))
                .forEach(arguments::add);
        String out = run(arguments.toArray(String[]::new));
        assertThat(out)
                .contains("SKIP graph", "the HOST runtime has no graphs")
                .contains("wrong 0", "from 3 to 2 ranks", "time by Java over time by C: 8 bytes")
                .containsPattern("PASS training-kill +\\d+\\.\\d s +3 ranks: accuracy 0\\.\\d+, resumed ")
                .endsWith("13 passed, 0 failed, 1 skipped\n");
        assertThat(status).isZero();
    }

    @Test
    void withoutAGpuEachTrialSaysWhyItDidNotRun() throws Exception {
        String out = run("--runtime", "cuda", "one-rank", "training");
        if (out.contains("PASS one-rank")) {
            return; // there is a GPU, and it has been tried
        }
        assertThat(out)
                .containsPattern("SKIP one-rank +\\d+\\.\\d s +CUDA: no (CUDA runtime with a device|NCCL): \\S+")
                .containsPattern("SKIP training +")
                .endsWith("0 passed, 0 failed, 2 skipped\n");
        assertThat(status).as("nothing ran").isEqualTo(3);
    }
}
