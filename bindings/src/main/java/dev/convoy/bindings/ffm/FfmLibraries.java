/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.bindings.ffm;

import dev.convoy.bindings.Cublas;
import dev.convoy.bindings.Cuda;
import dev.convoy.bindings.CudaDevices;
import dev.convoy.bindings.CudaDriver;
import dev.convoy.bindings.HostExtensions;
import dev.convoy.bindings.Nccl;

/** Function tables of opened libraries. */
public final class FfmLibraries {
    private FfmLibraries() {}

    /**
     * Links NCCL's functions.
     *
     * @param library the library that has them
     * @return the table
     */
    public static Nccl nccl(DynamicLibrary library) {
        return FfmNccl.link(library);
    }

    /**
     * Links the CUDA runtime's functions.
     *
     * @param library the library that has them
     * @return the table
     */
    public static Cuda cuda(DynamicLibrary library) {
        return FfmCuda.link(library);
    }

    /**
     * Links the host runtime's extensions.
     *
     * @param library the library that has them
     * @return the table
     */
    public static HostExtensions hostExtensions(DynamicLibrary library) {
        return FfmHostExtensions.link(library);
    }

    /**
     * Links the CUDA driver's functions that tell of devices.
     *
     * @param library the library that has them
     * @return the table
     */
    public static CudaDevices cudaDevices(DynamicLibrary library) {
        return FfmCudaDevices.link(library);
    }

    /**
     * Links cuBLAS's functions.
     *
     * @param library the library that has them
     * @return the table
     */
    public static Cublas cublas(DynamicLibrary library) {
        return FfmCublas.link(library);
    }

    /**
     * Links the CUDA driver's functions.
     *
     * @param library the library that has them
     * @return the table
     */
    public static CudaDriver cudaDriver(DynamicLibrary library) {
        return FfmCudaDriver.link(library);
    }
}
