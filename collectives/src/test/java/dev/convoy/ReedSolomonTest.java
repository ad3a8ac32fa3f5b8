/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class ReedSolomonTest {
    private static final Duration SOON = Duration.ofSeconds(10);

    private final Device device = ConvoyRuntime.open(RuntimeKind.HOST).device(0);
    private final DeviceKernels kernels = device.kernels();

    @Property(tries = 100)
    void whateverIsLostComesBack(
            @ForAll @IntRange(min = 1, max = 20) int data,
            @ForAll @IntRange(min = 1, max = 12) int parity,
            @ForAll @IntRange(min = 1, max = 3000) int bytes,
            @ForAll Random random) {
        ReedSolomon code = new ReedSolomon(data, parity);
        List<DeviceBuffer> shards = new ArrayList<>();
        try (Stream stream = device.newStream()) {
            for (int i = 0; i < data + parity; i++) {
                shards.add(device.allocate(DataType.UINT8, bytes));
                byte[] content = new byte[bytes];
                random.nextBytes(content);
                shards.get(i).copyFrom(content);
            }
            code.encode(kernels, shards.subList(0, data), shards.subList(data, data + parity), stream);
            stream.synchronize(SOON);
            List<byte[]> before = shards.stream().map(ReedSolomonTest::content).toList();
            List<Integer> order =
                    new ArrayList<>(IntStream.range(0, data + parity).boxed().toList());
            Collections.shuffle(order, random);
            int[] lost = order.stream()
                    .limit(random.nextInt(parity + 1))
                    .mapToInt(i -> i)
                    .toArray();
            for (int index : lost) {
                shards.get(index).fill((byte) 0x5a, stream);
            }
            code.reconstruct(kernels, shards, lost, stream);
            stream.synchronize(SOON);
            for (int i = 0; i < shards.size(); i++) {
                assertThat(content(shards.get(i))).isEqualTo(before.get(i));
            }
        } finally {
            shards.forEach(DeviceBuffer::close);
        }
    }

    @Property(tries = 100)
    void anyBufferFollowsFromAsManyOthers(
            @ForAll @IntRange(min = 1, max = 16) int data,
            @ForAll @IntRange(min = 1, max = 7) int parity,
            @ForAll @IntRange(min = 1, max = 3000) int bytes,
            @ForAll Random random) {
        ReedSolomon code = new ReedSolomon(data, parity);
        List<DeviceBuffer> all = new ArrayList<>();
        try (Stream stream = device.newStream();
                DeviceBuffer target = device.allocate(DataType.UINT8, bytes)) {
            for (int i = 0; i < data + parity; i++) {
                byte[] content = new byte[bytes];
                random.nextBytes(content);
                all.add(device.allocate(DataType.UINT8, bytes));
                all.get(i).copyFrom(content);
            }
            code.encode(kernels, all.subList(0, data), all.subList(data, data + parity), stream);
            List<Integer> order =
                    new ArrayList<>(IntStream.range(0, data + parity).boxed().toList());
            Collections.shuffle(order, random);
            int wanted = order.getFirst();
            List<Integer> indices = order.subList(1, data + 1);
            code.recover(
                    kernels,
                    wanted,
                    indices.stream().mapToInt(i -> i).toArray(),
                    indices.stream().map(all::get).toList(),
                    target,
                    stream);
            stream.synchronize(SOON);
            assertThat(content(target)).isEqualTo(content(all.get(wanted)));
        } finally {
            all.forEach(DeviceBuffer::close);
        }
    }

    @Test
    void theFirstParityIsTheExclusiveOr() {
        for (int data = 1; data < 200; data++) {
            ReedSolomon code = new ReedSolomon(data, 3);
            for (int j = 0; j < data; j++) {
                assertThat(code.coefficient(0, j)).isEqualTo((byte) 1);
            }
        }
    }

    private static byte[] content(DeviceBuffer buffer) {
        byte[] content = new byte[(int) buffer.bytes()];
        buffer.copyTo(content);
        return content;
    }

    /** Multiplied bit by bit, with the polynomial. */
    private static int product(int a, int b) {
        int product = 0;
        for (int i = 7; i >= 0; i--) {
            product <<= 1;
            product ^= (product & 0x100) != 0 ? 0x11d : 0;
            product ^= (b >> i & 1) != 0 ? a : 0;
        }
        return product;
    }

    @Test
    void parityIsWhatTheMatrixSays() {
        ReedSolomon code = new ReedSolomon(4, 2);
        byte[] values = {7, (byte) 200, 1, 99};
        List<DeviceBuffer> data = new ArrayList<>();
        List<DeviceBuffer> parity = List.of(device.allocate(DataType.INT8, 1), device.allocate(DataType.INT8, 1));
        try (Stream stream = device.newStream()) {
            for (byte value : values) {
                data.add(device.allocate(DataType.INT8, 1));
                data.getLast().copyFrom(new byte[] {value});
            }
            code.encode(kernels, data, parity, stream);
            stream.synchronize(SOON);
            for (int i = 0; i < 2; i++) {
                int expected = 0;
                for (int j = 0; j < 4; j++) {
                    int coefficient = Byte.toUnsignedInt(code.coefficient(i, j));
                    assertThat(product(coefficient, (4 + i) ^ j)).isEqualTo(4 ^ j);
                    expected ^= product(coefficient, Byte.toUnsignedInt(values[j]));
                }
                assertThat(Byte.toUnsignedInt(content(parity.get(i))[0])).isEqualTo(expected);
            }
        } finally {
            data.forEach(DeviceBuffer::close);
            parity.forEach(DeviceBuffer::close);
        }
    }

    @Test
    void theFieldIsAField() {
        for (int a = 0; a < 256; a++) {
            for (int b = 0; b < 256; b++) {
                assertThat(Byte.toUnsignedInt(GaloisMatrix.product((byte) a, (byte) b)))
                        .isEqualTo(product(a, b));
            }
        }
    }

    @Test
    void mistakesAreRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> new ReedSolomon(0, 1));
        assertThatIllegalArgumentException().isThrownBy(() -> new ReedSolomon(1, 0));
        assertThatIllegalArgumentException().isThrownBy(() -> new ReedSolomon(200, 57));
        assertThat(new ReedSolomon(200, 56)).hasToString("ReedSolomon[200 data, 56 parity]");
        ReedSolomon code = new ReedSolomon(2, 1);
        try (Stream stream = device.newStream();
                DeviceBuffer buffer = device.allocate(DataType.INT8, 1)) {
            List<DeviceBuffer> three = List.of(buffer, buffer, buffer);
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> code.reconstruct(kernels, three, new int[] {0, 1}, stream))
                    .withMessageContaining("at most 1");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> code.reconstruct(kernels, three, new int[] {1, 1}, stream));
            assertThatExceptionOfType(IndexOutOfBoundsException.class)
                    .isThrownBy(() -> code.reconstruct(kernels, three, new int[] {3}, stream));
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> code.encode(kernels, three, three, stream))
                    .withMessageContaining("the data buffers are 2");
            List<DeviceBuffer> two = three.subList(0, 2);
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> code.recover(kernels, 0, new int[] {0, 1}, two, buffer, stream))
                    .withMessageContaining("must be 2 different ones");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> code.recover(kernels, 0, new int[] {1, 1}, two, buffer, stream));
        }
    }
}
