/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.bindings;

import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;

/** The functions of the CUDA runtime that are bound; every version that can be opened has those that are no graph's. */
public enum CudaFunction implements NativeFunction {
    /** {@code cudaGetDeviceCount}. */
    GET_DEVICE_COUNT("cudaGetDeviceCount", "(L)I"),
    /** {@code cudaSetDevice}. */
    SET_DEVICE("cudaSetDevice", "(I)I"),
    /** {@code cudaGetDevice}. */
    GET_DEVICE("cudaGetDevice", "(L)I"),
    /** {@code cudaDeviceGetAttribute}. */
    DEVICE_GET_ATTRIBUTE("cudaDeviceGetAttribute", "(LII)I"),
    /** {@code cudaDeviceGetPCIBusId}. */
    DEVICE_GET_PCI_BUS_ID("cudaDeviceGetPCIBusId", "(LII)I"),
    /** {@code cudaDeviceSynchronize}. */
    DEVICE_SYNCHRONIZE("cudaDeviceSynchronize", "()I"),
    /** {@code cudaRuntimeGetVersion}. */
    RUNTIME_GET_VERSION("cudaRuntimeGetVersion", "(L)I"),
    /** {@code cudaDriverGetVersion}. */
    DRIVER_GET_VERSION("cudaDriverGetVersion", "(L)I"),
    /** {@code cudaGetErrorString}. */
    GET_ERROR_STRING("cudaGetErrorString", "(I)T"),
    /** {@code cudaGetErrorName}. */
    GET_ERROR_NAME("cudaGetErrorName", "(I)T"),
    /** {@code cudaGetLastError}. */
    GET_LAST_ERROR("cudaGetLastError", "()I"),
    /** {@code cudaPeekAtLastError}. */
    PEEK_AT_LAST_ERROR("cudaPeekAtLastError", "()I"),
    /** {@code cudaMemGetInfo}. */
    MEM_GET_INFO("cudaMemGetInfo", "(LL)I"),
    /** {@code cudaMalloc}. */
    MALLOC("cudaMalloc", "(LL)I"),
    /** {@code cudaFree}. */
    FREE("cudaFree", "(L)I"),
    /** {@code cudaHostAlloc}. */
    HOST_ALLOC("cudaHostAlloc", "(LLI)I"),
    /** {@code cudaFreeHost}. */
    FREE_HOST("cudaFreeHost", "(L)I"),
    /** {@code cudaPointerGetAttributes}. */
    POINTER_GET_ATTRIBUTES("cudaPointerGetAttributes", "(LL)I"),
    /** {@code cudaMemcpy}. */
    MEMCPY("cudaMemcpy", "(LLLI)I"),
    /** {@code cudaMemcpyAsync}. */
    MEMCPY_ASYNC("cudaMemcpyAsync", "(LLLIL)I"),
    /** {@code cudaMemset}. */
    MEMSET("cudaMemset", "(LIL)I"),
    /** {@code cudaMemsetAsync}. */
    MEMSET_ASYNC("cudaMemsetAsync", "(LILL)I"),
    /** {@code cudaStreamCreateWithFlags}. */
    STREAM_CREATE_WITH_FLAGS("cudaStreamCreateWithFlags", "(LI)I"),
    /** {@code cudaStreamDestroy}. */
    STREAM_DESTROY("cudaStreamDestroy", "(L)I"),
    /** {@code cudaStreamSynchronize}. */
    STREAM_SYNCHRONIZE("cudaStreamSynchronize", "(L)I"),
    /** {@code cudaStreamQuery}. */
    STREAM_QUERY("cudaStreamQuery", "(L)I"),
    /** {@code cudaStreamWaitEvent}. */
    STREAM_WAIT_EVENT("cudaStreamWaitEvent", "(LLI)I"),
    /** {@code cudaLaunchHostFunc}. */
    LAUNCH_HOST_FUNC("cudaLaunchHostFunc", "(LLL)I"),
    /** {@code cudaEventCreateWithFlags}. */
    EVENT_CREATE_WITH_FLAGS("cudaEventCreateWithFlags", "(LI)I"),
    /** {@code cudaEventRecord}. */
    EVENT_RECORD("cudaEventRecord", "(LL)I"),
    /** {@code cudaEventQuery}. */
    EVENT_QUERY("cudaEventQuery", "(L)I"),
    /** {@code cudaEventSynchronize}. */
    EVENT_SYNCHRONIZE("cudaEventSynchronize", "(L)I"),
    /** {@code cudaEventElapsedTime}. */
    EVENT_ELAPSED_TIME("cudaEventElapsedTime", "(LLL)I"),
    /** {@code cudaEventDestroy}. */
    EVENT_DESTROY("cudaEventDestroy", "(L)I"),
    /** {@code cudaStreamBeginCapture}. */
    STREAM_BEGIN_CAPTURE("cudaStreamBeginCapture", "(LI)I"),
    /** {@code cudaStreamEndCapture}. */
    STREAM_END_CAPTURE("cudaStreamEndCapture", "(LL)I"),
    /** {@code cudaGraphInstantiateWithFlags}. */
    GRAPH_INSTANTIATE_WITH_FLAGS("cudaGraphInstantiateWithFlags", "(LLL)I"),
    /** {@code cudaGraphLaunch}. */
    GRAPH_LAUNCH("cudaGraphLaunch", "(LL)I"),
    /** {@code cudaGraphExecDestroy}. */
    GRAPH_EXEC_DESTROY("cudaGraphExecDestroy", "(L)I"),
    /** {@code cudaGraphDestroy}. */
    GRAPH_DESTROY("cudaGraphDestroy", "(L)I");

    /** What a graph needs; the host runtime has no graphs. */
    public static final Set<CudaFunction> GRAPHS =
            Collections.unmodifiableSet(EnumSet.range(STREAM_BEGIN_CAPTURE, GRAPH_DESTROY));

    private final Prototype prototype;

    CudaFunction(String symbol, String signature) {
        prototype = new Prototype(symbol, 0, signature);
    }

    @Override
    public Origin origin() {
        return Origin.CUDA_RUNTIME;
    }

    @Override
    public Prototype prototype() {
        return prototype;
    }
}
