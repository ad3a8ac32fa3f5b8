/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.launcher.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.convoy.bindings.Binding;
import dev.convoy.bindings.CudaDevices;
import dev.convoy.bindings.DevicesProbe;
import dev.convoy.bindings.NativeMemory;
import dev.convoy.bindings.NativeRuntime.Kind;
import dev.convoy.bindings.RuntimeProbe;
import dev.convoy.launcher.report.Json;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** GPUs where there is none: a driver that says what a machine of three would. */
class GpuInventoryTest {
    private static final RuntimeProbe NO_CUDA = new RuntimeProbe(Kind.CUDA, Optional.empty(), "no NCCL", List.of());
    private static final RasEndpoint NO_RAS = new RasEndpoint("localhost:28028", 0, "nobody is there");

    @Test
    void tellsWhatTheDriverSays() {
        GpuInventory inventory = GpuInventory.of(new ThreeGpus(0));
        assertThat(inventory.driverVersion()).isEqualTo("13.1");
        assertThat(inventory.reason()).isEmpty();
        assertThat(inventory.gpus())
                .containsExactly(
                        new Gpu(0, "GPU of 100", "9.0", 140L << 30, "0000:64:00.0", List.of(new Gpu.Peer(1, true))),
                        new Gpu(
                                1,
                                "GPU of 101",
                                "9.0",
                                140L << 30,
                                "0000:65:00.0",
                                List.of(new Gpu.Peer(0, true), new Gpu.Peer(2, false))),
                        new Gpu(2, "GPU of 102", "9.0", 140L << 30, "0000:66:00.0", List.of(new Gpu.Peer(1, false))));
    }

    @Test
    void aRefusalIsTheReason() {
        GpuInventory inventory = GpuInventory.of(new ThreeGpus(100));
        assertThat(inventory.driverVersion()).isEqualTo("13.1");
        assertThat(inventory.gpus()).isEmpty();
        assertThat(inventory.reason()).isEqualTo("cuInit returned CUresult 100 (no device)");
        assertThat(GpuInventory.of(new DevicesProbe(Optional.empty(), "no driver"))
                        .reason())
                .isEqualTo("no driver");
    }

    @Test
    void gpusShowWhereTheRuntimeIsMissing() throws IOException {
        Diagnosis diagnosis = new Diagnosis(List.of(NO_CUDA), GpuInventory.of(new ThreeGpus(0)), NO_RAS);
        JsonNode json = new ObjectMapper().readTree(Json.write(new DiagnosisJson(diagnosis)::write));
        JsonNode second = json.path("devices").path(1);
        assertThat(json.path("devices").size()).isEqualTo(3);
        assertThat(second.path("name").asText()).isEqualTo("GPU of 101");
        assertThat(second.path("computeCapability").asText()).isEqualTo("9.0");
        assertThat(second.path("pciBusId").asText()).isEqualTo("0000:65:00.0");
        assertThat(second.path("totalBytes").asLong()).isEqualTo(140L << 30);
        assertThat(second.path("freeBytes").isNull()).isTrue();
        assertThat(second.path("peers").path(0).path("nativeAtomics").asBoolean())
                .isTrue();
        assertThat(json.path("driver").path("version").asText()).isEqualTo("13.1");
        assertThat(DiagnosisText.of(diagnosis))
                .contains("cuda: not available: no NCCL")
                .contains("driver: for CUDA up to 13.1")
                .contains("GPU 1: GPU of 101, compute capability 9.0, 143360 MiB, at 0000:65:00.0, reaches 0 (with"
                        + " atomics), 2")
                .contains("RAS service: none: nobody is there");
    }

    /** Devices 100 to 102; those side by side reach each other, and the first two are linked. */
    private record ThreeGpus(int initStatus) implements CudaDevices {
        private static final int FIRST = 100;

        private static int put(long address, int value) {
            NativeMemory.view(address, Integer.BYTES).set(ValueLayout.JAVA_INT_UNALIGNED, 0, value);
            return 0;
        }

        @Override
        public int init(int flags) {
            return initStatus;
        }

        @Override
        public int driverGetVersion(long version) {
            return put(version, 13_010);
        }

        @Override
        public int deviceGetCount(long count) {
            return put(count, 3);
        }

        @Override
        public int deviceGet(long device, int ordinal) {
            return put(device, FIRST + ordinal);
        }

        @Override
        public int deviceGetName(long name, int length, int device) {
            NativeMemory.view(name, length).setString(0, "GPU of " + device);
            return 0;
        }

        @Override
        public int deviceTotalMem(long bytes, int device) {
            NativeMemory.view(bytes, Long.BYTES).set(ValueLayout.JAVA_LONG_UNALIGNED, 0, 140L << 30);
            return 0;
        }

        @Override
        public int deviceGetAttribute(long value, int attribute, int device) {
            return put(value, attribute == 75 ? 9 : 0);
        }

        @Override
        public int deviceGetPciBusId(long text, int length, int device) {
            NativeMemory.view(text, length).setString(0, "0000:" + Integer.toHexString(device) + ":00.0");
            return 0;
        }

        @Override
        public int deviceGetP2pAttribute(long value, int attribute, int from, int to) {
            assertThat(attribute).isEqualTo(3);
            return put(value, from + to == 2 * FIRST + 1 ? 1 : 0);
        }

        @Override
        public int deviceCanAccessPeer(long value, int device, int peer) {
            return put(value, Math.abs(device - peer) == 1 ? 1 : 0);
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
