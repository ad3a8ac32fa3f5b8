/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class DeviceBufferTest {
    private static final Duration SOON = Duration.ofSeconds(10);

    private final Device device = ConvoyRuntime.open(RuntimeKind.HOST).device(0);

    @Test
    void holdsWhatIsCopiedToIt() {
        try (DeviceBuffer buffer = device.allocate(DataType.INT64, 4)) {
            buffer.copyFrom(new long[] {1, -2, Long.MAX_VALUE, 4});
            long[] content = new long[4];
            buffer.copyTo(content);
            assertThat(content).containsExactly(1, -2, Long.MAX_VALUE, 4);
            assertThat(buffer.bytes()).isEqualTo(32);
            assertThat(buffer).hasToString("DeviceBuffer[4 x INT64 at 0x" + Long.toHexString(buffer.address()) + "]");
        }
    }

    @Test
    void refusesArraysOfAnotherType() {
        try (DeviceBuffer buffer = device.allocate(DataType.FLOAT32, 4)) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> buffer.copyFrom(new double[4]))
                    .withMessageContaining("holds float in Java, not double");
            assertThatIllegalArgumentException().isThrownBy(() -> buffer.copyTo(new int[4]));
        }
    }

    @Test
    void refusesMoreThanItHolds() {
        try (DeviceBuffer buffer = device.allocate(DataType.INT8, 4)) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> buffer.copyFrom(new byte[5]))
                    .withMessageContaining("5 bytes do not fit");
            assertThatIllegalArgumentException().isThrownBy(() -> buffer.copyTo(new byte[5]));
        }
    }

    @Test
    void sliceIsPartOfTheMemory() {
        try (DeviceBuffer buffer = device.allocate(DataType.INT32, 6)) {
            buffer.copyFrom(new int[6]);
            DeviceBuffer slice = buffer.slice(2, 3).slice(1, 2);
            slice.copyFrom(new int[] {7, 8});
            slice.close();
            int[] content = new int[6];
            buffer.copyTo(content);
            assertThat(content).containsExactly(0, 0, 0, 7, 8, 0);
        }
    }

    @Test
    void sliceStaysInside() {
        try (DeviceBuffer buffer = device.allocate(DataType.INT32, 6)) {
            assertThat(buffer.slice(6, 0).count()).isZero();
            for (long[] outside : new long[][] {{-1, 2}, {5, 2}, {0, -1}, {1, Long.MAX_VALUE}}) {
                assertThatExceptionOfType(IndexOutOfBoundsException.class)
                        .isThrownBy(() -> buffer.slice(outside[0], outside[1]));
            }
        }
    }

    @Test
    void useAfterCloseIsRefused() {
        DeviceBuffer buffer = device.allocate(DataType.INT32, 6);
        DeviceBuffer slice = buffer.slice(1, 2);
        MemorySegment view = buffer.hostView().orElseThrow();
        view.set(ValueLayout.JAVA_INT, 0, 1);
        buffer.close();
        buffer.close();
        assertThatIllegalStateException()
                .isThrownBy(() -> buffer.copyTo(new int[6]))
                .withMessageContaining("6 x INT32")
                .withMessageContaining("is closed");
        assertThatIllegalStateException().isThrownBy(buffer::address);
        assertThatIllegalStateException().isThrownBy(() -> slice.copyFrom(new int[1]));
        assertThatIllegalStateException().isThrownBy(slice::hostView);
        assertThatIllegalStateException().isThrownBy(() -> view.get(ValueLayout.JAVA_INT, 0));
    }

    @Test
    void copiesInTheOrderOfAStream() {
        try (Stream stream = device.newStream();
                DeviceBuffer first = device.allocate(DataType.FLOAT32, 2);
                DeviceBuffer pinned = device.allocatePinned(DataType.FLOAT32, 2);
                Arena arena = Arena.ofConfined()) {
            MemorySegment source = arena.allocateFrom(ValueLayout.JAVA_FLOAT, 1.5f, 2.5f);
            MemorySegment target = arena.allocate(8);
            first.zero(stream);
            first.copyFromAsync(source, stream);
            pinned.copyFromAsync(first, stream);
            pinned.copyToAsync(target, stream);
            stream.synchronize(SOON);
            assertThat(target.toArray(ValueLayout.JAVA_FLOAT)).containsExactly(1.5f, 2.5f);
            assertThat(pinned.kind()).isEqualTo(MemoryKind.PINNED_HOST);
            first.fill((byte) -1, stream);
            stream.synchronize(SOON);
            float[] bits = new float[2];
            first.copyTo(bits);
            assertThat(bits[1]).isNaN();
        }
    }

    @Test
    void heapMemoryIsNotCopiedAsynchronously() {
        try (Stream stream = device.newStream();
                DeviceBuffer buffer = device.allocate(DataType.FLOAT32, 2)) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> buffer.copyFromAsync(MemorySegment.ofArray(new float[2]), stream))
                    .withMessageContaining("Java heap");
        }
    }

    @Test
    void memoryThatIsNotThereIsNotCopiedAsynchronously() throws Exception {
        try (Stream stream = device.newStream();
                DeviceBuffer buffer = device.allocate(DataType.FLOAT32, 2)) {
            MemorySegment gone;
            try (Arena arena = Arena.ofConfined()) {
                gone = arena.allocate(8);
                MemorySegment mine = gone;
                AtomicReference<Throwable> refusal = new AtomicReference<>();
                Thread other = Thread.ofPlatform()
                        .uncaughtExceptionHandler((_, e) -> refusal.set(e))
                        .start(() -> buffer.copyFromAsync(mine, stream));
                other.join();
                assertThat(refusal.get()).isInstanceOf(WrongThreadException.class);
                assertThatIllegalArgumentException()
                        .isThrownBy(() -> buffer.copyToAsync(mine.asReadOnly(), stream))
                        .withMessageContaining("read-only");
            }
            assertThatIllegalStateException().isThrownBy(() -> buffer.copyFromAsync(gone, stream));
            assertThatIllegalStateException().isThrownBy(() -> buffer.copyToAsync(gone, stream));
        }
    }

    @Test
    void impossibleSizesAreRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> device.allocate(DataType.INT64, -1));
        assertThatIllegalArgumentException().isThrownBy(() -> device.allocate(DataType.INT64, Long.MAX_VALUE / 4));
        assertThatExceptionOfType(OutOfDeviceMemoryException.class)
                .isThrownBy(() -> device.allocate(DataType.INT8, 1L << 50))
                .satisfies(e -> assertThat(e.requestedBytes()).isEqualTo(1L << 50))
                .withMessageContaining("cudaMalloc returned cudaErrorMemoryAllocation");
    }

    @Test
    void emptyBufferIsABuffer() {
        try (DeviceBuffer buffer = device.allocate(DataType.INT64, 0)) {
            buffer.copyFrom(new long[0]);
            assertThat(buffer.bytes()).isZero();
        }
    }

    @Test
    void memoryComesBack() {
        // So that the piece is there, and has grown together with what earlier tests freed beside it.
        device.allocate(DataType.INT8, 1L << 20).close();
        DeviceBuffer first = device.allocate(DataType.INT8, 1L << 20);
        long address = first.address();
        first.close();
        try (DeviceBuffer second = device.allocate(DataType.INT8, 1L << 20)) {
            assertThat(second.address()).isEqualTo(address);
        }
        assertThat(device.memoryInfo().total()).isPositive();
        assertThat(device.memoryInfo().free())
                .isLessThanOrEqualTo(device.memoryInfo().total());
    }
}
