/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.convoy.bindings.Binding;
import dev.convoy.bindings.CudaDriver;
import dev.convoy.bindings.NativeMemory;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The way to a GPU without one: a driver whose kernels are the host runtime's. */
class CudaKernelLauncherTest {
    private static final Duration SOON = Duration.ofSeconds(10);
    private static final long MODULE = 77;

    private final Device device = ConvoyRuntime.open(RuntimeKind.HOST).device(0);
    private final StandInDriver driver = new StandInDriver();

    @AfterEach
    void close() {
        driver.arena.close();
    }

    private DeviceKernels kernels() {
        return new DeviceKernels(device, new CudaKernelLauncher(device, driver, "image".getBytes()));
    }

    @Test
    void everyKernelGetsItsStructure() {
        DeviceKernels kernels = kernels();
        assertThat(driver.image).isEqualTo("image");
        try (Stream stream = device.newStream();
                DeviceBuffer a = device.allocate(DataType.FLOAT32, 5000);
                DeviceBuffer b = device.allocate(DataType.FLOAT32, 5000);
                DeviceBuffer c = device.allocate(DataType.FLOAT32, 5000);
                DeviceBuffer half = device.allocate(DataType.FLOAT16, 5000);
                DeviceBuffer result = device.allocate(DataType.UINT64, 1)) {
            result.zero(stream);
            kernels.fillPattern(a, 3, 0, stream);
            kernels.fill(b, 0.5, stream);
            kernels.cast(b, half, stream);
            kernels.cast(half, c, stream);
            kernels.countDifferences(b, c, 0, result, stream);
            kernels.axpy(0, a, c, stream);
            kernels.momentum(b, c, a, new MomentumStep(0, 0, 0), stream);
            kernels.countDifferences(c, a, 0, result, stream);
            kernels.countNonFinite(c, result, stream);
            kernels.xorInto(a, b, stream);
            kernels.xorInto(c, b, stream);
            kernels.multiplyInto(b, new byte[] {1, 5}, List.of(a, c), stream);
            kernels.multiplyInto(b, new byte[] {1, 5}, List.of(a, c), stream);
            kernels.countWrong(a, 3, 0, 0, result, stream);
            kernels.checksum(a, 0, result, stream);
            kernels.checksum(c, 0, result, stream);
            stream.synchronize(SOON);
            long[] content = new long[1];
            result.copyTo(content);
            long sum = content[0];
            result.zero(stream);
            device.kernels().checksum(a, 0, result, stream);
            device.kernels().checksum(a, 0, result, stream);
            stream.synchronize(SOON);
            result.copyTo(content);
            assertThat(sum).isEqualTo(content[0]);
            assertThat(driver.launched).contains(Kernel.values());
        }
    }

    @Test
    void theGridFitsTheWork() {
        DeviceKernels kernels = kernels();
        try (Stream stream = device.newStream();
                DeviceBuffer buffer = device.allocate(DataType.INT8, 1 << 22)) {
            kernels.fill(buffer.slice(0, 1), 1, stream);
            assertThat(driver.blocks).isEqualTo(1);
            kernels.fill(buffer.slice(0, 257), 1, stream);
            assertThat(driver.blocks).isEqualTo(2);
            kernels.fill(buffer, 1, stream);
            assertThat(driver.blocks).isEqualTo(4096);
            kernels.fill(buffer.slice(0, 0), 1, stream);
            assertThat(driver.blocks).isEqualTo(1);
            stream.synchronize(SOON);
        }
    }

    @Test
    void aRefusalCarriesTheDriversWords() {
        driver.loadStatus = 209;
        assertThatExceptionOfType(LibraryException.class)
                .isThrownBy(this::kernels)
                .withMessage("cuModuleLoadData returned NAME: text of 209");
    }

    /** Functions are the numbers of kernels, from 1. */
    private final class StandInDriver implements CudaDriver {
        private final Arena arena = Arena.ofShared();
        private final Set<Kernel> launched = EnumSet.noneOf(Kernel.class);
        private String image;
        private int loadStatus;
        private int blocks;

        private void put(long address, long value) {
            NativeMemory.view(address, Long.BYTES).set(ValueLayout.JAVA_LONG_UNALIGNED, 0, value);
        }

        @Override
        public int init(int flags) {
            return 0;
        }

        @Override
        public int driverGetVersion(long version) {
            return 0;
        }

        @Override
        public int getErrorName(int error, long text) {
            put(text, arena.allocateFrom("NAME").address());
            return 0;
        }

        @Override
        public int getErrorString(int error, long text) {
            put(text, arena.allocateFrom("text of " + error).address());
            return 0;
        }

        @Override
        public int moduleLoadData(long moduleOut, long address) {
            image = NativeMemory.text(address);
            put(moduleOut, MODULE);
            return loadStatus;
        }

        @Override
        public int moduleUnload(long module) {
            throw new UnsupportedOperationException();
        }

        @Override
        public int moduleGetFunction(long functionOut, long module, long name) {
            assertThat(module).isEqualTo(MODULE);
            String wanted = NativeMemory.text(name);
            Kernel kernel = Arrays.stream(Kernel.values())
                    .filter(each -> each.function().equals(wanted))
                    .findAny()
                    .orElseThrow();
            put(functionOut, kernel.ordinal() + 1);
            return 0;
        }

        @Override
        public int launchKernel(
                long function,
                int gridX,
                int gridY,
                int gridZ,
                int blockX,
                int blockY,
                int blockZ,
                int sharedBytes,
                long stream,
                long parameters,
                long extra) {
            assertThat(new int[] {gridY, gridZ, blockY, blockZ, sharedBytes}).containsExactly(1, 1, 1, 1, 0);
            assertThat(blockX % 32).isZero();
            blocks = gridX;
            Kernel kernel = Kernel.values()[(int) function - 1];
            launched.add(kernel);
            long structure = NativeMemory.longAt(parameters);
            return device.natives()
                    .extensions()
                    .orElseThrow()
                    .kernelLaunch(kernel.ordinal(), structure, bytes(kernel), stream);
        }

        /** Of the structures in convoy_kernels.h; a GPU knows them from the compiler. */
        private static long bytes(Kernel kernel) {
            return switch (kernel) {
                case XOR -> 24;
                case NON_FINITE, CHECKSUM -> 32;
                case FILL, PATTERN, CAST, AXPY -> 40;
                case COMPARE -> 48;
                case VERIFY -> 56;
                case MOMENTUM -> 64;
                case MULTIPLY -> 96;
            };
        }

        @Override
        public Binding binding() {
            return Binding.FFM;
        }

        @Override
        public boolean supports(String function) {
            return true;
        }

        @Override
        public Set<String> functions() {
            return Set.of();
        }

        @Override
        public void prepare(String function) {
            // Nothing is linked.
        }
    }
}
