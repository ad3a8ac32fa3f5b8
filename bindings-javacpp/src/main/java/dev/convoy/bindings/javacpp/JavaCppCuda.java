/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.bindings.javacpp;

import dev.convoy.bindings.Cuda;
import dev.convoy.bindings.CudaFunction;
import dev.convoy.bindings.ffm.DynamicLibrary;
import org.bytedeco.cuda.global.cudart;

/** The CUDA runtime through JavaCPP. */
final class JavaCppCuda extends JavaCppLibrary implements Cuda {
    /** What the library answers to an address of 0 for a handle; JavaCPP always passes one of its own. */
    private static final int INVALID_VALUE = 1;

    JavaCppCuda(DynamicLibrary library) {
        super(library, CudaFunction.values(), 0);
    }

    @Override
    public int getDeviceCount(long value) {
        Arguments arguments = arguments(CudaFunction.GET_DEVICE_COUNT);
        return cudart.cudaGetDeviceCount(arguments.ints.at(value));
    }

    @Override
    public int setDevice(int device) {
        require(CudaFunction.SET_DEVICE);
        return cudart.cudaSetDevice(device);
    }

    @Override
    public int getDevice(long value) {
        Arguments arguments = arguments(CudaFunction.GET_DEVICE);
        return cudart.cudaGetDevice(arguments.ints.at(value));
    }

    @Override
    public int deviceGetAttribute(long value, int attribute, int device) {
        Arguments arguments = arguments(CudaFunction.DEVICE_GET_ATTRIBUTE);
        return cudart.cudaDeviceGetAttribute(arguments.ints.at(value), attribute, device);
    }

    @Override
    public int deviceGetPciBusId(long text, int length, int device) {
        Arguments arguments = arguments(CudaFunction.DEVICE_GET_PCI_BUS_ID);
        return cudart.cudaDeviceGetPCIBusId(arguments.bytes.at(text), length, device);
    }

    @Override
    public int deviceSynchronize() {
        require(CudaFunction.DEVICE_SYNCHRONIZE);
        return cudart.cudaDeviceSynchronize();
    }

    @Override
    public int runtimeGetVersion(long version) {
        Arguments arguments = arguments(CudaFunction.RUNTIME_GET_VERSION);
        return cudart.cudaRuntimeGetVersion(arguments.ints.at(version));
    }

    @Override
    public int driverGetVersion(long version) {
        Arguments arguments = arguments(CudaFunction.DRIVER_GET_VERSION);
        return cudart.cudaDriverGetVersion(arguments.ints.at(version));
    }

    @Override
    public String getErrorString(int error) {
        require(CudaFunction.GET_ERROR_STRING);
        return text(cudart.cudaGetErrorString(error));
    }

    @Override
    public String getErrorName(int error) {
        require(CudaFunction.GET_ERROR_NAME);
        return text(cudart.cudaGetErrorName(error));
    }

    @Override
    public int getLastError() {
        require(CudaFunction.GET_LAST_ERROR);
        return cudart.cudaGetLastError();
    }

    @Override
    public int peekAtLastError() {
        require(CudaFunction.PEEK_AT_LAST_ERROR);
        return cudart.cudaPeekAtLastError();
    }

    @Override
    public int memGetInfo(long free, long total) {
        Arguments arguments = arguments(CudaFunction.MEM_GET_INFO);
        return cudart.cudaMemGetInfo(arguments.size.at(free), arguments.total.at(total));
    }

    @Override
    public int malloc(long pointer, long bytes) {
        Arguments arguments = arguments(CudaFunction.MALLOC);
        return cudart.cudaMalloc(arguments.pointers.at(pointer), bytes);
    }

    @Override
    public int free(long address) {
        Arguments arguments = arguments(CudaFunction.FREE);
        return cudart.cudaFree(arguments.first.at(address));
    }

    @Override
    public int hostAlloc(long pointer, long bytes, int flags) {
        Arguments arguments = arguments(CudaFunction.HOST_ALLOC);
        return cudart.cudaHostAlloc(arguments.pointers.at(pointer), bytes, flags);
    }

    @Override
    public int freeHost(long address) {
        Arguments arguments = arguments(CudaFunction.FREE_HOST);
        return cudart.cudaFreeHost(arguments.first.at(address));
    }

    @Override
    public int pointerGetAttributes(long attributes, long address) {
        Arguments arguments = arguments(CudaFunction.POINTER_GET_ATTRIBUTES);
        return cudart.cudaPointerGetAttributes(arguments.attributes.at(attributes), arguments.first.at(address));
    }

    @Override
    public int memcpy(long to, long from, long bytes, int kind) {
        Arguments arguments = arguments(CudaFunction.MEMCPY);
        return cudart.cudaMemcpy(arguments.first.at(to), arguments.second.at(from), bytes, kind);
    }

    @Override
    public int memcpyAsync(long to, long from, long bytes, int kind, long stream) {
        Arguments arguments = arguments(CudaFunction.MEMCPY_ASYNC);
        return cudart.cudaMemcpyAsync(
                arguments.first.at(to), arguments.second.at(from), bytes, kind, arguments.stream.at(stream));
    }

    @Override
    public int memset(long address, int fill, long bytes) {
        Arguments arguments = arguments(CudaFunction.MEMSET);
        return cudart.cudaMemset(arguments.first.at(address), fill, bytes);
    }

    @Override
    public int memsetAsync(long address, int fill, long bytes, long stream) {
        Arguments arguments = arguments(CudaFunction.MEMSET_ASYNC);
        return cudart.cudaMemsetAsync(arguments.first.at(address), fill, bytes, arguments.stream.at(stream));
    }

    @Override
    public int streamCreateWithFlags(long streamOut, int flags) {
        if (streamOut == 0) {
            return INVALID_VALUE;
        }
        Arguments arguments = arguments(CudaFunction.STREAM_CREATE_WITH_FLAGS);
        int status = cudart.cudaStreamCreateWithFlags(arguments.stream.at(0), flags);
        return handedOver(status, arguments.stream, streamOut);
    }

    @Override
    public int streamDestroy(long stream) {
        Arguments arguments = arguments(CudaFunction.STREAM_DESTROY);
        return cudart.cudaStreamDestroy(arguments.stream.at(stream));
    }

    @Override
    public int streamSynchronize(long stream) {
        Arguments arguments = arguments(CudaFunction.STREAM_SYNCHRONIZE);
        return cudart.cudaStreamSynchronize(arguments.stream.at(stream));
    }

    @Override
    public int streamQuery(long stream) {
        Arguments arguments = arguments(CudaFunction.STREAM_QUERY);
        return cudart.cudaStreamQuery(arguments.stream.at(stream));
    }

    @Override
    public int streamWaitEvent(long stream, long event, int flags) {
        Arguments arguments = arguments(CudaFunction.STREAM_WAIT_EVENT);
        return cudart.cudaStreamWaitEvent(arguments.stream.at(stream), arguments.event.at(event), flags);
    }

    @Override
    public int launchHostFunc(long stream, long function, long userData) {
        Arguments arguments = arguments(CudaFunction.LAUNCH_HOST_FUNC);
        return cudart.cudaLaunchHostFunc(
                arguments.stream.at(stream), arguments.hostFunction(function), arguments.first.at(userData));
    }

    @Override
    public int eventCreateWithFlags(long eventOut, int flags) {
        if (eventOut == 0) {
            return INVALID_VALUE;
        }
        Arguments arguments = arguments(CudaFunction.EVENT_CREATE_WITH_FLAGS);
        int status = cudart.cudaEventCreateWithFlags(arguments.event.at(0), flags);
        return handedOver(status, arguments.event, eventOut);
    }

    @Override
    public int eventRecord(long event, long stream) {
        Arguments arguments = arguments(CudaFunction.EVENT_RECORD);
        return cudart.cudaEventRecord(arguments.event.at(event), arguments.stream.at(stream));
    }

    @Override
    public int eventQuery(long event) {
        Arguments arguments = arguments(CudaFunction.EVENT_QUERY);
        return cudart.cudaEventQuery(arguments.event.at(event));
    }

    @Override
    public int eventSynchronize(long event) {
        Arguments arguments = arguments(CudaFunction.EVENT_SYNCHRONIZE);
        return cudart.cudaEventSynchronize(arguments.event.at(event));
    }

    @Override
    public int eventElapsedTime(long milliseconds, long start, long end) {
        Arguments arguments = arguments(CudaFunction.EVENT_ELAPSED_TIME);
        return cudart.cudaEventElapsedTime(
                arguments.floats.at(milliseconds), arguments.event.at(start), arguments.end.at(end));
    }

    @Override
    public int eventDestroy(long event) {
        Arguments arguments = arguments(CudaFunction.EVENT_DESTROY);
        return cudart.cudaEventDestroy(arguments.event.at(event));
    }

    @Override
    public int streamBeginCapture(long stream, int mode) {
        Arguments arguments = arguments(CudaFunction.STREAM_BEGIN_CAPTURE);
        return cudart.cudaStreamBeginCapture(arguments.stream.at(stream), mode);
    }

    @Override
    public int streamEndCapture(long stream, long graphOut) {
        if (graphOut == 0) {
            return INVALID_VALUE;
        }
        Arguments arguments = arguments(CudaFunction.STREAM_END_CAPTURE);
        int status = cudart.cudaStreamEndCapture(arguments.stream.at(stream), arguments.graph.at(0));
        return handedOver(status, arguments.graph, graphOut);
    }

    @Override
    public int graphInstantiateWithFlags(long executableOut, long graph, long flags) {
        if (executableOut == 0) {
            return INVALID_VALUE;
        }
        Arguments arguments = arguments(CudaFunction.GRAPH_INSTANTIATE_WITH_FLAGS);
        int status = cudart.cudaGraphInstantiateWithFlags(arguments.executable.at(0), arguments.graph.at(graph), flags);
        return handedOver(status, arguments.executable, executableOut);
    }

    @Override
    public int graphLaunch(long executable, long stream) {
        Arguments arguments = arguments(CudaFunction.GRAPH_LAUNCH);
        return cudart.cudaGraphLaunch(arguments.executable.at(executable), arguments.stream.at(stream));
    }

    @Override
    public int graphExecDestroy(long executable) {
        Arguments arguments = arguments(CudaFunction.GRAPH_EXEC_DESTROY);
        return cudart.cudaGraphExecDestroy(arguments.executable.at(executable));
    }

    @Override
    public int graphDestroy(long graph) {
        Arguments arguments = arguments(CudaFunction.GRAPH_DESTROY);
        return cudart.cudaGraphDestroy(arguments.graph.at(graph));
    }

    @Override
    int version() {
        return read(this::runtimeGetVersion);
    }
}
