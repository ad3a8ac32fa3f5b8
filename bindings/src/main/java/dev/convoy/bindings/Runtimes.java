/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.bindings;

import dev.convoy.bindings.NativeRuntime.Kind;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Finds and opens runtimes. A runtime is opened once a process and never unloaded.
 *
 * <p>{@code -Dconvoy.runtime=auto|cuda|host} or the environment's {@code CONVOY_RUNTIME} says which one is wanted;
 * {@code -Dconvoy.nccl.library}, {@code -Dconvoy.cudart.library} and {@code -Dconvoy.host.library} name files.
 */
public final class Runtimes {
    private static final Map<Kind, RuntimeProbe> PROBES = new EnumMap<>(Kind.class);

    private Runtimes() {}

    /**
     * Looks for a runtime and opens it if it is there.
     *
     * @param kind which one
     * @return what was found; the same every time
     */
    public static RuntimeProbe probe(Kind kind) {
        synchronized (PROBES) {
            return PROBES.computeIfAbsent(kind, Runtimes::search);
        }
    }

    private static RuntimeProbe search(Kind kind) {
        Optional<String> objection = Platform.objection();
        if (objection.isPresent()) {
            return new RuntimeProbe(kind, Optional.empty(), objection.get(), List.of());
        }
        return switch (kind) {
            case CUDA -> new CudaSearch().probe();
            case HOST -> new HostSearch().probe();
        };
    }

    /**
     * Which runtime the property or the environment asks for.
     *
     * @return the runtime; empty for automatic choice
     * @throws IllegalArgumentException if the property or variable holds something else
     */
    public static Optional<Kind> configured() {
        String property = System.getProperty("convoy.runtime");
        String source = property == null ? "CONVOY_RUNTIME" : "-Dconvoy.runtime";
        String value = property == null ? System.getenv("CONVOY_RUNTIME") : property;
        if (value == null || value.isEmpty()) {
            return Optional.empty();
        }
        return switch (value.toLowerCase(Locale.ROOT)) {
            case "auto" -> Optional.empty();
            case "cuda" -> Optional.of(Kind.CUDA);
            case "host" -> Optional.of(Kind.HOST);
            default ->
                throw new IllegalArgumentException(source + " is '" + value + "'; it must be auto, cuda or host");
        };
    }
}
