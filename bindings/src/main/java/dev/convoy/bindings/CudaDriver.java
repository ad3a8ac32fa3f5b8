/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.bindings;

/**
 * The functions of the CUDA driver that Convoy uses, which are those that run a kernel: C names without their prefix,
 * addresses as {@code long}, statuses as they are. Nothing is checked here; all may be called from any thread.
 */
public interface CudaDriver extends NativeLibrary {
    /**
     * Starts the driver; every other function but the questions about version and errors needs it.
     *
     * @param flags 0
     * @return a {@code CUresult}
     */
    int init(int flags);

    /**
     * Reads the version of the driver.
     *
     * @param version address of an {@code int} that receives the version
     * @return a {@code CUresult}
     */
    int driverGetVersion(long version);

    /**
     * Names a status.
     *
     * @param error a {@code CUresult}
     * @param text address of a {@code const char*} that receives the name
     * @return a {@code CUresult}
     */
    int getErrorName(int error, long text);

    /**
     * Describes a status.
     *
     * @param error a {@code CUresult}
     * @param text address of a {@code const char*} that receives the text
     * @return a {@code CUresult}
     */
    int getErrorString(int error, long text);

    /**
     * Loads compiled kernels into the calling thread's context. The runtime makes that context with its first call that
     * needs one, such as {@code cudaFree(0)}.
     *
     * @param moduleOut address of a {@code CUmodule} that receives the module
     * @param image address of a cubin, a fatbin or PTX that ends with a zero
     * @return a {@code CUresult}
     */
    int moduleLoadData(long moduleOut, long image);

    /**
     * Unloads a module.
     *
     * @param module the module
     * @return a {@code CUresult}
     */
    int moduleUnload(long module);

    /**
     * Finds a kernel in a module.
     *
     * @param functionOut address of a {@code CUfunction} that receives the kernel
     * @param module the module
     * @param name address of its name, a C string
     * @return a {@code CUresult}
     */
    int moduleGetFunction(long functionOut, long module, long name);

    /**
     * Runs a kernel in the order of a stream.
     *
     * @param function the kernel
     * @param gridX blocks of the grid in x
     * @param gridY blocks of the grid in y
     * @param gridZ blocks of the grid in z
     * @param blockX threads of a block in x
     * @param blockY threads of a block in y
     * @param blockZ threads of a block in z
     * @param sharedBytes dynamic shared memory of a block in bytes
     * @param stream the stream
     * @param parameters address of the array of addresses of the arguments, or 0
     * @param extra address of the array of further options, or 0
     * @return a {@code CUresult}
     */
    int launchKernel(
            long function,
            int gridX,
            int gridY,
            int gridZ,
            int blockX,
            int blockY,
            int blockZ,
            int sharedBytes,
            long stream,
            long parameters,
            long extra);
}
