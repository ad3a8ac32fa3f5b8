/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a program sees that names libraries which are none: a typed exception, and a JVM that lives on. */
@Timeout(60)
class UnavailableRuntimeTest {
    private static String opened(String nccl, String cudart) throws IOException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:-UsePerfData",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "--enable-native-access=ALL-UNNAMED",
                        "-Dconvoy.nccl.library=" + nccl,
                        "-Dconvoy.cudart.library=" + cudart,
                        "-cp",
                        System.getProperty("java.class.path"),
                        Program.class.getName())
                .redirectErrorStream(true)
                .start();
        return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    @Test
    void libraryThatIsNoNcclIsRefused() throws Exception {
        String host = ConvoyRuntime.open(RuntimeKind.HOST).library();
        assertThat(opened("libm.so.6", host))
                .contains("no CUDA runtime: CUDA: no NCCL: libm.so.6 has no function ncclGetVersion")
                .endsWith("HOST\n");
        assertThat(opened(host, "libm.so.6"))
                .contains("libm.so.6 has no function cudaGetDeviceCount")
                .endsWith("HOST\n");
    }

    @Test
    void fileThatIsNotThereIsToldByTheLoadersReason() throws Exception {
        String host = ConvoyRuntime.open(RuntimeKind.HOST).library();
        assertThat(opened("/no/such/libnccl.so", host))
                .contains("/no/such/libnccl.so: cannot open shared object file")
                .endsWith("HOST\n");
    }

    /** Tries NVIDIA's libraries, and goes on with the host runtime. */
    static final class Program {
        private Program() {}

        public static void main(String[] arguments) {
            try {
                System.out.println("opened " + ConvoyRuntime.open(RuntimeKind.CUDA));
            } catch (RuntimeUnavailableException e) {
                List<String> reasons = e.reasons();
                System.out.println(e.getMessage() + " " + reasons.size());
            }
            System.out.println(ConvoyRuntime.open(RuntimeKind.HOST).kind());
        }
    }
}
