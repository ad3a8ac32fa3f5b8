/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.bindings;

import dev.convoy.bindings.NativeRuntime.Kind;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Finds and opens runtimes. A runtime is opened once a process and never unloaded.
 *
 * <p>{@code -Dconvoy.runtime=auto|cuda|host} or the environment's {@code CONVOY_RUNTIME} says which one is wanted;
 * {@code -Dconvoy.nccl.library}, {@code -Dconvoy.cudart.library}, {@code -Dconvoy.cuda.library},
 * {@code -Dconvoy.cublas.library} and {@code -Dconvoy.host.library} name files.
 * {@code -Dconvoy.bindings=auto|ffm|javacpp} or {@code CONVOY_BINDINGS} says by which way they are called;
 * automatically, it is FFM unless only JavaCPP finds NVIDIA's libraries.
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
        try {
            Optional<Binding> wanted = configuredBinding();
            if (wanted.equals(Optional.of(Binding.JAVACPP))) {
                return new ProvidedBinding().probe(kind);
            }
            RuntimeProbe found = kind == Kind.CUDA ? new CudaSearch().probe() : new HostSearch().probe();
            boolean isFinal =
                    wanted.isPresent() || kind == Kind.HOST || found.runtime().isPresent();
            return isFinal ? found : cudaByOtherWays(found);
        } catch (IllegalArgumentException e) {
            return new RuntimeProbe(kind, Optional.empty(), e.getMessage(), List.of());
        }
    }

    /** JavaCPP may know of libraries that the system's loader does not; without a driver, they are of no use. */
    private static RuntimeProbe cudaByOtherWays(RuntimeProbe found) {
        if (driver().driver().isEmpty() || !ProvidedBinding.isThere()) {
            return found;
        }
        RuntimeProbe other = new ProvidedBinding().probe(Kind.CUDA);
        List<RuntimeProbe.Attempt> attempts = new ArrayList<>(found.attempts());
        attempts.addAll(other.attempts());
        String reason = other.runtime().isPresent() ? "" : found.reason() + "; " + other.reason();
        return new RuntimeProbe(Kind.CUDA, other.runtime(), reason, attempts);
    }

    /**
     * Looks for the CUDA driver, whose functions are needed only to run kernels.
     *
     * @return what was found; the same every time
     */
    public static DriverProbe driver() {
        return Driver.PROBE;
    }

    /** Looked for when it is first asked for. */
    private static final class Driver {
        static final DriverProbe PROBE = search();

        private static DriverProbe search() {
            Optional<String> objection = Platform.objection();
            if (objection.isPresent()) {
                return new DriverProbe(Optional.empty(), objection.get(), List.of());
            }
            try {
                boolean provided = configuredBinding().equals(Optional.of(Binding.JAVACPP));
                return provided ? new ProvidedBinding().driver() : new DriverSearch().probe();
            } catch (IllegalArgumentException e) {
                return new DriverProbe(Optional.empty(), e.getMessage(), List.of());
            }
        }
    }

    /**
     * Looks for cuBLAS, which is always called through the Foreign Function and Memory API.
     *
     * @return what was found; the same every time
     */
    public static CublasProbe cublas() {
        return CublasOnce.PROBE;
    }

    /** Looked for when it is first asked for. */
    private static final class CublasOnce {
        static final CublasProbe PROBE = Platform.objection()
                .map(objection -> new CublasProbe(Optional.empty(), objection, List.of()))
                .orElseGet(() -> new CublasSearch().probe());
    }

    private static Optional<Binding> configuredBinding() {
        Setting setting = Setting.of("convoy.bindings", "CONVOY_BINDINGS");
        return switch (setting.value()) {
            case "", "auto" -> Optional.empty();
            case "ffm" -> Optional.of(Binding.FFM);
            case "javacpp" -> Optional.of(Binding.JAVACPP);
            default -> throw setting.wrong("auto, ffm or javacpp");
        };
    }

    /**
     * Which runtime the property or the environment asks for.
     *
     * @return the runtime; empty for automatic choice
     * @throws IllegalArgumentException if the property or variable holds something else
     */
    public static Optional<Kind> configured() {
        Setting setting = Setting.of("convoy.runtime", "CONVOY_RUNTIME");
        return switch (setting.value()) {
            case "", "auto" -> Optional.empty();
            case "cuda" -> Optional.of(Kind.CUDA);
            case "host" -> Optional.of(Kind.HOST);
            default -> throw setting.wrong("auto, cuda or host");
        };
    }

    /** What a property says or, without one, a variable of the environment. */
    private record Setting(String source, String text) {
        static Setting of(String property, String variable) {
            String value = System.getProperty(property);
            if (value != null) {
                return new Setting("-D" + property, value);
            }
            String inherited = System.getenv(variable);
            return new Setting(variable, inherited == null ? "" : inherited);
        }

        String value() {
            return text.toLowerCase(Locale.ROOT);
        }

        IllegalArgumentException wrong(String right) {
            return new IllegalArgumentException(source + " is '" + text + "'; it must be " + right);
        }
    }
}
