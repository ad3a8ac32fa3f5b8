/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.launcher.doctor;

import dev.convoy.ConvoyRuntime;
import dev.convoy.MemoryInfo;
import dev.convoy.RuntimeKind;
import dev.convoy.bindings.DevicesProbe;
import dev.convoy.bindings.NativeRuntime;
import dev.convoy.bindings.RuntimeProbe;
import dev.convoy.bindings.Runtimes;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/**
 * What {@code doctor} found.
 *
 * @param probes one for each kind of runtime
 * @param inventory the GPUs that the driver sees
 * @param ras the RAS service of a running job
 */
public record Diagnosis(List<RuntimeProbe> probes, GpuInventory inventory, RasEndpoint ras) {
    /** Copies the list. */
    public Diagnosis {
        probes = List.copyOf(probes);
    }

    /**
     * Looks at this machine.
     *
     * @return what it has
     */
    public static Diagnosis ofThisMachine() {
        List<RuntimeProbe> probes =
                Arrays.stream(NativeRuntime.Kind.values()).map(Runtimes::probe).toList();
        return new Diagnosis(probes, GpuInventory.of(DevicesProbe.search()), RasEndpoint.of(System.getenv()));
    }

    /**
     * Whether there is anything to run on.
     *
     * @return whether a runtime is available
     */
    public boolean anyRuntime() {
        return probes.stream().anyMatch(probe -> probe.runtime().isPresent());
    }

    static String name(RuntimeProbe probe) {
        return probe.kind().name().toLowerCase(Locale.ROOT);
    }

    static Set<String> capabilities(NativeRuntime runtime) {
        Set<String> functions = new TreeSet<>(runtime.nccl().functions());
        functions.addAll(runtime.cuda().functions());
        runtime.extensions().ifPresent(extensions -> functions.addAll(extensions.functions()));
        return functions;
    }

    static MemoryInfo memory(NativeRuntime.Kind kind, int device) {
        try (ConvoyRuntime runtime = ConvoyRuntime.open(RuntimeKind.valueOf(kind.name()))) {
            return runtime.device(device).memoryInfo();
        }
    }

    /** The version of the CUDA runtime that a runtime is or stands in for, such as {@code 13.0}. */
    static String cudaVersion(NativeRuntime runtime) {
        return CudaVersion.of(runtime.cuda());
    }
}
