/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.bindings;

import dev.convoy.bindings.ffm.DynamicLibrary;
import dev.convoy.bindings.ffm.FfmLibraries;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** {@link CallContract} by the Foreign Function and Memory API. */
class FfmCallTest extends CallContract {
    private CudaDevices devices;
    private Cublas cublas;

    @Override
    protected Tables open(Path file) throws LibraryRefusedException {
        DynamicLibrary library = DynamicLibrary.open(file.toString());
        devices = FfmLibraries.cudaDevices(library);
        cublas = FfmLibraries.cublas(library);
        return new Tables(
                FfmLibraries.nccl(library),
                FfmLibraries.cuda(library),
                FfmLibraries.cudaDriver(library),
                FfmLibraries.hostExtensions(library));
    }

    @TestFactory
    Stream<DynamicTest> deviceFunctionIsCalled() throws Exception {
        open();
        return calls(CudaDevices.class, devices, CudaDeviceFunction.values());
    }

    @TestFactory
    Stream<DynamicTest> cublasFunctionIsCalled() throws Exception {
        open();
        return calls(Cublas.class, cublas, CublasFunction.values());
    }

    @Override
    protected Binding binding() {
        return Binding.FFM;
    }

    @Override
    protected int newest() {
        return 2_30_07;
    }
}
