/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.bindings;

/**
 * The functions of the CUDA runtime that Convoy uses, one to one: C names without their prefix, addresses as
 * {@code long}, statuses as they are. Nothing is checked here; all may be called from any thread.
 */
public interface Cuda extends NativeLibrary {
    /**
     * Reads the number of devices.
     *
     * @param value address that receives the value
     * @return a {@code cudaError_t}
     */
    int getDeviceCount(long value);

    /**
     * Sets the device of the calling thread.
     *
     * @param device index of the device
     * @return a {@code cudaError_t}
     */
    int setDevice(int device);

    /**
     * Reads the device of the calling thread.
     *
     * @param value address that receives the value
     * @return a {@code cudaError_t}
     */
    int getDevice(long value);

    /**
     * Reads an attribute of a device.
     *
     * @param value address that receives the value
     * @param attribute a {@code cudaDeviceAttr}
     * @param device index of the device
     * @return a {@code cudaError_t}
     */
    int deviceGetAttribute(long value, int attribute, int device);

    /**
     * Reads the PCI address of a device.
     *
     * @param text address of the characters
     * @param length size of the text in bytes
     * @param device index of the device
     * @return a {@code cudaError_t}
     */
    int deviceGetPciBusId(long text, int length, int device);

    /**
     * Waits for all work of the current device, without a bound.
     *
     * @return a {@code cudaError_t}
     */
    int deviceSynchronize();

    /**
     * Reads the version of the runtime.
     *
     * @param version address of an {@code int} that receives the version
     * @return a {@code cudaError_t}
     */
    int runtimeGetVersion(long version);

    /**
     * Reads the version of the driver.
     *
     * @param version address of an {@code int} that receives the version
     * @return a {@code cudaError_t}
     */
    int driverGetVersion(long version);

    /**
     * Describes a status.
     *
     * @param error a {@code cudaError_t}
     * @return the text
     */
    String getErrorString(int error);

    /**
     * Names a status.
     *
     * @param error a {@code cudaError_t}
     * @return the text
     */
    String getErrorName(int error);

    /**
     * Reads and clears the last error of the calling thread.
     *
     * @return a {@code cudaError_t}
     */
    int getLastError();

    /**
     * Reads the last error of the calling thread.
     *
     * @return a {@code cudaError_t}
     */
    int peekAtLastError();

    /**
     * Reads how much memory the current device has.
     *
     * @param free address of a {@code size_t} that receives the free bytes
     * @param total address of a {@code size_t} that receives the total bytes
     * @return a {@code cudaError_t}
     */
    int memGetInfo(long free, long total);

    /**
     * Allocates device memory.
     *
     * @param pointer address of a {@code void*} that receives the address
     * @param bytes size in bytes
     * @return a {@code cudaError_t}
     */
    int malloc(long pointer, long bytes);

    /**
     * Frees device memory.
     *
     * @param address address of the memory
     * @return a {@code cudaError_t}
     */
    int free(long address);

    /**
     * Allocates pinned host memory.
     *
     * @param pointer address of a {@code void*} that receives the address
     * @param bytes size in bytes
     * @param flags flags
     * @return a {@code cudaError_t}
     */
    int hostAlloc(long pointer, long bytes, int flags);

    /**
     * Frees pinned host memory.
     *
     * @param address address of the memory
     * @return a {@code cudaError_t}
     */
    int freeHost(long address);

    /**
     * Tells what an address points to.
     *
     * @param attributes address of a {@code cudaPointerAttributes}
     * @param address address of the memory
     * @return a {@code cudaError_t}
     */
    int pointerGetAttributes(long attributes, long address);

    /**
     * Copies.
     *
     * @param to address of the destination
     * @param from address of the source
     * @param bytes size in bytes
     * @param kind a {@code cudaMemcpyKind}
     * @return a {@code cudaError_t}
     */
    int memcpy(long to, long from, long bytes, int kind);

    /**
     * Copies in the order of a stream.
     *
     * @param to address of the destination
     * @param from address of the source
     * @param bytes size in bytes
     * @param kind a {@code cudaMemcpyKind}
     * @param stream the stream
     * @return a {@code cudaError_t}
     */
    int memcpyAsync(long to, long from, long bytes, int kind, long stream);

    /**
     * Sets bytes.
     *
     * @param address address of the memory
     * @param fill the byte to set
     * @param bytes size in bytes
     * @return a {@code cudaError_t}
     */
    int memset(long address, int fill, long bytes);

    /**
     * Sets bytes in the order of a stream.
     *
     * @param address address of the memory
     * @param fill the byte to set
     * @param bytes size in bytes
     * @param stream the stream
     * @return a {@code cudaError_t}
     */
    int memsetAsync(long address, int fill, long bytes, long stream);

    /**
     * Makes a stream.
     *
     * @param streamOut address of a {@code cudaStream_t} that receives the stream
     * @param flags flags
     * @return a {@code cudaError_t}
     */
    int streamCreateWithFlags(long streamOut, int flags);

    /**
     * Frees a stream once its work is done.
     *
     * @param stream the stream
     * @return a {@code cudaError_t}
     */
    int streamDestroy(long stream);

    /**
     * Waits for a stream, without a bound.
     *
     * @param stream the stream
     * @return a {@code cudaError_t}
     */
    int streamSynchronize(long stream);

    /**
     * Tells whether a stream has work left.
     *
     * @param stream the stream
     * @return a {@code cudaError_t}
     */
    int streamQuery(long stream);

    /**
     * Makes later work of a stream wait for an event.
     *
     * @param stream the stream
     * @param event the event
     * @param flags flags
     * @return a {@code cudaError_t}
     */
    int streamWaitEvent(long stream, long event, int flags);

    /**
     * Calls a host function in the order of a stream.
     *
     * @param stream the stream
     * @param function address of the host function
     * @param userData argument of the host function
     * @return a {@code cudaError_t}
     */
    int launchHostFunc(long stream, long function, long userData);

    /**
     * Makes an event.
     *
     * @param eventOut address of a {@code cudaEvent_t} that receives the event
     * @param flags flags
     * @return a {@code cudaError_t}
     */
    int eventCreateWithFlags(long eventOut, int flags);

    /**
     * Captures the work of a stream in an event.
     *
     * @param event the event
     * @param stream the stream
     * @return a {@code cudaError_t}
     */
    int eventRecord(long event, long stream);

    /**
     * Tells whether the captured work is done.
     *
     * @param event the event
     * @return a {@code cudaError_t}
     */
    int eventQuery(long event);

    /**
     * Waits for the captured work, without a bound.
     *
     * @param event the event
     * @return a {@code cudaError_t}
     */
    int eventSynchronize(long event);

    /**
     * Reads the time between two events.
     *
     * @param milliseconds address of a {@code float} that receives the time
     * @param start the earlier event
     * @param end the later event
     * @return a {@code cudaError_t}
     */
    int eventElapsedTime(long milliseconds, long start, long end);

    /**
     * Frees an event.
     *
     * @param event the event
     * @return a {@code cudaError_t}
     */
    int eventDestroy(long event);

    /**
     * Begins to record what a stream is given, instead of doing it.
     *
     * @param stream the stream
     * @param mode a {@code cudaStreamCaptureMode}
     * @return a {@code cudaError_t}
     */
    int streamBeginCapture(long stream, int mode);

    /**
     * Ends the recording of a stream.
     *
     * @param stream the stream
     * @param graphOut address of a {@code cudaGraph_t} that receives what was recorded
     * @return a {@code cudaError_t}
     */
    int streamEndCapture(long stream, long graphOut);

    /**
     * Makes a graph ready to be launched. This function takes flags by this name since CUDA 11.4; what the shorter name
     * takes depends on the release.
     *
     * @param executableOut address of a {@code cudaGraphExec_t} that receives the executable graph
     * @param graph the graph
     * @param flags flags
     * @return a {@code cudaError_t}
     */
    int graphInstantiateWithFlags(long executableOut, long graph, long flags);

    /**
     * Does everything in a graph in the order of a stream.
     *
     * @param executable the executable graph
     * @param stream the stream
     * @return a {@code cudaError_t}
     */
    int graphLaunch(long executable, long stream);

    /**
     * Frees an executable graph.
     *
     * @param executable the executable graph
     * @return a {@code cudaError_t}
     */
    int graphExecDestroy(long executable);

    /**
     * Frees a graph.
     *
     * @param graph the graph
     * @return a {@code cudaError_t}
     */
    int graphDestroy(long graph);
}
