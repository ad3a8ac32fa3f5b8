/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.bindings.ffm;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.convoy.bindings.Cuda;
import dev.convoy.bindings.NativeMemory;
import java.lang.invoke.MethodHandle;

/** The CUDA runtime through the Foreign Function and Memory API. */
record FfmCuda(
        FunctionTable table,
        MethodHandle getDeviceCountHandle,
        MethodHandle setDeviceHandle,
        MethodHandle getDeviceHandle,
        MethodHandle deviceGetAttributeHandle,
        MethodHandle deviceGetPciBusIdHandle,
        MethodHandle deviceSynchronizeHandle,
        MethodHandle runtimeGetVersionHandle,
        MethodHandle driverGetVersionHandle,
        MethodHandle getErrorStringHandle,
        MethodHandle getErrorNameHandle,
        MethodHandle getLastErrorHandle,
        MethodHandle peekAtLastErrorHandle,
        MethodHandle memGetInfoHandle,
        MethodHandle mallocHandle,
        MethodHandle freeHandle,
        MethodHandle hostAllocHandle,
        MethodHandle freeHostHandle,
        MethodHandle pointerGetAttributesHandle,
        MethodHandle memcpyHandle,
        MethodHandle memcpyAsyncHandle,
        MethodHandle memsetHandle,
        MethodHandle memsetAsyncHandle,
        MethodHandle streamCreateWithFlagsHandle,
        MethodHandle streamDestroyHandle,
        MethodHandle streamSynchronizeHandle,
        MethodHandle streamQueryHandle,
        MethodHandle streamWaitEventHandle,
        MethodHandle launchHostFuncHandle,
        MethodHandle eventCreateWithFlagsHandle,
        MethodHandle eventRecordHandle,
        MethodHandle eventQueryHandle,
        MethodHandle eventSynchronizeHandle,
        MethodHandle eventElapsedTimeHandle,
        MethodHandle eventDestroyHandle)
        implements Cuda, LinkedLibrary {
    static FfmCuda link(FunctionTable functions) {
        return new FfmCuda(
                functions,
                functions.status("cudaGetDeviceCount", JAVA_LONG),
                functions.status("cudaSetDevice", JAVA_INT),
                functions.status("cudaGetDevice", JAVA_LONG),
                functions.status("cudaDeviceGetAttribute", JAVA_LONG, JAVA_INT, JAVA_INT),
                functions.status("cudaDeviceGetPCIBusId", JAVA_LONG, JAVA_INT, JAVA_INT),
                functions.status("cudaDeviceSynchronize"),
                functions.status("cudaRuntimeGetVersion", JAVA_LONG),
                functions.status("cudaDriverGetVersion", JAVA_LONG),
                functions.text("cudaGetErrorString", JAVA_INT),
                functions.text("cudaGetErrorName", JAVA_INT),
                functions.status("cudaGetLastError"),
                functions.status("cudaPeekAtLastError"),
                functions.status("cudaMemGetInfo", JAVA_LONG, JAVA_LONG),
                functions.status("cudaMalloc", JAVA_LONG, JAVA_LONG),
                functions.status("cudaFree", JAVA_LONG),
                functions.status("cudaHostAlloc", JAVA_LONG, JAVA_LONG, JAVA_INT),
                functions.status("cudaFreeHost", JAVA_LONG),
                functions.status("cudaPointerGetAttributes", JAVA_LONG, JAVA_LONG),
                functions.status("cudaMemcpy", JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_INT),
                functions.status("cudaMemcpyAsync", JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_LONG),
                functions.status("cudaMemset", JAVA_LONG, JAVA_INT, JAVA_LONG),
                functions.status("cudaMemsetAsync", JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG),
                functions.status("cudaStreamCreateWithFlags", JAVA_LONG, JAVA_INT),
                functions.status("cudaStreamDestroy", JAVA_LONG),
                functions.status("cudaStreamSynchronize", JAVA_LONG),
                functions.status("cudaStreamQuery", JAVA_LONG),
                functions.status("cudaStreamWaitEvent", JAVA_LONG, JAVA_LONG, JAVA_INT),
                functions.status("cudaLaunchHostFunc", JAVA_LONG, JAVA_LONG, JAVA_LONG),
                functions.status("cudaEventCreateWithFlags", JAVA_LONG, JAVA_INT),
                functions.status("cudaEventRecord", JAVA_LONG, JAVA_LONG),
                functions.status("cudaEventQuery", JAVA_LONG),
                functions.status("cudaEventSynchronize", JAVA_LONG),
                functions.status("cudaEventElapsedTime", JAVA_LONG, JAVA_LONG, JAVA_LONG),
                functions.status("cudaEventDestroy", JAVA_LONG));
    }

    @Override
    public int getDeviceCount(long value) {
        try {
            return (int) getDeviceCountHandle.invokeExact(value);
        } catch (Throwable e) {
            throw FunctionTable.unexpected(e);
        }
    }

    @Override
    public int setDevice(int device) {
        try {
            return (int) setDeviceHandle.invokeExact(device);
        } catch (Throwable e) {
            throw FunctionTable.unexpected(e);
        }
    }

    @Override
    public int getDevice(long value) {
        try {
            return (int) getDeviceHandle.invokeExact(value);
        } catch (Throwable e) {
            throw FunctionTable.unexpected(e);
        }
    }

    @Override
    public int deviceGetAttribute(long value, int attribute, int device) {
        try {
            return (int) deviceGetAttributeHandle.invokeExact(value, attribute, device);
        } catch (Throwable e) {
            throw FunctionTable.unexpected(e);
        }
    }

    @Override
    public int deviceGetPciBusId(long text, int length, int device) {
        try {
            return (int) deviceGetPciBusIdHandle.invokeExact(text, length, device);
        } catch (Throwable e) {
            throw FunctionTable.unexpected(e);
        }
    }

    @Override
    public int deviceSynchronize() {
        try {
            return (int) deviceSynchronizeHandle.invokeExact();
        } catch (Throwable e) {
            throw FunctionTable.unexpected(e);
        }
    }

    @Override
    public int runtimeGetVersion(long version) {
        try {
            return (int) runtimeGetVersionHandle.invokeExact(version);
        } catch (Throwable e) {
            throw FunctionTable.unexpected(e);
        }
    }

    @Override
    public int driverGetVersion(long version) {
        try {
            return (int) driverGetVersionHandle.invokeExact(version);
        } catch (Throwable e) {
            throw FunctionTable.unexpected(e);
        }
    }

    @Override
    public String getErrorString(int error) {
        try {
            return NativeMemory.text((long) getErrorStringHandle.invokeExact(error));
        } catch (Throwable e) {
            throw FunctionTable.unexpected(e);
        }
    }

    @Override
    public String getErrorName(int error) {
        try {
            return NativeMemory.text((long) getErrorNameHandle.invokeExact(error));
        } catch (Throwable e) {
            throw FunctionTable.unexpected(e);
        }
    }

    @Override
    public int getLastError() {
        try {
            return (int) getLastErrorHandle.invokeExact();
        } catch (Throwable e) {
            throw FunctionTable.unexpected(e);
        }
    }

    @Override
    public int peekAtLastError() {
        try {
            return (int) peekAtLastErrorHandle.invokeExact();
        } catch (Throwable e) {
            throw FunctionTable.unexpected(e);
        }
    }

    @Override
    public int memGetInfo(long free, long total) {
        try {
            return (int) memGetInfoHandle.invokeExact(free, total);
        } catch (Throwable e) {
            throw FunctionTable.unexpected(e);
        }
    }

    @Override
    public int malloc(long pointer, long bytes) {
        try {
            return (int) mallocHandle.invokeExact(pointer, bytes);
        } catch (Throwable e) {
            throw FunctionTable.unexpected(e);
        }
    }

    @Override
    public int free(long address) {
        try {
            return (int) freeHandle.invokeExact(address);
        } catch (Throwable e) {
            throw FunctionTable.unexpected(e);
        }
    }

    @Override
    public int hostAlloc(long pointer, long bytes, int flags) {
        try {
            return (int) hostAllocHandle.invokeExact(pointer, bytes, flags);
        } catch (Throwable e) {
            throw FunctionTable.unexpected(e);
        }
    }

    @Override
    public int freeHost(long address) {
        try {
            return (int) freeHostHandle.invokeExact(address);
        } catch (Throwable e) {
            throw FunctionTable.unexpected(e);
        }
    }

    @Override
    public int pointerGetAttributes(long attributes, long address) {
        try {
            return (int) pointerGetAttributesHandle.invokeExact(attributes, address);
        } catch (Throwable e) {
            throw FunctionTable.unexpected(e);
        }
    }

    @Override
    public int memcpy(long to, long from, long bytes, int kind) {
        try {
            return (int) memcpyHandle.invokeExact(to, from, bytes, kind);
        } catch (Throwable e) {
            throw FunctionTable.unexpected(e);
        }
    }

    @Override
    public int memcpyAsync(long to, long from, long bytes, int kind, long stream) {
        try {
            return (int) memcpyAsyncHandle.invokeExact(to, from, bytes, kind, stream);
        } catch (Throwable e) {
            throw FunctionTable.unexpected(e);
        }
    }

    @Override
    public int memset(long address, int fill, long bytes) {
        try {
            return (int) memsetHandle.invokeExact(address, fill, bytes);
        } catch (Throwable e) {
            throw FunctionTable.unexpected(e);
        }
    }

    @Override
    public int memsetAsync(long address, int fill, long bytes, long stream) {
        try {
            return (int) memsetAsyncHandle.invokeExact(address, fill, bytes, stream);
        } catch (Throwable e) {
            throw FunctionTable.unexpected(e);
        }
    }

    @Override
    public int streamCreateWithFlags(long streamOut, int flags) {
        try {
            return (int) streamCreateWithFlagsHandle.invokeExact(streamOut, flags);
        } catch (Throwable e) {
            throw FunctionTable.unexpected(e);
        }
    }

    @Override
    public int streamDestroy(long stream) {
        try {
            return (int) streamDestroyHandle.invokeExact(stream);
        } catch (Throwable e) {
            throw FunctionTable.unexpected(e);
        }
    }

    @Override
    public int streamSynchronize(long stream) {
        try {
            return (int) streamSynchronizeHandle.invokeExact(stream);
        } catch (Throwable e) {
            throw FunctionTable.unexpected(e);
        }
    }

    @Override
    public int streamQuery(long stream) {
        try {
            return (int) streamQueryHandle.invokeExact(stream);
        } catch (Throwable e) {
            throw FunctionTable.unexpected(e);
        }
    }

    @Override
    public int streamWaitEvent(long stream, long event, int flags) {
        try {
            return (int) streamWaitEventHandle.invokeExact(stream, event, flags);
        } catch (Throwable e) {
            throw FunctionTable.unexpected(e);
        }
    }

    @Override
    public int launchHostFunc(long stream, long function, long userData) {
        try {
            return (int) launchHostFuncHandle.invokeExact(stream, function, userData);
        } catch (Throwable e) {
            throw FunctionTable.unexpected(e);
        }
    }

    @Override
    public int eventCreateWithFlags(long eventOut, int flags) {
        try {
            return (int) eventCreateWithFlagsHandle.invokeExact(eventOut, flags);
        } catch (Throwable e) {
            throw FunctionTable.unexpected(e);
        }
    }

    @Override
    public int eventRecord(long event, long stream) {
        try {
            return (int) eventRecordHandle.invokeExact(event, stream);
        } catch (Throwable e) {
            throw FunctionTable.unexpected(e);
        }
    }

    @Override
    public int eventQuery(long event) {
        try {
            return (int) eventQueryHandle.invokeExact(event);
        } catch (Throwable e) {
            throw FunctionTable.unexpected(e);
        }
    }

    @Override
    public int eventSynchronize(long event) {
        try {
            return (int) eventSynchronizeHandle.invokeExact(event);
        } catch (Throwable e) {
            throw FunctionTable.unexpected(e);
        }
    }

    @Override
    public int eventElapsedTime(long milliseconds, long start, long end) {
        try {
            return (int) eventElapsedTimeHandle.invokeExact(milliseconds, start, end);
        } catch (Throwable e) {
            throw FunctionTable.unexpected(e);
        }
    }

    @Override
    public int eventDestroy(long event) {
        try {
            return (int) eventDestroyHandle.invokeExact(event);
        } catch (Throwable e) {
            throw FunctionTable.unexpected(e);
        }
    }
}
