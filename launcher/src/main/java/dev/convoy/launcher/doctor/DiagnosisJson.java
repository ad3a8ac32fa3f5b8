/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.launcher.doctor;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.convoy.MemoryInfo;
import dev.convoy.bindings.NativeRuntime;
import dev.convoy.bindings.RuntimeProbe;
import dev.convoy.launcher.report.ConvoyVersion;
import java.io.IOException;
import java.util.List;
import java.util.Set;

/** A diagnosis for programs. What is not known is null; a {@code reason} is null where something is available. */
public final class DiagnosisJson {
    private final Diagnosis diagnosis;

    /**
     * The JSON of a diagnosis.
     *
     * @param diagnosis what was found
     */
    public DiagnosisJson(Diagnosis diagnosis) {
        this.diagnosis = diagnosis;
    }

    /**
     * Writes it as one object.
     *
     * @param json where to
     * @throws IOException if the generator throws it
     */
    public void write(JsonGenerator json) throws IOException {
        json.writeStartObject();
        json.writeStringField("convoy", ConvoyVersion.get());
        json.writeStringField("java", Runtime.version().toString());
        json.writeArrayFieldStart("runtimes");
        for (RuntimeProbe probe : diagnosis.probes()) {
            writeRuntime(json, probe);
        }
        json.writeEndArray();
        json.writeArrayFieldStart("devices");
        for (RuntimeProbe probe : diagnosis.probes()) {
            writeDevices(json, probe);
        }
        json.writeEndArray();
        writeDriver(json);
        writeRas(json);
        json.writeEndObject();
    }

    private static void writeRuntime(JsonGenerator json, RuntimeProbe probe) throws IOException {
        NativeRuntime runtime = probe.runtime().orElse(null);
        json.writeStartObject();
        json.writeStringField("name", Diagnosis.name(probe));
        writeAvailability(json, probe.reason());
        json.writeStringField("library", runtime == null ? null : runtime.library());
        json.writeStringField("version", runtime == null ? null : runtime.versionText());
        json.writeStringField("cuda", runtime == null ? null : Diagnosis.cudaVersion(runtime));
        json.writeArrayFieldStart("capabilities");
        for (String function : runtime == null ? Set.<String>of() : Diagnosis.capabilities(runtime)) {
            json.writeString(function);
        }
        json.writeEndArray();
        json.writeObjectFieldStart("kernels");
        writeAvailability(json, KernelsFound.of(probe).reason());
        json.writeEndObject();
        json.writeArrayFieldStart("attempts");
        for (RuntimeProbe.Attempt attempt : probe.attempts()) {
            json.writeStartObject();
            json.writeStringField("library", attempt.library());
            json.writeBooleanField("loaded", attempt.loaded());
            json.writeStringField("detail", attempt.detail());
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    private static void writeAvailability(JsonGenerator json, String reason) throws IOException {
        json.writeBooleanField("available", reason.isEmpty());
        json.writeStringField("reason", reason.isEmpty() ? null : reason);
    }

    /** Those of a runtime; GPUs also where the runtime is not available. */
    private void writeDevices(JsonGenerator json, RuntimeProbe probe) throws IOException {
        List<Gpu> gpus =
                probe.kind() == NativeRuntime.Kind.CUDA ? diagnosis.inventory().gpus() : List.of();
        int usable = probe.runtime().map(NativeRuntime::deviceCount).orElse(0);
        for (int index = 0; index < Math.max(usable, gpus.size()); index++) {
            json.writeStartObject();
            json.writeStringField("runtime", Diagnosis.name(probe));
            json.writeNumberField("index", index);
            MemoryInfo memory = index < usable ? Diagnosis.memory(probe.kind(), index) : null;
            if (index < gpus.size()) {
                writeGpu(json, gpus.get(index));
            }
            writeMemory(json, memory, index < gpus.size() ? gpus.get(index).totalBytes() : 0);
            json.writeEndObject();
        }
    }

    private static void writeMemory(JsonGenerator json, MemoryInfo memory, long driversTotal) throws IOException {
        if (memory == null) {
            json.writeNullField("freeBytes");
            json.writeNumberField("totalBytes", driversTotal);
        } else {
            json.writeNumberField("freeBytes", memory.free());
            json.writeNumberField("totalBytes", memory.total());
        }
    }

    private static void writeGpu(JsonGenerator json, Gpu gpu) throws IOException {
        json.writeStringField("name", gpu.name());
        json.writeStringField("computeCapability", gpu.computeCapability());
        json.writeStringField("pciBusId", gpu.pciBusId());
        json.writeArrayFieldStart("peers");
        for (Gpu.Peer peer : gpu.peers()) {
            json.writeStartObject();
            json.writeNumberField("index", peer.index());
            json.writeBooleanField("nativeAtomics", peer.nativeAtomics());
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private void writeDriver(JsonGenerator json) throws IOException {
        json.writeObjectFieldStart("driver");
        String version = diagnosis.inventory().driverVersion();
        writeAvailability(json, diagnosis.inventory().reason());
        json.writeStringField("version", version.isEmpty() ? null : version);
        json.writeEndObject();
    }

    private void writeRas(JsonGenerator json) throws IOException {
        json.writeObjectFieldStart("ras");
        writeAvailability(json, diagnosis.ras().reason());
        json.writeStringField("address", diagnosis.ras().address());
        if (diagnosis.ras().isAvailable()) {
            json.writeNumberField("protocol", diagnosis.ras().protocol());
        } else {
            json.writeNullField("protocol");
        }
        json.writeEndObject();
    }
}
