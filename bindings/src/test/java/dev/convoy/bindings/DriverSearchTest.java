/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.bindings;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The CUDA driver is there or the reason is. */
class DriverSearchTest {
    @AfterEach
    void forget() {
        System.clearProperty("convoy.cuda.library");
    }

    @Test
    void machineWithoutADriverSaysWhatIsMissing() {
        DriverProbe probe = Runtimes.driver();
        assertThat(Runtimes.driver()).isSameAs(probe);
        if (probe.driver().isPresent()) {
            assertThat(probe.driver().get().functions()).contains("cuModuleLoadData", "cuLaunchKernel");
            assertThat(probe.reason()).isEmpty();
        } else {
            assertThat(probe.reason()).startsWith("no CUDA driver: libcuda.so.1: ");
        }
    }

    @Test
    void propertyNamesAFile(@TempDir Path folder) throws Exception {
        System.setProperty(
                "convoy.cuda.library", Recorder.compile(folder).file().toString());
        DriverProbe probe = new DriverSearch().probe();
        assertThat(probe.reason()).isEmpty();
        assertThat(probe.driver().orElseThrow().init(0)).isZero();
        assertThat(probe.attempts())
                .singleElement()
                .satisfies(attempt -> assertThat(attempt.detail()).endsWith("librecorder.so"));
    }

    @Test
    void libraryThatIsNoDriverIsRefused() {
        System.setProperty("convoy.cuda.library", "libm.so.6");
        DriverProbe probe = new DriverSearch().probe();
        assertThat(probe.driver()).isEmpty();
        assertThat(probe.reason()).isEqualTo("no CUDA driver: libm.so.6 has no function cuDriverGetVersion");
    }
}
