/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.bindings.ffm;

import dev.convoy.bindings.CudaDriver;
import dev.convoy.bindings.CudaDriverFunction;
import java.lang.invoke.MethodHandle;

/** The CUDA driver through the Foreign Function and Memory API; linked as {@link FfmNccl} is. */
record FfmCudaDriver(FunctionTable table, MethodHandle launchKernelHandle) implements CudaDriver, LinkedLibrary {
    static FfmCudaDriver link(DynamicLibrary library) {
        FunctionTable table = new FunctionTable(library, CudaDriverFunction.values());
        return new FfmCudaDriver(table, table.link(CudaDriverFunction.LAUNCH_KERNEL));
    }

    @Override
    public int init(int flags) {
        try {
            return (int) table.handle(CudaDriverFunction.INIT).invokeExact(flags);
        } catch (Throwable e) {
            throw FunctionTable.unexpected(e);
        }
    }

    @Override
    public int driverGetVersion(long version) {
        try {
            return (int) table.handle(CudaDriverFunction.DRIVER_GET_VERSION).invokeExact(version);
        } catch (Throwable e) {
            throw FunctionTable.unexpected(e);
        }
    }

    @Override
    public int getErrorName(int error, long text) {
        try {
            return (int) table.handle(CudaDriverFunction.GET_ERROR_NAME).invokeExact(error, text);
        } catch (Throwable e) {
            throw FunctionTable.unexpected(e);
        }
    }

    @Override
    public int getErrorString(int error, long text) {
        try {
            return (int) table.handle(CudaDriverFunction.GET_ERROR_STRING).invokeExact(error, text);
        } catch (Throwable e) {
            throw FunctionTable.unexpected(e);
        }
    }

    @Override
    public int moduleLoadData(long moduleOut, long image) {
        try {
            return (int) table.handle(CudaDriverFunction.MODULE_LOAD_DATA).invokeExact(moduleOut, image);
        } catch (Throwable e) {
            throw FunctionTable.unexpected(e);
        }
    }

    @Override
    public int moduleUnload(long module) {
        try {
            return (int) table.handle(CudaDriverFunction.MODULE_UNLOAD).invokeExact(module);
        } catch (Throwable e) {
            throw FunctionTable.unexpected(e);
        }
    }

    @Override
    public int moduleGetFunction(long functionOut, long module, long name) {
        try {
            return (int) table.handle(CudaDriverFunction.MODULE_GET_FUNCTION).invokeExact(functionOut, module, name);
        } catch (Throwable e) {
            throw FunctionTable.unexpected(e);
        }
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
        try {
            return (int) launchKernelHandle.invokeExact(
                    function, gridX, gridY, gridZ, blockX, blockY, blockZ, sharedBytes, stream, parameters, extra);
        } catch (Throwable e) {
            throw FunctionTable.unexpected(e);
        }
    }
}
