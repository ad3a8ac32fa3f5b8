/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.bindings.ffm;

import dev.convoy.bindings.Cuda;
import dev.convoy.bindings.CudaFunction;
import dev.convoy.bindings.NativeMemory;
import java.lang.invoke.MethodHandle;

/** The CUDA runtime through the Foreign Function and Memory API; linked as {@link FfmNccl} is. */
record FfmCuda(
        FunctionTable table,
        MethodHandle setDeviceHandle,
        MethodHandle memcpyAsyncHandle,
        MethodHandle streamQueryHandle,
        MethodHandle eventRecordHandle,
        MethodHandle eventQueryHandle)
        implements Cuda, LinkedLibrary {
    static FfmCuda link(DynamicLibrary library) {
        FunctionTable table = new FunctionTable(library, CudaFunction.values());
        return new FfmCuda(
                table,
                table.link(CudaFunction.SET_DEVICE),
                table.link(CudaFunction.MEMCPY_ASYNC),
                table.link(CudaFunction.STREAM_QUERY),
                table.link(CudaFunction.EVENT_RECORD),
                table.link(CudaFunction.EVENT_QUERY));
    }

    @Override
    public int getDeviceCount(long value) {
        try {
            return (int) table.handle(CudaFunction.GET_DEVICE_COUNT).invokeExact(value);
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
            return (int) table.handle(CudaFunction.GET_DEVICE).invokeExact(value);
        } catch (Throwable e) {
            throw FunctionTable.unexpected(e);
        }
    }

    @Override
    public int deviceGetAttribute(long value, int attribute, int device) {
        try {
            return (int) table.handle(CudaFunction.DEVICE_GET_ATTRIBUTE).invokeExact(value, attribute, device);
        } catch (Throwable e) {
            throw FunctionTable.unexpected(e);
        }
    }

    @Override
    public int deviceGetPciBusId(long text, int length, int device) {
        try {
            return (int) table.handle(CudaFunction.DEVICE_GET_PCI_BUS_ID).invokeExact(text, length, device);
        } catch (Throwable e) {
            throw FunctionTable.unexpected(e);
        }
    }

    @Override
    public int deviceSynchronize() {
        try {
            return (int) table.handle(CudaFunction.DEVICE_SYNCHRONIZE).invokeExact();
        } catch (Throwable e) {
            throw FunctionTable.unexpected(e);
        }
    }

    @Override
    public int runtimeGetVersion(long version) {
        try {
            return (int) table.handle(CudaFunction.RUNTIME_GET_VERSION).invokeExact(version);
        } catch (Throwable e) {
            throw FunctionTable.unexpected(e);
        }
    }

    @Override
    public int driverGetVersion(long version) {
        try {
            return (int) table.handle(CudaFunction.DRIVER_GET_VERSION).invokeExact(version);
        } catch (Throwable e) {
            throw FunctionTable.unexpected(e);
        }
    }

    @Override
    public String getErrorString(int error) {
        try {
            return NativeMemory.text(
                    (long) table.handle(CudaFunction.GET_ERROR_STRING).invokeExact(error));
        } catch (Throwable e) {
            throw FunctionTable.unexpected(e);
        }
    }

    @Override
    public String getErrorName(int error) {
        try {
            return NativeMemory.text(
                    (long) table.handle(CudaFunction.GET_ERROR_NAME).invokeExact(error));
        } catch (Throwable e) {
            throw FunctionTable.unexpected(e);
        }
    }

    @Override
    public int getLastError() {
        try {
            return (int) table.handle(CudaFunction.GET_LAST_ERROR).invokeExact();
        } catch (Throwable e) {
            throw FunctionTable.unexpected(e);
        }
    }

    @Override
    public int peekAtLastError() {
        try {
            return (int) table.handle(CudaFunction.PEEK_AT_LAST_ERROR).invokeExact();
        } catch (Throwable e) {
            throw FunctionTable.unexpected(e);
        }
    }

    @Override
    public int memGetInfo(long free, long total) {
        try {
            return (int) table.handle(CudaFunction.MEM_GET_INFO).invokeExact(free, total);
        } catch (Throwable e) {
            throw FunctionTable.unexpected(e);
        }
    }

    @Override
    public int malloc(long pointer, long bytes) {
        try {
            return (int) table.handle(CudaFunction.MALLOC).invokeExact(pointer, bytes);
        } catch (Throwable e) {
            throw FunctionTable.unexpected(e);
        }
    }

    @Override
    public int free(long address) {
        try {
            return (int) table.handle(CudaFunction.FREE).invokeExact(address);
        } catch (Throwable e) {
            throw FunctionTable.unexpected(e);
        }
    }

    @Override
    public int hostAlloc(long pointer, long bytes, int flags) {
        try {
            return (int) table.handle(CudaFunction.HOST_ALLOC).invokeExact(pointer, bytes, flags);
        } catch (Throwable e) {
            throw FunctionTable.unexpected(e);
        }
    }

    @Override
    public int freeHost(long address) {
        try {
            return (int) table.handle(CudaFunction.FREE_HOST).invokeExact(address);
        } catch (Throwable e) {
            throw FunctionTable.unexpected(e);
        }
    }

    @Override
    public int pointerGetAttributes(long attributes, long address) {
        try {
            return (int) table.handle(CudaFunction.POINTER_GET_ATTRIBUTES).invokeExact(attributes, address);
        } catch (Throwable e) {
            throw FunctionTable.unexpected(e);
        }
    }

    @Override
    public int memcpy(long to, long from, long bytes, int kind) {
        try {
            return (int) table.handle(CudaFunction.MEMCPY).invokeExact(to, from, bytes, kind);
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
            return (int) table.handle(CudaFunction.MEMSET).invokeExact(address, fill, bytes);
        } catch (Throwable e) {
            throw FunctionTable.unexpected(e);
        }
    }

    @Override
    public int memsetAsync(long address, int fill, long bytes, long stream) {
        try {
            return (int) table.handle(CudaFunction.MEMSET_ASYNC).invokeExact(address, fill, bytes, stream);
        } catch (Throwable e) {
            throw FunctionTable.unexpected(e);
        }
    }

    @Override
    public int streamCreateWithFlags(long streamOut, int flags) {
        try {
            return (int) table.handle(CudaFunction.STREAM_CREATE_WITH_FLAGS).invokeExact(streamOut, flags);
        } catch (Throwable e) {
            throw FunctionTable.unexpected(e);
        }
    }

    @Override
    public int streamDestroy(long stream) {
        try {
            return (int) table.handle(CudaFunction.STREAM_DESTROY).invokeExact(stream);
        } catch (Throwable e) {
            throw FunctionTable.unexpected(e);
        }
    }

    @Override
    public int streamSynchronize(long stream) {
        try {
            return (int) table.handle(CudaFunction.STREAM_SYNCHRONIZE).invokeExact(stream);
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
            return (int) table.handle(CudaFunction.STREAM_WAIT_EVENT).invokeExact(stream, event, flags);
        } catch (Throwable e) {
            throw FunctionTable.unexpected(e);
        }
    }

    @Override
    public int launchHostFunc(long stream, long function, long userData) {
        try {
            return (int) table.handle(CudaFunction.LAUNCH_HOST_FUNC).invokeExact(stream, function, userData);
        } catch (Throwable e) {
            throw FunctionTable.unexpected(e);
        }
    }

    @Override
    public int eventCreateWithFlags(long eventOut, int flags) {
        try {
            return (int) table.handle(CudaFunction.EVENT_CREATE_WITH_FLAGS).invokeExact(eventOut, flags);
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
            return (int) table.handle(CudaFunction.EVENT_SYNCHRONIZE).invokeExact(event);
        } catch (Throwable e) {
            throw FunctionTable.unexpected(e);
        }
    }

    @Override
    public int eventElapsedTime(long milliseconds, long start, long end) {
        try {
            return (int) table.handle(CudaFunction.EVENT_ELAPSED_TIME).invokeExact(milliseconds, start, end);
        } catch (Throwable e) {
            throw FunctionTable.unexpected(e);
        }
    }

    @Override
    public int eventDestroy(long event) {
        try {
            return (int) table.handle(CudaFunction.EVENT_DESTROY).invokeExact(event);
        } catch (Throwable e) {
            throw FunctionTable.unexpected(e);
        }
    }

    @Override
    public int streamBeginCapture(long stream, int mode) {
        try {
            return (int) table.handle(CudaFunction.STREAM_BEGIN_CAPTURE).invokeExact(stream, mode);
        } catch (Throwable e) {
            throw FunctionTable.unexpected(e);
        }
    }

    @Override
    public int streamEndCapture(long stream, long graphOut) {
        try {
            return (int) table.handle(CudaFunction.STREAM_END_CAPTURE).invokeExact(stream, graphOut);
        } catch (Throwable e) {
            throw FunctionTable.unexpected(e);
        }
    }

    @Override
    public int graphInstantiateWithFlags(long executableOut, long graph, long flags) {
        try {
            return (int)
                    table.handle(CudaFunction.GRAPH_INSTANTIATE_WITH_FLAGS).invokeExact(executableOut, graph, flags);
        } catch (Throwable e) {
            throw FunctionTable.unexpected(e);
        }
    }

    @Override
    public int graphLaunch(long executable, long stream) {
        try {
            return (int) table.handle(CudaFunction.GRAPH_LAUNCH).invokeExact(executable, stream);
        } catch (Throwable e) {
            throw FunctionTable.unexpected(e);
        }
    }

    @Override
    public int graphExecDestroy(long executable) {
        try {
            return (int) table.handle(CudaFunction.GRAPH_EXEC_DESTROY).invokeExact(executable);
        } catch (Throwable e) {
            throw FunctionTable.unexpected(e);
        }
    }

    @Override
    public int graphDestroy(long graph) {
        try {
            return (int) table.handle(CudaFunction.GRAPH_DESTROY).invokeExact(graph);
        } catch (Throwable e) {
            throw FunctionTable.unexpected(e);
        }
    }
}
