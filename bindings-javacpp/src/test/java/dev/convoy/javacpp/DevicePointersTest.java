/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.javacpp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.convoy.Communicator;
import dev.convoy.CommunicatorOptions;
import dev.convoy.ConvoyRuntime;
import dev.convoy.DataType;
import dev.convoy.Device;
import dev.convoy.DeviceBuffer;
import dev.convoy.ReduceOp;
import dev.convoy.RuntimeKind;
import dev.convoy.Stream;
import java.util.List;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** One memory, two views; the host runtime's device memory is readable by the CPU, so both can be looked through. */
class DevicePointersTest {
    private final Device device = ConvoyRuntime.open(RuntimeKind.HOST).device(0);

    @ParameterizedTest
    @EnumSource
    void pointerHasTheBuffersElementsAndComesBack(DataType type) {
        try (DeviceBuffer buffer = device.allocate(type, 10)) {
            Pointer pointer = DevicePointers.pointer(buffer);
            assertThat(pointer.address()).isEqualTo(buffer.address());
            assertThat(pointer.limit()).isEqualTo(10);
            assertThat(pointer.capacity()).isEqualTo(10);
            assertThat((long) pointer.sizeof()).isEqualTo(type.bytes());
            DeviceBuffer back = DevicePointers.buffer(device, type, pointer);
            assertThat(back.address()).isEqualTo(buffer.address());
            assertThat(back.count()).isEqualTo(10);
            // Neither frees what the buffer owns.
            back.close();
            pointer.close();
            buffer.copyFrom(java.lang.foreign.MemorySegment.ofArray(new byte[type.bytes()]));
        }
    }

    @Test
    void bothSeeWhatEitherWrites() {
        try (DeviceBuffer buffer = device.allocate(DataType.FLOAT32, 4)) {
            FloatPointer floats = (FloatPointer) DevicePointers.pointer(buffer);
            floats.put(1, 2, 3, 4);
            float[] content = new float[4];
            buffer.copyTo(content);
            assertThat(content).containsExactly(1, 2, 3, 4);
            buffer.slice(2, 1).copyFrom(new float[] {9});
            assertThat(floats.get(2)).isEqualTo(9);
        }
    }

    @Test
    void collectivesWorkOnWhatAPointerPointsTo() {
        try (DeviceBuffer memory = device.allocate(DataType.INT32, 6);
                Stream stream = device.newStream();
                Communicator communicator = Communicator.initAll(List.of(device), CommunicatorOptions.defaults())
                        .getFirst()) {
            memory.copyFrom(new int[] {1, 2, 3, 4, 5, 6});
            IntPointer middle = (IntPointer) DevicePointers.pointer(memory);
            middle.position(1).limit(3);
            DeviceBuffer target = DevicePointers.buffer(
                    device, DataType.INT32, new IntPointer(DevicePointers.pointer(memory.slice(4, 2))));
            DeviceBuffer source = DevicePointers.buffer(device, DataType.INT32, middle);
            assertThat(source.count()).isEqualTo(2);
            communicator.allReduce(source, target, ReduceOp.SUM, stream).await();
            int[] content = new int[6];
            memory.copyTo(content);
            assertThat(content).containsExactly(1, 2, 3, 4, 2, 3);
        }
    }

    @Test
    void whatIsNoDeviceMemoryIsRefused() {
        try (FloatPointer ofTheHost = new FloatPointer(8)) {
            assertThatExceptionOfType(IllegalArgumentException.class)
                    .isThrownBy(() -> DevicePointers.buffer(device, DataType.FLOAT32, ofTheHost));
        }
        assertThatExceptionOfType(IllegalArgumentException.class)
                .isThrownBy(() -> DevicePointers.buffer(device, DataType.FLOAT32, null))
                .withMessage("the pointer is null");
    }

    @Test
    void partsOfElementsAreRefused() {
        try (DeviceBuffer memory = device.allocate(DataType.INT8, 16)) {
            BytePointer bytes = (BytePointer) DevicePointers.pointer(memory);
            bytes.limit(7);
            assertThatExceptionOfType(IllegalArgumentException.class)
                    .isThrownBy(() -> DevicePointers.buffer(device, DataType.INT32, bytes))
                    .withMessageStartingWith("7 bytes are no whole number of elements of INT32");
        }
    }

    @Test
    void closedBufferHasNoPointer() {
        DeviceBuffer buffer = device.allocate(DataType.INT8, 1);
        buffer.close();
        assertThatExceptionOfType(IllegalStateException.class).isThrownBy(() -> DevicePointers.pointer(buffer));
    }
}
