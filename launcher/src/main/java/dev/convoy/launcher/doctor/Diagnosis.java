/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.launcher.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.convoy.ConvoyRuntime;
import dev.convoy.MemoryInfo;
import dev.convoy.RuntimeKind;
import dev.convoy.bindings.NativeRuntime;
import dev.convoy.bindings.RuntimeProbe;
import dev.convoy.launcher.report.ConvoyVersion;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/**
 * What {@code doctor} found, as text and as JSON.
 *
 * @param probes one for each kind of runtime
 */
record Diagnosis(List<RuntimeProbe> probes) {
    byte[] text() {
        StringBuilder text = new StringBuilder("convoy " + ConvoyVersion.get() + ", Java " + Runtime.version() + "\n");
        for (RuntimeProbe probe : probes) {
            text.append('\n').append(name(probe)).append(": ");
            if (probe.runtime().isPresent()) {
                describe(text, probe.runtime().get());
            } else {
                text.append("not available: ").append(probe.reason()).append('\n');
            }
            for (RuntimeProbe.Attempt attempt : probe.attempts()) {
                String mark = attempt.loaded() ? "found" : "no";
                text.append(String.format("  %-5s %s: %s%n", mark, attempt.library(), attempt.detail()));
            }
        }
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }

    private static void describe(StringBuilder text, NativeRuntime runtime) {
        text.append("available, NCCL ABI ").append(runtime.versionText());
        text.append(", ").append(runtime.deviceCount()).append(runtime.deviceCount() == 1 ? " device" : " devices");
        text.append(", ").append(capabilities(runtime).size()).append(" functions\n");
        text.append("  library ").append(runtime.library()).append('\n');
        for (int device = 0; device < runtime.deviceCount(); device++) {
            MemoryInfo memory = memory(runtime.kind(), device);
            text.append("  device  ")
                    .append(device)
                    .append(": ")
                    .append(memory.total() >> 20)
                    .append(" MiB, ");
            text.append(memory.free() >> 20).append(" MiB free\n");
        }
    }

    void write(JsonGenerator json) throws IOException {
        json.writeStartObject();
        json.writeStringField("convoy", ConvoyVersion.get());
        json.writeStringField("java", Runtime.version().toString());
        json.writeArrayFieldStart("runtimes");
        for (RuntimeProbe probe : probes) {
            writeRuntime(json, probe);
        }
        json.writeEndArray();
        json.writeArrayFieldStart("devices");
        for (RuntimeProbe probe : probes) {
            writeDevices(json, probe);
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    private static void writeRuntime(JsonGenerator json, RuntimeProbe probe) throws IOException {
        NativeRuntime runtime = probe.runtime().orElse(null);
        json.writeStartObject();
        json.writeStringField("name", name(probe));
        json.writeBooleanField("available", runtime != null);
        json.writeStringField("reason", runtime == null ? probe.reason() : null);
        json.writeStringField("library", runtime == null ? null : runtime.library());
        json.writeStringField("version", runtime == null ? null : runtime.versionText());
        json.writeArrayFieldStart("capabilities");
        for (String function : runtime == null ? Set.<String>of() : capabilities(runtime)) {
            json.writeString(function);
        }
        json.writeEndArray();
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

    private static void writeDevices(JsonGenerator json, RuntimeProbe probe) throws IOException {
        int count = probe.runtime().map(NativeRuntime::deviceCount).orElse(0);
        for (int device = 0; device < count; device++) {
            json.writeStartObject();
            json.writeStringField("runtime", name(probe));
            json.writeNumberField("index", device);
            MemoryInfo memory = memory(probe.kind(), device);
            json.writeNumberField("freeBytes", memory.free());
            json.writeNumberField("totalBytes", memory.total());
            json.writeEndObject();
        }
    }

    private static MemoryInfo memory(NativeRuntime.Kind kind, int device) {
        try (ConvoyRuntime runtime = ConvoyRuntime.open(RuntimeKind.valueOf(kind.name()))) {
            return runtime.device(device).memoryInfo();
        }
    }

    private static Set<String> capabilities(NativeRuntime runtime) {
        Set<String> functions = new TreeSet<>(runtime.nccl().functions());
        functions.addAll(runtime.cuda().functions());
        runtime.extensions().ifPresent(extensions -> functions.addAll(extensions.functions()));
        return functions;
    }

    private static String name(RuntimeProbe probe) {
        return probe.kind().name().toLowerCase(Locale.ROOT);
    }
}
