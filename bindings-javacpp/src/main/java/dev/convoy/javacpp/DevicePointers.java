/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.javacpp;

import dev.convoy.DataType;
import dev.convoy.Device;
import dev.convoy.DeviceBuffer;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.LongPointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.ShortPointer;

/**
 * The same memory as a buffer of Convoy's and as a pointer of JavaCPP's: nothing is copied, neither owns what the other
 * does. All threads may use it.
 */
public final class DevicePointers {
    private DevicePointers() {}

    /**
     * A pointer to a buffer's elements, for JavaCPP's CUDA libraries. The buffer keeps the memory: the pointer is of
     * use until the buffer is closed, and closing the pointer frees nothing. The CPU can read through it only where
     * {@link DeviceBuffer#hostView()} is there.
     *
     * @param buffer the buffer, or a slice
     * @return a pointer whose limit is the number of elements: a {@code FloatPointer} for {@link DataType#FLOAT32}, a
     *     {@code DoublePointer}, {@code IntPointer} or {@code LongPointer} for numbers of these sizes, a
     *     {@code ShortPointer} for 16-bit floating types, and a {@code BytePointer} for all of one byte
     * @throws IllegalStateException if the buffer is closed
     */
    public static Pointer pointer(DeviceBuffer buffer) {
        Pointer elements = new Elements(buffer.address(), buffer.count());
        return switch (buffer.type()) {
            case INT8, UINT8, FLOAT8_E4M3, FLOAT8_E5M2 -> new BytePointer(elements);
            case FLOAT16, BFLOAT16 -> new ShortPointer(elements);
            case INT32, UINT32 -> new IntPointer(elements);
            case INT64, UINT64 -> new LongPointer(elements);
            case FLOAT32 -> new FloatPointer(elements);
            case FLOAT64 -> new DoublePointer(elements);
        };
    }

    /**
     * A buffer of the memory from a pointer's position to its limit. Whoever owns that memory keeps it until all work
     * on the buffer is done, and keeps the pointer, whose end may free it.
     *
     * @param device the device that it belongs to
     * @param type type of the elements
     * @param pointer memory of this device or page-locked memory, known to this process's CUDA runtime
     * @return the buffer; closing it ends its use and frees nothing
     * @throws IllegalArgumentException if the pointer is null, is not one to such memory, or what it points to is no
     *     whole number of elements
     */
    public static DeviceBuffer buffer(Device device, DataType type, Pointer pointer) {
        if (Pointer.isNull(pointer)) {
            throw new IllegalArgumentException("the pointer is null");
        }
        long bytes = (pointer.limit() - pointer.position()) * pointer.sizeof();
        if (bytes < 0 || bytes % type.bytes() != 0) {
            throw new IllegalArgumentException(bytes + " bytes are no whole number of elements of " + type
                    + "; the pointer's position and limit say which they are");
        }
        long address = pointer.address() + pointer.position() * pointer.sizeof();
        return device.wrap(type, bytes / type.bytes(), address);
    }

    /** A place in memory that nothing of JavaCPP's frees. */
    private static final class Elements extends Pointer {
        Elements(long address, long count) {
            super((Pointer) null);
            this.address = address;
            this.limit = count;
            this.capacity = count;
        }
    }
}
