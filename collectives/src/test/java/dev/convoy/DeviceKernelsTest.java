/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.stream.LongStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What kernels compute is tested where they are, in C; here, that the right thing reaches them. */
class DeviceKernelsTest {
    private static final Duration SOON = Duration.ofSeconds(10);

    private final Device device = ConvoyRuntime.open(RuntimeKind.HOST).device(0);
    private final DeviceKernels kernels = device.kernels();

    private long resultOf(BiConsumer<DeviceBuffer, Stream> counted) {
        try (Stream stream = device.newStream();
                DeviceBuffer result = device.allocatePinned(DataType.UINT64, 1)) {
            result.zero(stream);
            counted.accept(result, stream);
            stream.synchronize(SOON);
            long[] content = new long[1];
            result.copyTo(content);
            return content[0];
        }
    }

    private void run(Consumer<Stream> work) {
        try (Stream stream = device.newStream()) {
            work.accept(stream);
            stream.synchronize(SOON);
        }
    }

    @Test
    void thereIsOneObjectADevice() {
        assertThat(device.kernels()).isSameAs(kernels);
        assertThat(kernels.device()).isSameAs(device);
    }

    @ParameterizedTest
    @EnumSource(DataType.class)
    void fillsEveryType(DataType type) {
        try (DeviceBuffer buffer = device.allocate(type, 1001)) {
            run(stream -> kernels.fill(buffer, 3, stream));
            long wrong = resultOf((result, stream) -> {
                try (DeviceBuffer expected = device.allocate(DataType.INT64, 1001);
                        DeviceBuffer cast = device.allocate(type, 1001)) {
                    kernels.fill(expected, 3L, stream);
                    kernels.cast(expected, cast, stream);
                    kernels.countDifferences(buffer, cast, 0, result, stream);
                    stream.synchronize(SOON);
                }
            });
            assertThat(wrong).isZero();
        }
    }

    @Test
    void roundsWhatItFillsWith() {
        try (DeviceBuffer half = device.allocate(DataType.FLOAT16, 3)) {
            run(stream -> kernels.fill(half, 1.0 / 3, stream));
            short[] content = new short[3];
            half.copyTo(content);
            assertThat(content).containsOnly(Float.floatToFloat16(1f / 3));
        }
    }

    @Property(tries = 50)
    void patternIsTheGeneratorOfTheJdk(@ForAll long seed, @ForAll @IntRange(max = 200) int first) {
        try (DeviceBuffer longs = device.allocate(DataType.INT64, 100);
                DeviceBuffer floats = device.allocate(DataType.FLOAT32, 100)) {
            run(stream -> {
                kernels.fillPattern(longs, seed, first, stream);
                kernels.fillPattern(floats, seed, first, stream);
            });
            SplittableRandom random = new SplittableRandom(seed);
            long[] expected =
                    LongStream.generate(random::nextLong).skip(first).limit(100).toArray();
            long[] content = new long[100];
            longs.copyTo(content);
            assertThat(content).containsExactly(expected);
            float[] numbers = new float[100];
            floats.copyTo(numbers);
            for (int i = 0; i < numbers.length; i++) {
                assertThat(numbers[i]).isEqualTo((expected[i] >> 40) * 0x1p-23f);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(DataType.class)
    void countsWhatIsNotThePattern(DataType type) {
        try (DeviceBuffer buffer = device.allocate(type, 777)) {
            run(stream -> {
                kernels.fillPattern(buffer, 42, 5, stream);
                kernels.fill(buffer.slice(700, 3), 100, stream);
            });
            assertThat(resultOf((result, stream) -> kernels.countWrong(buffer, 42, 5, 0, result, stream)))
                    .isEqualTo(3);
            assertThat(resultOf(
                            (result, stream) -> kernels.countWrong(buffer.slice(100, 600), 42, 105, 0, result, stream)))
                    .isZero();
        }
    }

    @Test
    void countsDifferencesBeyondATolerance() {
        try (DeviceBuffer a = device.allocate(DataType.FLOAT32, 4);
                DeviceBuffer b = device.allocate(DataType.FLOAT32, 4)) {
            a.copyFrom(new float[] {1, 2, -0f, Float.NaN});
            b.copyFrom(new float[] {Math.nextUp(1f), 2.5f, 0, Float.NaN});
            assertThat(resultOf((result, stream) -> kernels.countDifferences(a, b, 0, result, stream)))
                    .isEqualTo(2);
            assertThat(resultOf((result, stream) -> kernels.countDifferences(a, b, 1, result, stream)))
                    .isEqualTo(1);
            assertThat(resultOf((result, stream) -> kernels.countDifferences(a, b, -1, result, stream)))
                    .isZero();
        }
    }

    @Test
    void resultsAddUp() {
        try (DeviceBuffer buffer = device.allocate(DataType.FLOAT64, 5)) {
            buffer.copyFrom(new double[] {1, Double.NaN, Double.NEGATIVE_INFINITY, 0, -1});
            assertThat(resultOf((result, stream) -> {
                        kernels.countNonFinite(buffer, result, stream);
                        kernels.countNonFinite(buffer.slice(0, 2), result, stream);
                    }))
                    .isEqualTo(3);
        }
    }

    @Property(tries = 50)
    void checksumsOfPartsAddUp(
            @ForAll @Size(min = 1, max = 500) byte[] content, @ForAll @IntRange(max = 60) int words) {
        try (DeviceBuffer buffer = device.allocate(DataType.INT8, content.length)) {
            buffer.copyFrom(content);
            long whole = resultOf((result, stream) -> kernels.checksum(buffer, 0, result, stream));
            int cut = Math.min(8 * words, content.length / 8 * 8);
            long parts = resultOf((result, stream) -> {
                kernels.checksum(buffer.slice(cut, content.length - cut), cut, result, stream);
                kernels.checksum(buffer.slice(0, cut), 0, result, stream);
            });
            assertThat(parts).isEqualTo(whole).isEqualTo(checksum(content));
            content[content.length / 2] ^= 1;
            assertThat(checksum(content)).isNotEqualTo(whole);
        }
    }

    /** Its definition: the mixing of SplitMix64 is what a generator gives for its first number. */
    private static long checksum(byte[] content) {
        long golden = 0x9e3779b97f4a7c15L;
        long sum = 0;
        for (int i = 0; i < content.length; i += 8) {
            long word = 0;
            for (int j = i; j < Math.min(i + 8, content.length); j++) {
                word |= Byte.toUnsignedLong(content[j]) << 8 * (j - i);
            }
            long tail = Math.min(8, content.length - i) % 8;
            long state = word ^ (i / 8 + 1) * golden ^ tail << 56;
            sum += new SplittableRandom(state - golden).nextLong();
        }
        return sum;
    }

    @Test
    void castsAsJavaDoes() {
        double[] numbers = {1.5, -2.5, 1e30, -1e30, Double.NaN, 0x1p-30, 65520, Double.POSITIVE_INFINITY};
        try (DeviceBuffer doubles = device.allocate(DataType.FLOAT64, numbers.length);
                DeviceBuffer ints = device.allocate(DataType.INT32, numbers.length);
                DeviceBuffer floats = device.allocate(DataType.FLOAT32, numbers.length)) {
            doubles.copyFrom(numbers);
            run(stream -> {
                kernels.cast(doubles, ints, stream);
                kernels.cast(doubles, floats, stream);
            });
            int[] whole = new int[numbers.length];
            float[] narrow = new float[numbers.length];
            ints.copyTo(whole);
            floats.copyTo(narrow);
            for (int i = 0; i < numbers.length; i++) {
                assertThat(whole[i]).isEqualTo((int) numbers[i]);
                assertThat(Float.valueOf(narrow[i])).isEqualTo(Float.valueOf((float) numbers[i]));
            }
        }
    }

    @Test
    void stepsOfAnOptimiser() {
        try (DeviceBuffer weights = device.allocate(DataType.FLOAT32, 3);
                DeviceBuffer velocity = device.allocate(DataType.FLOAT32, 3);
                DeviceBuffer gradient = device.allocate(DataType.FLOAT32, 3)) {
            weights.copyFrom(new float[] {1, 2, 3});
            velocity.copyFrom(new float[] {4, 0, -4});
            gradient.copyFrom(new float[] {1, 1, 1});
            run(stream -> {
                kernels.momentum(weights, velocity, gradient, new MomentumStep(0.5, 0.25, 2), stream);
                kernels.axpy(-2, gradient, velocity, stream);
            });
            float[] content = new float[3];
            weights.copyTo(content);
            assertThat(content).containsExactly(-1, -0.5f, 0); // v = v/4 + 1 + 2w = 4, 5, 6
            velocity.copyTo(content);
            assertThat(content).containsExactly(2, 3, 4);
        }
    }

    @Test
    void xorOfTwiceTheSameIsNothing() {
        try (DeviceBuffer a = device.allocate(DataType.UINT8, 99);
                DeviceBuffer b = device.allocate(DataType.UINT8, 99)) {
            run(stream -> {
                kernels.fillPattern(a, 1, 0, stream);
                kernels.fillPattern(b, 2, 0, stream);
                kernels.xorInto(a, b, stream);
                kernels.xorInto(a, b, stream);
            });
            assertThat(resultOf((result, stream) -> kernels.countWrong(b, 2, 0, 0, result, stream)))
                    .isZero();
        }
    }

    @Test
    void keepsTheOrderOfAStream() {
        try (DeviceBuffer buffer = device.allocate(DataType.INT32, 1 << 20)) {
            long sum = resultOf((result, stream) -> {
                kernels.fillPattern(buffer, 7, 0, stream);
                kernels.countWrong(buffer, 7, 0, 0, result, stream);
                buffer.zero(stream);
                kernels.countWrong(buffer, 7, 0, 0, result, stream);
            });
            // A word of 32 bits is 0 in one of four thousand million.
            assertThat(sum).isBetween((1L << 20) - 2, 1L << 20);
        }
    }

    @Test
    void mistakesAreRefused() {
        try (Stream stream = device.newStream();
                DeviceBuffer floats = device.allocate(DataType.FLOAT32, 8);
                DeviceBuffer ints = device.allocate(DataType.INT32, 8);
                DeviceBuffer result = device.allocate(DataType.UINT64, 1)) {
            refused("holds integers", () -> kernels.fill(ints, 1.5, stream));
            refused("holds integers", () -> kernels.axpy(1, ints, ints, stream));
            refused("same type", () -> kernels.countDifferences(floats, ints, 0, result, stream));
            refused("as many elements", () -> kernels.cast(floats, ints.slice(0, 7), stream));
            refused("overlap", () -> kernels.axpy(1, floats.slice(0, 4), floats.slice(1, 4), stream));
            refused("overlap", () -> kernels.xorInto(floats.slice(0, 4), floats.slice(1, 4), stream));
            refused("needs a buffer of UINT64", () -> kernels.countNonFinite(floats, ints, stream));
            refused("needs a buffer of UINT64", () -> kernels.countNonFinite(floats, result.slice(0, 0), stream));
            refused("multiple of 8", () -> kernels.checksum(floats, 4, result, stream));
            refused("1 to 8 targets", () -> kernels.multiplyInto(floats, new byte[0], List.of(), stream));
            refused("one a target", () -> kernels.multiplyInto(floats, new byte[2], List.of(ints), stream));
            refused("overlap", () -> kernels.multiplyInto(floats, new byte[1], List.of(floats), stream));
            DeviceBuffer crooked = device.wrap(DataType.FLOAT32, 1, floats.address() + 1);
            refused("not aligned", () -> kernels.fill(crooked, 1.0, stream));
            DeviceBuffer closed = device.allocate(DataType.FLOAT32, 8);
            closed.close();
            assertThatIllegalStateException().isThrownBy(() -> kernels.fill(closed, 1.0, stream));
        }
    }

    private static void refused(String reason, ThrowingCallable call) {
        assertThatIllegalArgumentException().isThrownBy(call).withMessageContaining(reason);
    }

    @Test
    void theRuntimeRefusesForeignMemory() {
        try (Stream stream = device.newStream();
                DeviceBuffer buffer = device.allocate(DataType.INT8, 8)) {
            DeviceBuffer tooLong = device.wrap(DataType.INT8, 1L << 40, buffer.address());
            assertThatExceptionOfType(LibraryException.class)
                    .isThrownBy(() -> kernels.fill(tooLong, 1, stream))
                    .withMessageContaining("convoyKernelLaunch of convoyFill returned cudaErrorInvalidValue");
        }
    }
}
