/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.bindings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.convoy.bindings.NativeRuntime.Kind;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RuntimesTest {
    @Test
    void hostRuntimeIsCarriedAndOpens() {
        RuntimeProbe probe = Runtimes.probe(Kind.HOST);
        assertThat(probe.reason()).isEmpty();
        NativeRuntime runtime = probe.runtime().orElseThrow();
        assertThat(runtime.versionText()).isEqualTo("2.29.3");
        assertThat(runtime.deviceCount()).isPositive();
        assertThat(Path.of(runtime.library())).isRegularFile();
        assertThat(runtime.extensions().orElseThrow().hostVersion()).isNotBlank();
        assertThat(runtime.nccl().functions()).contains("ncclAllReduce", "ncclCommAbort", "ncclCommInitRankConfig");
        assertThat(runtime.cuda().functions()).contains("cudaMalloc", "cudaStreamWaitEvent");
    }

    @Test
    void probeIsMadeOnce() {
        assertThat(Runtimes.probe(Kind.HOST)).isSameAs(Runtimes.probe(Kind.HOST));
    }

    @Test
    void missingLibraryGivesTheLoadersReason() {
        LibrarySearch search = new LibrarySearch();
        assertThat(search.firstOf(List.of("libno-such-thing.so"), "nothing")).isEmpty();
        assertThat(search.attempts()).singleElement().satisfies(attempt -> {
            assertThat(attempt.loaded()).isFalse();
            assertThat(attempt.detail()).contains("libno-such-thing.so", "No such file");
        });
    }

    @Test
    void fileThatIsNoLibraryGivesTheLoadersReason(@TempDir Path folder) throws Exception {
        Path file = Files.writeString(folder.resolve("libtext.so"), "no library");
        LibrarySearch search = new LibrarySearch();
        assertThat(search.firstOf(List.of(file.toString()), "nothing")).isEmpty();
        assertThat(search.refusals()).contains("libtext.so").containsAnyOf("invalid ELF header", "file too short");
    }

    @Test
    void configurationIsChecked() {
        String before = System.getProperty("convoy.runtime");
        try {
            System.setProperty("convoy.runtime", "HOST");
            assertThat(Runtimes.configured()).contains(Kind.HOST);
            System.setProperty("convoy.runtime", "auto");
            assertThat(Runtimes.configured()).isEmpty();
            System.setProperty("convoy.runtime", "gpu");
            assertThatIllegalArgumentException()
                    .isThrownBy(Runtimes::configured)
                    .withMessage("-Dconvoy.runtime is 'gpu'; it must be auto, cuda or host");
        } finally {
            if (before == null) {
                System.clearProperty("convoy.runtime");
            } else {
                System.setProperty("convoy.runtime", before);
            }
        }
    }

    @Test
    void libraryWithoutTheFunctionIsRefusedAndTheNextOneTried() {
        LibrarySearch search = new LibrarySearch();
        String host = Runtimes.probe(Kind.HOST).runtime().orElseThrow().library();
        assertThat(search.firstOf(List.of("libm.so.6", "", host), "ncclGetVersion"))
                .isPresent();
        assertThat(search.refusals())
                .contains("libm.so.6 has no function ncclGetVersion")
                .contains("name of the library is empty");
        assertThat(search.attempts().getLast().loaded()).isTrue();
    }

    @Test
    void otherPlatformsAreToldSo() {
        assertThat(Platform.objection("Linux", "amd64", true)).isEmpty();
        assertThat(Platform.objection("Linux", "aarch64", true).orElseThrow()).contains("this is Linux on aarch64");
        assertThat(Platform.objection("Windows 11", "amd64", true).orElseThrow())
                .contains("Windows 11");
        assertThat(Platform.objection("Linux", "amd64", false).orElseThrow()).contains("--enable-native-access");
    }

    @Test
    void deniedNativeAccessIsAReasonAndNoCrash() throws Exception {
        assertThat(reasonWith("--illegal-native-access=deny"))
                .contains("this JVM denies native access: start it with --enable-native-access");
    }

    @Test
    void bindingsAreChosenByPropertyAndTheirAbsenceIsAReason() throws Exception {
        String allowed = "--enable-native-access=ALL-UNNAMED";
        assertThat(reasonWith(allowed, "-Dconvoy.bindings=ffm")).isBlank();
        assertThat(reasonWith(allowed, "-Dconvoy.bindings=jna"))
                .contains("-Dconvoy.bindings is 'jna'; it must be auto, ffm or javacpp");
        assertThat(reasonWith(allowed, "-Dconvoy.bindings=javacpp"))
                .contains("convoy-bindings-javacpp is not on the module or class path");
    }

    private static String reasonWith(String... options) throws Exception {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-XX:-UsePerfData");
        command.addAll(List.of(options));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Reason.class.getName()));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes());
        assertThat(process.waitFor()).as(said).isZero();
        return said;
    }

    /** A program that tells why the host runtime is not available. */
    static final class Reason {
        public static void main(String[] arguments) {
            System.out.println(Runtimes.probe(Kind.HOST).reason());
        }
    }
}
