/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.launcher.perf;

import static org.assertj.core.api.Assertions.assertThat;

import dev.convoy.ConvoyRuntime;
import dev.convoy.DataType;
import dev.convoy.Device;
import dev.convoy.DeviceBuffer;
import dev.convoy.ReduceOp;
import dev.convoy.RuntimeKind;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The check finds what is wrong, and nothing else. */
class PatternTest {
    private static final int COUNT = 3 * Pattern.PERIOD + 17;

    private final Device device = ConvoyRuntime.open(RuntimeKind.HOST).device(0);

    @ParameterizedTest
    @EnumSource
    void findsEveryWrongElement(DataType type) {
        Inputs inputs = new Inputs(type, ReduceOp.SUM, 3, 5);
        Pattern pattern = Pattern.of(type, 12_345, COUNT, inputs::result);
        try (DeviceBuffer buffer = device.allocate(type, COUNT)) {
            pattern.fill(buffer);
            assertThat(pattern.countWrong(buffer, 0)).isZero();
            for (int at : new int[] {0, 1, 1000, Pattern.PERIOD - 1, Pattern.PERIOD, COUNT - 1}) {
                flip(buffer, at);
            }
            assertThat(pattern.countWrong(buffer, 0)).isEqualTo(6);
        }
    }

    @Test
    void elementsAreThoseOfTheirIndices() {
        Inputs inputs = new Inputs(DataType.INT64, ReduceOp.SUM, 3, 5);
        long first = 60_000;
        try (DeviceBuffer buffer = device.allocate(DataType.INT64, COUNT)) {
            Pattern.of(DataType.INT64, first, COUNT, inputs::result).fill(buffer);
            long[] values = new long[COUNT];
            buffer.copyTo(values);
            for (int i = 0; i < COUNT; i += 777) {
                assertThat(values[i]).isEqualTo(inputs.result((first + i) % Pattern.PERIOD));
            }
        }
    }

    @Test
    void whatStandsInAnothersPlaceIsWrong() {
        Inputs inputs = new Inputs(DataType.FLOAT32, ReduceOp.SUM, 2, 5);
        try (DeviceBuffer buffer = device.allocate(DataType.FLOAT32, COUNT)) {
            Pattern.of(DataType.FLOAT32, 0, COUNT, inputs::result).fill(buffer);
            Pattern shifted = Pattern.of(DataType.FLOAT32, 1 << 14, COUNT, inputs::result);
            assertThat(shifted.countWrong(buffer, 0)).isGreaterThan(COUNT * 9L / 10);
        }
    }

    @Test
    void anAverageMayBeOffByTwoUnitsAndNoMore() {
        try (DeviceBuffer buffer = device.allocate(DataType.FLOAT32, 5)) {
            float exact = 1234.5f;
            Pattern pattern = Pattern.of(DataType.FLOAT32, 0, 5, index -> Float.floatToRawIntBits(exact));
            int bits = Float.floatToRawIntBits(exact);
            float[] values = new float[5];
            for (int i = 0; i < 5; i++) {
                values[i] = Float.intBitsToFloat(bits + i - 1);
            }
            buffer.copyFrom(values);
            assertThat(pattern.countWrong(buffer, 2)).isEqualTo(1);
            assertThat(pattern.countWrong(buffer, 0)).isEqualTo(4);
        }
    }

    /** Sums rounded as a narrower type would are not mistaken for right ones. */
    @ParameterizedTest
    @EnumSource(names = {"FLOAT16", "FLOAT32", "FLOAT64"})
    void doesNotAcceptANarrowerTypesRounding(DataType type) {
        Inputs inputs = new Inputs(type, ReduceOp.SUM, 3, 5);
        FloatFormat narrow = FloatFormat.of(DataType.BFLOAT16);
        FloatFormat wide = FloatFormat.of(type);
        try (DeviceBuffer buffer = device.allocate(type, COUNT)) {
            Pattern.of(type, 0, COUNT, index -> {
                        double exact = Bits.value(type, inputs.result(index)).doubleValue();
                        double rounded = Bits.value(DataType.BFLOAT16, narrow.bits(exact))
                                .doubleValue();
                        return wide.bits(rounded);
                    })
                    .fill(buffer);
            long wrong = Pattern.of(type, 0, COUNT, inputs::result).countWrong(buffer, 0);
            assertThat(wrong).isGreaterThan(COUNT / 4);
        }
    }

    @Test
    void nothingIsNeverWrong() {
        try (DeviceBuffer buffer = device.allocate(DataType.INT32, 0)) {
            Pattern nothing = Pattern.of(DataType.INT32, 5, 0, index -> 1);
            nothing.fill(buffer);
            assertThat(nothing.countWrong(buffer, 0)).isZero();
        }
    }

    private static void flip(DeviceBuffer buffer, int at) {
        MemorySegment memory = buffer.hostView().orElseThrow();
        long offset = (long) at * buffer.type().bytes();
        byte lowest = memory.get(ValueLayout.JAVA_BYTE, offset);
        memory.set(ValueLayout.JAVA_BYTE, offset, (byte) (lowest ^ 1));
    }
}
