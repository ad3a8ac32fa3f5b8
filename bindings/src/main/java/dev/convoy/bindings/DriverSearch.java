/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.bindings;

import dev.convoy.bindings.ffm.DynamicLibrary;
import dev.convoy.bindings.ffm.FfmLibraries;
import java.util.List;
import java.util.Optional;

/** Finds the CUDA driver where the system's loader does, or where a property says. */
final class DriverSearch {
    private static final String PROPERTY = "convoy.cuda.library";
    private static final String LIBRARY = "libcuda.so.1";

    private final LibrarySearch search = new LibrarySearch();

    DriverProbe probe() {
        Optional<DynamicLibrary> library =
                search.firstOf(List.of(System.getProperty(PROPERTY, LIBRARY)), "cuDriverGetVersion");
        return library.isEmpty()
                ? new DriverProbe(Optional.empty(), "no CUDA driver: " + search.refusals(), search.attempts())
                : new DriverProbe(library.map(FfmLibraries::cudaDriver), "", search.attempts());
    }
}
