/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.cudatests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Tag;
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

    @Tag("slow")
    @Test
    void passesOnTheHostRuntimeWhatItHas() throws Exception {
        // Continuous integration runs the others, out of the bundle.
        String out = run(
                "--runtime",
                "host",
                "--quick",
                "machine",
                "library",
                "one-rank",
                "wrong-use",
                "kernels",
                "graph",
                "matrix-products",
                "snapshot",
                "java-against-c",
                "abort-in-flight",
                "training-replace");
        assertThat(out)
                .contains("SKIP graph", "the HOST runtime has no graphs")
                .contains("time by Java over time by C: 8 bytes", "aborted in")
                .containsPattern("PASS training-replace +\\d+\\.\\d s +3 ranks: accuracy 0\\.\\d+, resumed ")
                .endsWith("10 passed, 0 failed, 1 skipped\n");
        assertThat(status).isZero();
    }

    /** NVIDIA's own library is tried wherever it is, also without a GPU. */
    @Test
    void libraryIsTriedWhereItIs() throws Exception {
        String out = run("--runtime", "cuda", "library");
        assertThat(out)
                .containsPattern("(PASS library .* functions are there as their releases say"
                        + "|SKIP library .* no NCCL here: libnccl.so.2: )");
        assertThat(out.contains("PASS") ? 0 : 3).isEqualTo(status);
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
