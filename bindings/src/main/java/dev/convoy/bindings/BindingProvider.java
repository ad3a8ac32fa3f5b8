/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.bindings;

import java.nio.file.Path;
import java.util.Optional;

/** Another way to call the libraries than the JDK's own, found by {@link java.util.ServiceLoader}. */
public interface BindingProvider {
    /**
     * Which way it is.
     *
     * @return the way
     */
    Binding binding();

    /**
     * Loads NCCL and the CUDA runtime.
     *
     * @param host the host runtime, to be loaded in the place of both; empty for NVIDIA's libraries
     * @return their functions
     * @throws LibraryRefusedException with the reason, in one line
     */
    Tables open(Optional<Path> host) throws LibraryRefusedException;

    /**
     * Loads the CUDA driver.
     *
     * @return its functions
     * @throws LibraryRefusedException with the reason, in one line
     */
    CudaDriver openDriver() throws LibraryRefusedException;

    /**
     * What was loaded.
     *
     * @param nccl NCCL's functions
     * @param cuda the CUDA runtime's functions
     * @param library path of the library that holds NCCL's functions
     */
    record Tables(Nccl nccl, Cuda cuda, String library) {}
}
