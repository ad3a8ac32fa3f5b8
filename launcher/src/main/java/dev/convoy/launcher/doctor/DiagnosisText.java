/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.launcher.doctor;

import dev.convoy.MemoryInfo;
import dev.convoy.bindings.NativeRuntime;
import dev.convoy.bindings.RuntimeProbe;
import dev.convoy.launcher.report.ConvoyVersion;
import java.util.stream.Collectors;

/** A diagnosis for people. */
public final class DiagnosisText {
    private final Diagnosis diagnosis;
    private final StringBuilder text = new StringBuilder();

    private DiagnosisText(Diagnosis diagnosis) {
        this.diagnosis = diagnosis;
    }

    /**
     * Describes what was found.
     *
     * @param diagnosis what was found
     * @return some lines
     */
    public static String of(Diagnosis diagnosis) {
        return new DiagnosisText(diagnosis).write();
    }

    private String write() {
        line("convoy " + ConvoyVersion.get() + ", Java " + Runtime.version());
        diagnosis.probes().forEach(this::describe);
        line("");
        describe(diagnosis.inventory());
        describe(diagnosis.ras());
        return text.toString();
    }

    private void line(String line) {
        text.append(line).append('\n');
    }

    private void describe(RuntimeProbe probe) {
        line("");
        if (probe.runtime().isPresent()) {
            describe(probe, probe.runtime().get());
        } else {
            line(Diagnosis.name(probe) + ": not available: " + probe.reason());
        }
        for (RuntimeProbe.Attempt attempt : probe.attempts()) {
            String mark = attempt.loaded() ? "found" : "no";
            line(String.format("  %-7s %s: %s", mark, attempt.library(), attempt.detail()));
        }
    }

    private void describe(RuntimeProbe probe, NativeRuntime runtime) {
        int devices = runtime.deviceCount();
        line(Diagnosis.name(probe) + ": available, NCCL ABI " + runtime.versionText() + ", CUDA "
                + Diagnosis.cudaVersion(runtime) + ", " + devices + (devices == 1 ? " device, " : " devices, ")
                + Diagnosis.capabilities(runtime).size() + " functions");
        line("  library " + runtime.library());
        for (int device = 0; device < devices; device++) {
            MemoryInfo memory = Diagnosis.memory(runtime.kind(), device);
            line("  device  " + device + ": " + mebibytes(memory.total()) + ", " + mebibytes(memory.free()) + " free");
        }
        KernelsFound kernels = KernelsFound.of(probe);
        line("  kernels " + (kernels.isAvailable() ? "available" : "not available: " + kernels.reason()));
    }

    private static String mebibytes(long bytes) {
        return (bytes >> 20) + " MiB";
    }

    private void describe(GpuInventory inventory) {
        if (!inventory.driverVersion().isEmpty()) {
            line("driver: for CUDA up to " + inventory.driverVersion());
        }
        if (!inventory.reason().isEmpty()) {
            line("GPUs: none: " + inventory.reason());
        }
        for (Gpu gpu : inventory.gpus()) {
            line("GPU " + gpu.index() + ": " + gpu.name() + ", compute capability " + gpu.computeCapability() + ", "
                    + mebibytes(gpu.totalBytes()) + ", at " + gpu.pciBusId() + ", " + peers(gpu));
        }
    }

    private static String peers(Gpu gpu) {
        return gpu.peers().isEmpty()
                ? "reaches no other"
                : "reaches "
                        + gpu.peers().stream()
                                .map(peer -> peer.index() + (peer.nativeAtomics() ? " (with atomics)" : ""))
                                .collect(Collectors.joining(", "));
    }

    private void describe(RasEndpoint ras) {
        line("RAS service: "
                + (ras.isAvailable()
                        ? "at " + ras.address() + ", protocol " + ras.protocol()
                        : "none: " + ras.reason()));
    }
}
