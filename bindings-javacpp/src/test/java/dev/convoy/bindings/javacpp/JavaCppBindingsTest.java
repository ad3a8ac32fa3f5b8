/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.bindings.javacpp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.convoy.Communicator;
import dev.convoy.CommunicatorOptions;
import dev.convoy.ConvoyRuntime;
import dev.convoy.DataType;
import dev.convoy.Device;
import dev.convoy.DeviceBuffer;
import dev.convoy.ReduceOp;
import dev.convoy.RuntimeKind;
import dev.convoy.Stream;
import dev.convoy.bindings.Binding;
import dev.convoy.bindings.BindingProvider;
import dev.convoy.bindings.LibraryRefusedException;
import dev.convoy.bindings.NativeResources;
import dev.convoy.bindings.NativeRuntime.Kind;
import dev.convoy.bindings.RuntimeProbe;
import dev.convoy.bindings.Runtimes;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import org.bytedeco.javacpp.Loader;
import org.junit.jupiter.api.Test;

/** How JavaCPP's bindings are found and loaded. */
class JavaCppBindingsTest {
    private static final Path HOST = NativeResources.library("libconvoy_host.so");

    @Test
    void serviceIsFound() {
        assertThat(ServiceLoader.load(BindingProvider.class).findFirst().orElseThrow())
                .isInstanceOf(JavaCppBindings.class)
                .extracting(BindingProvider::binding)
                .isEqualTo(Binding.JAVACPP);
    }

    @Test
    void propertyChoosesThem() {
        RuntimeProbe probe = Runtimes.probe(Kind.HOST);
        assertThat(probe.reason()).isEmpty();
        assertThat(probe.runtime().orElseThrow().nccl().binding()).isEqualTo(Binding.JAVACPP);
        assertThat(probe.runtime().orElseThrow().versionText()).isEqualTo("2.29.3");
        assertThat(probe.attempts()).singleElement().satisfies(attempt -> {
            assertThat(attempt.library()).isEqualTo("JAVACPP bindings");
            assertThat(attempt.loaded()).isTrue();
            assertThat(Path.of(attempt.detail())).isRegularFile();
        });
    }

    @Test
    void standInIsPlacedInAFolderOfItsOwnThatNobodyElseLoadsFrom() throws Exception {
        new JavaCppBindings().open(Optional.of(HOST));
        Path cache = Loader.getCacheDir().toPath();
        assertThat(cache).startsWith(Path.of(System.getenv("XDG_CACHE_HOME")));
        assertThat(Files.readString(Path.of("/proc/self/maps")).lines())
                .noneMatch(line -> line.contains(" /usr") && line.contains("libcudart"));
    }

    @Test
    void oneProcessHasThemOnce() throws Exception {
        JavaCppBindings bindings = new JavaCppBindings();
        bindings.open(Optional.of(HOST));
        assertThatExceptionOfType(LibraryRefusedException.class)
                .isThrownBy(() -> bindings.open(Optional.empty()))
                .withMessage("JavaCPP's bindings call " + HOST
                        + " already, and a process has them once: they cannot call" + " NVIDIA's libraries");
        assertThatExceptionOfType(LibraryRefusedException.class)
                .isThrownBy(bindings::openDriver)
                .withMessageContaining("it has no driver");
        assertThat(Runtimes.probe(Kind.CUDA).reason()).contains("a process has them once");
    }

    @Test
    void wholeApiRunsOnThem() {
        try (ConvoyRuntime runtime = ConvoyRuntime.open(RuntimeKind.HOST)) {
            Device device = runtime.device(0);
            try (Communicator communicator = Communicator.initAll(List.of(device), CommunicatorOptions.defaults())
                            .getFirst();
                    Stream stream = device.newStream();
                    DeviceBuffer buffer = device.allocate(DataType.INT32, 1024)) {
                communicator.allReduce(buffer, buffer, ReduceOp.SUM, stream).await();
                assertThat(communicator.worldSize()).isEqualTo(1);
            }
        }
    }
}
