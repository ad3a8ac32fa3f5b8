/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.bindings;

import dev.convoy.bindings.NativeRuntime.Kind;
import dev.convoy.bindings.ffm.DynamicLibrary;
import dev.convoy.bindings.ffm.FfmLibraries;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Finds the host runtime: a file named by property, else the one that Convoy carries. */
final class HostSearch {
    private static final String PROPERTY = "convoy.host.library";
    private static final String LIBRARY = "libconvoy_host.so";

    private final LibrarySearch search = new LibrarySearch();

    RuntimeProbe probe() {
        Optional<DynamicLibrary> library =
                locate(search).flatMap(path -> search.firstOf(List.of(path.toString()), "ncclGetVersion"));
        if (library.isEmpty()) {
            return unavailable(search.refusals());
        }
        Nccl nccl = FfmLibraries.nccl(library.get());
        Cuda cuda = FfmLibraries.cuda(library.get());
        HostExtensions extensions = FfmLibraries.hostExtensions(library.get());
        if (!extensions.supports("convoyHostVersion")) {
            return unavailable(search.attempts().getLast().detail() + " is not Convoy's host runtime");
        }
        return LoadedVersion.check(nccl, cuda)
                .map(this::unavailable)
                .orElseGet(() -> available(new NativeRuntime(
                        Kind.HOST,
                        nccl,
                        cuda,
                        Optional.of(extensions),
                        search.attempts().getLast().detail(),
                        LoadedVersion.of(nccl),
                        LoadedVersion.deviceCount(cuda))));
    }

    /** The file, whether or not it is the host runtime; empty, and the reason noted, if there is none. */
    static Optional<Path> locate(LibrarySearch search) {
        String file = System.getProperty(PROPERTY);
        if (file != null) {
            return Optional.of(Path.of(file));
        }
        try {
            return Optional.of(NativeResources.library(LIBRARY));
        } catch (UncheckedIOException e) {
            search.refused(LIBRARY, e.getMessage());
            return Optional.empty();
        }
    }

    private RuntimeProbe available(NativeRuntime runtime) {
        return new RuntimeProbe(Kind.HOST, Optional.of(runtime), "", search.attempts());
    }

    private RuntimeProbe unavailable(String reason) {
        return new RuntimeProbe(Kind.HOST, Optional.empty(), reason, search.attempts());
    }
}
