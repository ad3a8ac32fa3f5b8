/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.bindings;

import dev.convoy.bindings.ffm.DynamicLibrary;
import dev.convoy.bindings.ffm.FfmLibraries;
import java.util.List;
import java.util.Optional;

/** Finds cuBLAS where the system's loader does, or where a property says. */
final class CublasSearch {
    private static final String PROPERTY = "convoy.cublas.library";
    private static final List<String> NAMES = List.of("libcublas.so.13", "libcublas.so.12", "libcublas.so");

    private final LibrarySearch search = new LibrarySearch();

    CublasProbe probe() {
        String file = System.getProperty(PROPERTY);
        Optional<DynamicLibrary> library =
                search.firstOf(file == null ? NAMES : List.of(file), CublasFunction.SGEMM.symbol());
        return library.isEmpty()
                ? new CublasProbe(Optional.empty(), "no cuBLAS: " + search.refusals(), search.attempts())
                : new CublasProbe(library.map(FfmLibraries::cublas), "", search.attempts());
    }
}
