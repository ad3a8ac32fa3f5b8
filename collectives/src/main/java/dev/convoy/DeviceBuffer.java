/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy;

import dev.convoy.bindings.Cuda;
import dev.convoy.bindings.NativeMemory;
import java.lang.foreign.MemorySegment;
import java.util.Objects;
import java.util.Optional;

/**
 * A row of elements in a device's memory, or in pinned host memory.
 *
 * <p>{@code copyFrom} and {@code copyTo} act at once and see no stream: whoever reads a result awaits its {@link Work}
 * before. The copies that take a stream keep its order. A buffer is freed by {@link #close()}, not by the garbage
 * collector; a use afterwards is refused. Closing never waits: while a communicator of the device has work under way,
 * the memory is kept until that is done or the communicator is aborted. With {@code -Dconvoy.trace=true} a refused use
 * shows where the buffer was made and where it was closed.
 *
 * <p>A buffer may be used by all threads; whoever closes it sees to it that no other thread is about to use it.
 */
public final class DeviceBuffer implements AutoCloseable {
    private static final int COPY_BY_ADDRESS = 4;

    private final Allocation allocation;
    private final DataType type;
    private final long count;
    private final long address;

    private DeviceBuffer(Allocation allocation, DataType type, long count, long address) {
        this.allocation = allocation;
        this.type = type;
        this.count = count;
        this.address = address;
    }

    static DeviceBuffer owning(Device device, MemoryKind kind, DataType type, long count, long address) {
        return new DeviceBuffer(Allocation.owning(device, kind, address), type, count, address);
    }

    static DeviceBuffer borrowing(Device device, MemoryKind kind, DataType type, long count, long address) {
        return new DeviceBuffer(Allocation.borrowing(device, kind, address), type, count, address);
    }

    /**
     * The device that it was allocated by.
     *
     * @return the device
     */
    public Device device() {
        return allocation.device();
    }

    /**
     * Where its memory is.
     *
     * @return on the device or on the host
     */
    public MemoryKind kind() {
        return allocation.kind();
    }

    /**
     * The type of its elements.
     *
     * @return the type
     */
    public DataType type() {
        return type;
    }

    /**
     * The number of its elements.
     *
     * @return 0 or more
     */
    public long count() {
        return count;
    }

    /**
     * Its size.
     *
     * @return bytes
     */
    public long bytes() {
        return count * type.bytes();
    }

    /**
     * Where it begins, for other libraries.
     *
     * @return the device address
     * @throws IllegalStateException if it is closed
     */
    public long address() {
        allocation.check(this);
        return address;
    }

    /**
     * A part of this buffer. It shares the memory, and is closed with the buffer that was allocated.
     *
     * @param offset index of the first element
     * @param length number of elements
     * @return the part; closing it does nothing
     * @throws IndexOutOfBoundsException if this buffer has no such part
     * @throws IllegalStateException if it is closed
     */
    public DeviceBuffer slice(long offset, long length) {
        allocation.check(this);
        Objects.checkFromIndexSize(offset, length, count);
        return new DeviceBuffer(allocation.shared(), type, length, address + offset * type.bytes());
    }

    /**
     * The memory itself, where the CPU can reach it: pinned memory, and all memory of the host runtime. It sees no
     * stream: await the work that writes to it.
     *
     * @return a native segment that dies with the buffer; empty for memory of a GPU
     * @throws IllegalStateException if it is closed
     */
    public Optional<MemorySegment> hostView() {
        allocation.check(this);
        return allocation.isHostAccessible()
                ? Optional.of(NativeMemory.view(address, bytes(), allocation.arena(this)))
                : Optional.empty();
    }

    /**
     * Copies an array to the beginning of this buffer, at once.
     *
     * @param source elements; not more than this buffer has
     * @throws IllegalArgumentException if this buffer's type is not a type of 1 byte, or it is too small
     * @throws IllegalStateException if this buffer is closed
     */
    public void copyFrom(byte[] source) {
        requireJavaType(byte.class);
        copyFrom(MemorySegment.ofArray(source));
    }

    /**
     * Copies the beginning of this buffer to an array, at once.
     *
     * @param target receives as many elements as it has; not more than this buffer has
     * @throws IllegalArgumentException if this buffer's type is not a type of 1 byte, or it is too small
     * @throws IllegalStateException if this buffer is closed
     */
    public void copyTo(byte[] target) {
        requireJavaType(byte.class);
        copyTo(MemorySegment.ofArray(target));
    }

    /**
     * Copies an array to the beginning of this buffer, at once.
     *
     * @param source elements; not more than this buffer has
     * @throws IllegalArgumentException if this buffer's type is not a type of 2 bytes, or it is too small
     * @throws IllegalStateException if this buffer is closed
     */
    public void copyFrom(short[] source) {
        requireJavaType(short.class);
        copyFrom(MemorySegment.ofArray(source));
    }

    /**
     * Copies the beginning of this buffer to an array, at once.
     *
     * @param target receives as many elements as it has; not more than this buffer has
     * @throws IllegalArgumentException if this buffer's type is not a type of 2 bytes, or it is too small
     * @throws IllegalStateException if this buffer is closed
     */
    public void copyTo(short[] target) {
        requireJavaType(short.class);
        copyTo(MemorySegment.ofArray(target));
    }

    /**
     * Copies an array to the beginning of this buffer, at once.
     *
     * @param source elements; not more than this buffer has
     * @throws IllegalArgumentException if this buffer's type is not a 32-bit integer type, or it is too small
     * @throws IllegalStateException if this buffer is closed
     */
    public void copyFrom(int[] source) {
        requireJavaType(int.class);
        copyFrom(MemorySegment.ofArray(source));
    }

    /**
     * Copies the beginning of this buffer to an array, at once.
     *
     * @param target receives as many elements as it has; not more than this buffer has
     * @throws IllegalArgumentException if this buffer's type is not a 32-bit integer type, or it is too small
     * @throws IllegalStateException if this buffer is closed
     */
    public void copyTo(int[] target) {
        requireJavaType(int.class);
        copyTo(MemorySegment.ofArray(target));
    }

    /**
     * Copies an array to the beginning of this buffer, at once.
     *
     * @param source elements; not more than this buffer has
     * @throws IllegalArgumentException if this buffer's type is not a 64-bit integer type, or it is too small
     * @throws IllegalStateException if this buffer is closed
     */
    public void copyFrom(long[] source) {
        requireJavaType(long.class);
        copyFrom(MemorySegment.ofArray(source));
    }

    /**
     * Copies the beginning of this buffer to an array, at once.
     *
     * @param target receives as many elements as it has; not more than this buffer has
     * @throws IllegalArgumentException if this buffer's type is not a 64-bit integer type, or it is too small
     * @throws IllegalStateException if this buffer is closed
     */
    public void copyTo(long[] target) {
        requireJavaType(long.class);
        copyTo(MemorySegment.ofArray(target));
    }

    /**
     * Copies an array to the beginning of this buffer, at once.
     *
     * @param source elements; not more than this buffer has
     * @throws IllegalArgumentException if this buffer's type is not {@link DataType#FLOAT32}, or it is too small
     * @throws IllegalStateException if this buffer is closed
     */
    public void copyFrom(float[] source) {
        requireJavaType(float.class);
        copyFrom(MemorySegment.ofArray(source));
    }

    /**
     * Copies the beginning of this buffer to an array, at once.
     *
     * @param target receives as many elements as it has; not more than this buffer has
     * @throws IllegalArgumentException if this buffer's type is not {@link DataType#FLOAT32}, or it is too small
     * @throws IllegalStateException if this buffer is closed
     */
    public void copyTo(float[] target) {
        requireJavaType(float.class);
        copyTo(MemorySegment.ofArray(target));
    }

    /**
     * Copies an array to the beginning of this buffer, at once.
     *
     * @param source elements; not more than this buffer has
     * @throws IllegalArgumentException if this buffer's type is not {@link DataType#FLOAT64}, or it is too small
     * @throws IllegalStateException if this buffer is closed
     */
    public void copyFrom(double[] source) {
        requireJavaType(double.class);
        copyFrom(MemorySegment.ofArray(source));
    }

    /**
     * Copies the beginning of this buffer to an array, at once.
     *
     * @param target receives as many elements as it has; not more than this buffer has
     * @throws IllegalArgumentException if this buffer's type is not {@link DataType#FLOAT64}, or it is too small
     * @throws IllegalStateException if this buffer is closed
     */
    public void copyTo(double[] target) {
        requireJavaType(double.class);
        copyTo(MemorySegment.ofArray(target));
    }

    /**
     * Copies bytes to the beginning of this buffer, at once.
     *
     * @param source memory on or off the Java heap; not larger than this buffer
     * @throws IllegalArgumentException if this buffer is too small
     * @throws IllegalStateException if this buffer is closed
     */
    public void copyFrom(MemorySegment source) {
        requireRoom(source.byteSize());
        if (allocation.isHostAccessible()) {
            NativeMemory.view(address(), source.byteSize()).copyFrom(source);
        } else {
            StagedCopy.toDevice(device(), address(), source);
        }
    }

    /**
     * Copies bytes from the beginning of this buffer, at once.
     *
     * @param target writable memory on or off the Java heap; not larger than this buffer
     * @throws IllegalArgumentException if this buffer is too small
     * @throws IllegalStateException if this buffer is closed
     */
    public void copyTo(MemorySegment target) {
        requireRoom(target.byteSize());
        if (allocation.isHostAccessible()) {
            target.copyFrom(NativeMemory.view(address(), target.byteSize()));
        } else {
            StagedCopy.toHost(device(), target, address());
        }
    }

    /**
     * Copies another buffer to the beginning of this one, in the order of a stream. They may be on device or host.
     *
     * @param source not larger than this buffer, of the same type
     * @param stream the order
     * @throws IllegalArgumentException if the types differ or this buffer is too small
     * @throws IllegalStateException if one of them is closed
     */
    public void copyFromAsync(DeviceBuffer source, Stream stream) {
        if (source.type != type) {
            throw new IllegalArgumentException("cannot copy " + source + " to " + this + ": the types differ");
        }
        requireRoom(source.bytes());
        copyAsync(address(), source.address(), source.bytes(), stream);
    }

    /**
     * Copies native memory to the beginning of this buffer, in the order of a stream. The memory must stay as it is
     * until then; pinned memory makes it asynchronous.
     *
     * @param source native memory, not larger than this buffer
     * @param stream the order
     * @throws IllegalArgumentException if it is on the Java heap, or this buffer is too small
     * @throws IllegalStateException if this buffer or the memory's arena is closed
     * @throws WrongThreadException if the memory belongs to another thread
     */
    public void copyFromAsync(MemorySegment source, Stream stream) {
        requireNative(source);
        requireRoom(source.byteSize());
        copyAsync(address(), source.address(), source.byteSize(), stream);
    }

    /**
     * Copies the beginning of this buffer to native memory, in the order of a stream. The memory must live until then;
     * pinned memory makes it asynchronous.
     *
     * @param target native memory, not larger than this buffer
     * @param stream the order
     * @throws IllegalArgumentException if it is on the Java heap or read-only, or this buffer is too small
     * @throws IllegalStateException if this buffer or the memory's arena is closed
     * @throws WrongThreadException if the memory belongs to another thread
     */
    public void copyToAsync(MemorySegment target, Stream stream) {
        requireNative(target);
        if (target.isReadOnly()) {
            throw new IllegalArgumentException(target + " is read-only");
        }
        requireRoom(target.byteSize());
        copyAsync(target.address(), address(), target.byteSize(), stream);
    }

    /**
     * Sets all bits to zero, in the order of a stream.
     *
     * @param stream the order
     * @throws IllegalStateException if this buffer is closed
     */
    public void zero(Stream stream) {
        fill((byte) 0, stream);
    }

    /**
     * Sets all bytes, in the order of a stream.
     *
     * @param value the byte
     * @param stream the order
     * @throws IllegalStateException if this buffer is closed
     */
    public void fill(byte value, Stream stream) {
        device().makeCurrent();
        int set = cuda().memsetAsync(address(), Byte.toUnsignedInt(value), bytes(), stream.handle());
        device().status().checkCuda(set, "cudaMemsetAsync");
    }

    /**
     * Frees the memory, and closes all slices; on a slice it does nothing. Later calls do nothing.
     *
     * @throws IllegalStateException if a {@link #hostView()} is in use by another thread, such as one that writes it to
     *     a channel, or if it has an open {@link Window} or {@link Registration}; the buffer is open still
     */
    @Override
    public void close() {
        allocation.close();
    }

    /** Something of the library points to the memory, which must not be freed before it. */
    void usedBy(LibraryObject user) {
        allocation.usedBy(user, this);
    }

    private void copyAsync(long to, long from, long bytes, Stream stream) {
        device().makeCurrent();
        int copied = cuda().memcpyAsync(to, from, bytes, COPY_BY_ADDRESS, stream.handle());
        device().status().checkCuda(copied, "cudaMemcpyAsync");
    }

    private Cuda cuda() {
        return device().natives().cuda();
    }

    private void requireJavaType(Class<?> javaType) {
        if (type.javaType() != javaType) {
            throw new IllegalArgumentException(this + " holds " + type.javaType() + " in Java, not " + javaType
                    + "; use " + type.javaType() + "[]");
        }
    }

    private void requireRoom(long wanted) {
        allocation.check(this);
        if (wanted > bytes()) {
            throw new IllegalArgumentException(wanted + " bytes do not fit " + this + " of " + bytes() + " bytes");
        }
    }

    /** The library gets an address only, so that nobody would notice later that there is nothing behind it. */
    private static void requireNative(MemorySegment segment) {
        if (!segment.isNative()) {
            throw new IllegalArgumentException("memory on the Java heap moves, so it cannot be copied asynchronously:"
                    + " use pinned memory, Arena.allocate, or the copy without a stream");
        }
        if (!segment.scope().isAlive()) {
            throw new IllegalStateException("the arena of " + segment + " is closed");
        }
        if (!segment.isAccessibleBy(Thread.currentThread())) {
            throw new WrongThreadException(segment + " belongs to another thread");
        }
    }

    @Override
    public String toString() {
        String place = kind() == MemoryKind.PINNED_HOST ? " pinned" : "";
        return "DeviceBuffer[" + count + " x " + type + place + " at 0x" + Long.toHexString(address) + "]";
    }
}
