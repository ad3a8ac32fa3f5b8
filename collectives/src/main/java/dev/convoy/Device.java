/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy;

import dev.convoy.bindings.NativeRuntime;
import dev.convoy.bindings.NativeRuntime.Kind;
import java.time.Duration;
import java.util.Objects;

/** A device: a GPU, or on the host runtime the CPU. May be used by all threads. */
public final class Device {
    private static final int NON_BLOCKING_STREAM = 1;
    private static final int DEFAULT = 0;
    private static final Duration RECLAIM_PATIENCE = Duration.ofSeconds(1);

    private final ConvoyRuntime runtime;
    private final NativeRuntime natives;
    private final int index;
    private final Reclaimer reclaimer = new Reclaimer(this);
    private final EventPool workEvents = new EventPool(this);
    private DeviceKernels kernels;

    Device(ConvoyRuntime runtime, int index) {
        this.runtime = runtime;
        this.natives = runtime.natives();
        this.index = index;
    }

    /**
     * The runtime that it belongs to.
     *
     * @return the runtime
     */
    public ConvoyRuntime runtime() {
        return runtime;
    }

    /**
     * Its number.
     *
     * @return from 0
     */
    public int index() {
        return index;
    }

    /**
     * Allocates device memory. Its content is undefined.
     *
     * @param type type of the elements
     * @param count number of elements; may be 0
     * @return the buffer, to be closed
     * @throws OutOfDeviceMemoryException if there is not so much
     * @throws IllegalArgumentException if the count is negative or too large for any memory
     */
    public DeviceBuffer allocate(DataType type, long count) {
        return allocate(type, count, MemoryKind.DEVICE);
    }

    /**
     * Allocates page-locked host memory, from and to which asynchronous copies run beside other work. Its content is
     * undefined.
     *
     * @param type type of the elements
     * @param count number of elements; may be 0
     * @return the buffer, to be closed
     * @throws OutOfDeviceMemoryException if there is not so much
     * @throws IllegalArgumentException if the count is negative or too large for any memory
     */
    public DeviceBuffer allocatePinned(DataType type, long count) {
        return allocate(type, count, MemoryKind.PINNED_HOST);
    }

    /**
     * Allocates device memory that NCCL can map into peers, as a {@link Window} and the fast paths of a
     * {@link Registration} need. Its content is undefined.
     *
     * @param type type of the elements
     * @param count number of elements; may be 0
     * @return the buffer, to be closed
     * @throws OutOfDeviceMemoryException if there is not so much
     * @throws IllegalArgumentException if the count is negative or too large for any memory
     * @throws UnsupportedOperationException if the library is older; see {@link Capability#REGISTRATION}
     */
    public DeviceBuffer allocateShareable(DataType type, long count) {
        Arguments.supported(Capability.REGISTRATION, runtime);
        return allocate(type, count, MemoryKind.SHAREABLE);
    }

    /**
     * Makes a buffer of memory that something else owns, such as a tensor of a framework: nothing is copied. The owner
     * keeps the memory until all work on the buffer is done.
     *
     * @param type type of the elements
     * @param count number of elements; that there are so many is for the caller to know
     * @param address where they begin: memory of this device or page-locked memory, known to this process's CUDA
     *     runtime
     * @return the buffer; closing it ends its use and frees nothing
     * @throws IllegalArgumentException if the address is not one of such memory, or the count is negative or too large
     */
    public DeviceBuffer wrap(DataType type, long count, long address) {
        requireCount(type, count);
        MemoryKind kind = address == 0 && count == 0 ? MemoryKind.DEVICE : PointerKind.of(this, address);
        return DeviceBuffer.borrowing(this, kind, type, count, address);
    }

    private static void requireCount(DataType type, long count) {
        Objects.requireNonNull(type, "type");
        if (count < 0 || count > Long.MAX_VALUE / type.bytes()) {
            throw new IllegalArgumentException("there is no room for " + count + " elements of " + type);
        }
    }

    private DeviceBuffer allocate(DataType type, long count, MemoryKind kind) {
        requireCount(type, count);
        reclaimer.reclaim();
        makeCurrent();
        NativeCells cells = NativeCells.ofThread();
        cells.clear();
        long bytes = count * type.bytes();
        int allocated = allocateNative(kind, cells.first(), bytes);
        if (allocated == Status.CUDA_OUT_OF_MEMORY && reclaimer.reclaimWithin(RECLAIM_PATIENCE)) {
            natives.cuda().getLastError();
            allocated = allocateNative(kind, cells.first(), bytes);
        }
        checkAllocation(kind, allocated, bytes);
        return DeviceBuffer.owning(this, kind, type, count, cells.firstLong());
    }

    private int allocateNative(MemoryKind kind, long out, long bytes) {
        return switch (kind) {
            case DEVICE -> natives.cuda().malloc(out, bytes);
            case PINNED_HOST -> natives.cuda().hostAlloc(out, bytes, DEFAULT);
            case SHAREABLE -> cudaStatus(natives.nccl().memAlloc(out, bytes));
        };
    }

    /** NCCL only says that CUDA failed, and CUDA with what. */
    private int cudaStatus(int allocated) {
        int cause = allocated == Status.NCCL_CUDA_ERROR ? natives.cuda().getLastError() : Status.SUCCESS;
        if (cause == Status.SUCCESS) {
            status().checkNccl(allocated, "ncclMemAlloc");
        }
        return cause;
    }

    private void checkAllocation(MemoryKind kind, int allocated, long bytes) {
        String function = switch (kind) {
            case DEVICE -> "cudaMalloc";
            case PINNED_HOST -> "cudaHostAlloc";
            case SHAREABLE -> "ncclMemAlloc";
        };
        status().checkAllocation(allocated, function, bytes);
    }

    /**
     * Makes a stream. It is independent of CUDA's legacy default stream.
     *
     * @return the stream, to be closed
     */
    public Stream newStream() {
        makeCurrent();
        NativeCells cells = NativeCells.ofThread();
        int made = natives.cuda().streamCreateWithFlags(cells.first(), NON_BLOCKING_STREAM);
        status().checkCuda(made, "cudaStreamCreateWithFlags");
        return new Stream(this, cells.firstLong(), true);
    }

    /**
     * Makes a stream of one that something else owns, so that collectives keep the order of a framework's own work.
     *
     * @param handle a living {@code cudaStream_t} of this device, made by this process's CUDA runtime; 0 is the legacy
     *     default stream
     * @return the stream; closing it ends its use and destroys nothing
     */
    public Stream wrapStream(long handle) {
        return new Stream(this, handle, false);
    }

    /**
     * Makes an event, with a clock.
     *
     * @return the event, to be closed
     */
    public Event newEvent() {
        return newEvent(DEFAULT);
    }

    Event newEvent(int flags) {
        makeCurrent();
        NativeCells cells = NativeCells.ofThread();
        status().checkCuda(natives.cuda().eventCreateWithFlags(cells.first(), flags), "cudaEventCreateWithFlags");
        return new Event(this, cells.firstLong());
    }

    /**
     * Reads how much memory there is.
     *
     * @return free and total bytes
     */
    public MemoryInfo memoryInfo() {
        makeCurrent();
        NativeCells cells = NativeCells.ofThread();
        status().checkCuda(natives.cuda().memGetInfo(cells.first(), cells.second()), "cudaMemGetInfo");
        return new MemoryInfo(cells.firstLong(), cells.secondLong());
    }

    /**
     * Waits until everything that streams were given before is done, within a bound.
     *
     * @param deadline the bound
     * @throws DeviceTimeoutException if it takes longer
     */
    public void synchronize(Duration deadline) {
        // An event on the legacy default stream does not see our non-blocking streams, and cudaDeviceSynchronize has no
        // bound; so it runs in a thread that may be left behind.
        BoundedCall.run(this::synchronizeUnbounded, toString(), deadline);
    }

    private void synchronizeUnbounded() {
        makeCurrent();
        status().checkCuda(natives.cuda().deviceSynchronize(), "cudaDeviceSynchronize");
    }

    /**
     * What can be done with buffers beside collectives. On a GPU that needs the jar {@code convoy-native} with the
     * classifier {@code cuda}; the first call loads it into the device.
     *
     * @return the kernels, one object a device
     * @throws KernelsUnavailableException if the jar, the driver or a function is missing; the message says which
     * @throws LibraryException if the driver refuses the kernels
     */
    public synchronized DeviceKernels kernels() {
        if (kernels == null) {
            kernels = new DeviceKernels(
                    this,
                    natives.kind() == Kind.HOST
                            ? new HostKernelLauncher(this, natives.extensions().orElseThrow())
                            : CudaKernels.load(this));
        }
        return kernels;
    }

    /** Calls of the CUDA runtime concern the calling thread's device; with one device that is always right. */
    void makeCurrent() {
        if (natives.deviceCount() > 1) {
            status().checkCuda(natives.cuda().setDevice(index), "cudaSetDevice");
        }
    }

    /** Events for the ends of operations. */
    EventPool workEvents() {
        return workEvents;
    }

    Reclaimer reclaimer() {
        return reclaimer;
    }

    Status status() {
        return runtime.status();
    }

    NativeRuntime natives() {
        return natives;
    }

    @Override
    public String toString() {
        return "Device[" + runtime.kind() + " " + index + "]";
    }
}
