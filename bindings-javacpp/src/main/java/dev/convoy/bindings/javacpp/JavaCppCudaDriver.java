/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.bindings.javacpp;

import dev.convoy.bindings.CudaDriver;
import dev.convoy.bindings.CudaDriverFunction;
import dev.convoy.bindings.ffm.DynamicLibrary;
import org.bytedeco.cuda.global.cudart;

/** The CUDA driver through JavaCPP. */
final class JavaCppCudaDriver extends JavaCppLibrary implements CudaDriver {
    /** What the library answers to an address of 0 for a handle; JavaCPP always passes one of its own. */
    private static final int INVALID_VALUE = 1;

    JavaCppCudaDriver(DynamicLibrary library) {
        super(library, CudaDriverFunction.values(), 0);
    }

    @Override
    public int init(int flags) {
        require(CudaDriverFunction.INIT);
        return cudart.cuInit(flags);
    }

    @Override
    public int driverGetVersion(long version) {
        Arguments arguments = arguments(CudaDriverFunction.DRIVER_GET_VERSION);
        return cudart.cuDriverGetVersion(arguments.ints.at(version));
    }

    @Override
    public int getErrorName(int error, long text) {
        Arguments arguments = arguments(CudaDriverFunction.GET_ERROR_NAME);
        return cudart.cuGetErrorName(error, arguments.pointers.at(text));
    }

    @Override
    public int getErrorString(int error, long text) {
        Arguments arguments = arguments(CudaDriverFunction.GET_ERROR_STRING);
        return cudart.cuGetErrorString(error, arguments.pointers.at(text));
    }

    @Override
    public int moduleLoadData(long moduleOut, long image) {
        if (moduleOut == 0) {
            return INVALID_VALUE;
        }
        Arguments arguments = arguments(CudaDriverFunction.MODULE_LOAD_DATA);
        int status = cudart.cuModuleLoadData(arguments.module.at(0), arguments.first.at(image));
        return handedOver(status, arguments.module, moduleOut);
    }

    @Override
    public int moduleUnload(long module) {
        Arguments arguments = arguments(CudaDriverFunction.MODULE_UNLOAD);
        return cudart.cuModuleUnload(arguments.module.at(module));
    }

    @Override
    public int moduleGetFunction(long functionOut, long module, long name) {
        if (functionOut == 0) {
            return INVALID_VALUE;
        }
        Arguments arguments = arguments(CudaDriverFunction.MODULE_GET_FUNCTION);
        int status = cudart.cuModuleGetFunction(
                arguments.function.at(0), arguments.module.at(module), arguments.bytes.at(name));
        return handedOver(status, arguments.function, functionOut);
    }

    @Override
    public int launchKernel(
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
            long extra) {
        Arguments arguments = arguments(CudaDriverFunction.LAUNCH_KERNEL);
        return cudart.cuLaunchKernel(
                arguments.function.at(function),
                gridX,
                gridY,
                gridZ,
                blockX,
                blockY,
                blockZ,
                sharedBytes,
                arguments.stream.at(stream),
                arguments.pointers.at(parameters),
                arguments.extra.at(extra));
    }

    @Override
    int version() {
        return read(this::driverGetVersion);
    }
}
