/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy;

import dev.convoy.bindings.CudaDriver;
import dev.convoy.bindings.NativeMemory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Kernels on a GPU, loaded into the device's primary context, which is the CUDA runtime's. */
final class CudaKernelLauncher implements KernelLauncher {
    private static final int BLOCK = 256;
    /** Enough to fill the largest GPU; a thread of a larger problem takes several elements. */
    private static final long MOST_BLOCKS = 4096;

    private final Device device;
    private final CudaDriver driver;
    private final long[] functions;

    /** Loads the kernels; the module stays for as long as the process. */
    CudaKernelLauncher(Device device, CudaDriver driver, byte[] image) {
        this.device = device;
        this.driver = driver;
        device.makeCurrent();
        check(driver.init(0), "cuInit");
        // Makes the context, if nothing else has yet.
        device.status().checkCuda(device.natives().cuda().free(0), "cudaFree");
        this.functions = load(image);
    }

    private long[] load(byte[] image) {
        NativeCells cells = NativeCells.ofThread();
        long[] found = new long[Kernel.values().length];
        try (Arena arena = Arena.ofConfined()) {
            // PTX ends with a zero; a fat binary does not mind.
            MemorySegment content = arena.allocate(image.length + 1L, Long.BYTES);
            MemorySegment.copy(MemorySegment.ofArray(image), 0, content, 0, image.length);
            check(driver.moduleLoadData(cells.first(), content.address()), "cuModuleLoadData");
            long module = cells.firstLong();
            for (Kernel kernel : Kernel.values()) {
                long name = arena.allocateFrom(kernel.function()).address();
                check(driver.moduleGetFunction(cells.first(), module, name), "cuModuleGetFunction");
                found[kernel.ordinal()] = cells.firstLong();
            }
        }
        return found;
    }

    @Override
    public void launch(Kernel kernel, KernelArguments arguments, long threads, Stream stream) {
        device.makeCurrent();
        int blocks = (int) Math.clamp(Math.ceilDiv(threads, BLOCK), 1, MOST_BLOCKS);
        int status = driver.launchKernel(
                functions[kernel.ordinal()], blocks, 1, 1, BLOCK, 1, 1, 0, stream.handle(), arguments.parameters(), 0);
        check(status, "cuLaunchKernel of " + kernel.function());
    }

    private void check(int status, String function) {
        if (status != Status.SUCCESS) {
            NativeCells cells = NativeCells.ofThread();
            cells.clear();
            driver.getErrorName(status, cells.first());
            driver.getErrorString(status, cells.second());
            String name = NativeMemory.text(cells.firstLong());
            throw new LibraryException(ErrorDetails.ofCall(
                    function,
                    status,
                    name.isEmpty() ? "CUresult " + status : name,
                    NativeMemory.text(cells.secondLong())));
        }
    }
}
