/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.bindings;

import dev.convoy.bindings.NativeRuntime.Kind;
import dev.convoy.bindings.RuntimeProbe.Attempt;
import dev.convoy.bindings.ffm.DynamicLibrary;
import dev.convoy.bindings.ffm.FfmLibraries;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;

/** Opens libraries by the way that a {@link BindingProvider} offers, if there is one. */
final class ProvidedBinding {
    private static final String ABSENT =
            "JavaCPP's bindings are asked for, but convoy-bindings-javacpp is not on the module or class path";

    private final LibrarySearch search = new LibrarySearch();

    private static Optional<BindingProvider> provider() {
        return ServiceLoader.load(BindingProvider.class, ProvidedBinding.class.getClassLoader())
                .findFirst();
    }

    static boolean isThere() {
        return provider().isPresent();
    }

    RuntimeProbe probe(Kind kind) {
        Optional<BindingProvider> provider = provider();
        if (provider.isEmpty()) {
            return unavailable(kind, ABSENT);
        }
        try {
            return kind == Kind.HOST ? host(provider.get()) : cuda(provider.get());
        } catch (LibraryRefusedException e) {
            search.refused(provider.get().binding() + " bindings", e.getMessage());
            return unavailable(kind, e.getMessage());
        }
    }

    DriverProbe driver() {
        try {
            Optional<BindingProvider> provider = provider();
            if (provider.isEmpty()) {
                return new DriverProbe(Optional.empty(), ABSENT, List.of());
            }
            return new DriverProbe(Optional.of(provider.get().openDriver()), "", List.of());
        } catch (LibraryRefusedException e) {
            return new DriverProbe(Optional.empty(), e.getMessage(), List.of());
        }
    }

    private RuntimeProbe cuda(BindingProvider provider) throws LibraryRefusedException {
        // A file that is loaded already is taken by the name that it calls itself.
        for (String property : List.of("convoy.cudart.library", "convoy.nccl.library")) {
            String file = System.getProperty(property);
            if (file != null && search.firstOf(List.of(file), "").isEmpty()) {
                return unavailable(Kind.CUDA, search.refusals());
            }
        }
        return opened(Kind.CUDA, provider.open(Optional.empty()), Optional.empty());
    }

    private RuntimeProbe host(BindingProvider provider) throws LibraryRefusedException {
        Optional<Path> file = HostSearch.locate(search);
        if (file.isEmpty()) {
            return unavailable(Kind.HOST, search.refusals());
        }
        HostExtensions extensions =
                FfmLibraries.hostExtensions(DynamicLibrary.open(file.get().toString()));
        return opened(Kind.HOST, provider.open(file), Optional.of(extensions));
    }

    private RuntimeProbe opened(Kind kind, BindingProvider.Tables tables, Optional<HostExtensions> extensions) {
        Optional<String> objection = LoadedVersion.check(tables.nccl(), tables.cuda());
        if (objection.isPresent()) {
            return unavailable(kind, objection.get());
        }
        List<Attempt> attempts = new ArrayList<>(search.attempts());
        attempts.add(new Attempt(tables.nccl().binding() + " bindings", true, tables.library()));
        NativeRuntime runtime = new NativeRuntime(
                kind,
                tables.nccl(),
                tables.cuda(),
                extensions,
                tables.library(),
                LoadedVersion.of(tables.nccl()),
                LoadedVersion.deviceCount(tables.cuda()));
        return new RuntimeProbe(kind, Optional.of(runtime), "", attempts);
    }

    private RuntimeProbe unavailable(Kind kind, String reason) {
        return new RuntimeProbe(kind, Optional.empty(), reason, search.attempts());
    }
}
