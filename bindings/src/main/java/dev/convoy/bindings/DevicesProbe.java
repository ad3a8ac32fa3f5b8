/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.bindings;

import dev.convoy.bindings.ffm.DynamicLibrary;
import dev.convoy.bindings.ffm.FfmLibraries;
import java.util.List;
import java.util.Optional;

/**
 * What a search for somebody who knows the machine's GPUs found.
 *
 * @param devices the driver's functions; empty if it is not there
 * @param reason why it is not there, in one line; empty if it is
 */
public record DevicesProbe(Optional<CudaDevices> devices, String reason) {
    private static final String PROPERTY = "convoy.cuda.library";
    private static final String LIBRARY = "libcuda.so.1";

    /**
     * Looks for the CUDA driver where the system's loader does, or where the property {@code convoy.cuda.library} says.
     *
     * @return what was found
     */
    public static DevicesProbe search() {
        Optional<String> objection = Platform.objection();
        if (objection.isPresent()) {
            return new DevicesProbe(Optional.empty(), objection.get());
        }
        LibrarySearch search = new LibrarySearch();
        Optional<DynamicLibrary> library =
                search.firstOf(List.of(System.getProperty(PROPERTY, LIBRARY)), "cuDeviceGetCount");
        return library.isEmpty()
                ? new DevicesProbe(Optional.empty(), "no CUDA driver: " + search.refusals())
                : new DevicesProbe(library.map(FfmLibraries::cudaDevices), "");
    }
}
