/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class PreMulSumTest {
    private final Device device = ConvoyRuntime.open(RuntimeKind.HOST).device(0);

    @Test
    void eachRanksElementsAreMultipliedByItsOwnFactor() throws Exception {
        try (Ranks ranks = new Ranks(3)) {
            List<double[]> results = ranks.all((communicator, stream) -> {
                try (PreMulSum weighted =
                                ReduceOp.preMulSum(communicator, DataType.FLOAT64, communicator.rank() + 0.5);
                        DeviceBuffer buffer = device.allocate(DataType.FLOAT64, 2)) {
                    buffer.copyFrom(new double[] {1, 10});
                    communicator.allReduce(buffer, weighted, stream).await();
                    double[] result = new double[2];
                    buffer.copyTo(result);
                    return result;
                }
            });
            assertThat(results).allSatisfy(result -> assertThat(result).containsExactly(4.5, 45));
        }
    }

    @Test
    void factorOnTheDeviceIsReadWhenTheOperationIsDone() throws Exception {
        try (Ranks ranks = new Ranks(2)) {
            ranks.all((communicator, stream) -> {
                try (DeviceBuffer factor = device.allocate(DataType.FLOAT32, 1);
                        DeviceBuffer values = device.allocate(DataType.FLOAT32, 1);
                        DeviceBuffer sum = device.allocate(DataType.FLOAT32, 1);
                        PreMulSum weighted = ReduceOp.preMulSum(communicator, factor)) {
                    for (int round = 1; round <= 3; round++) {
                        factor.copyFrom(new float[] {round});
                        values.copyFrom(new float[] {communicator.rank() + 1});
                        communicator
                                .reduce(values, communicator.rank() == 1 ? sum : null, weighted, 1, stream)
                                .await();
                        float[] result = new float[1];
                        sum.copyTo(result);
                        if (communicator.rank() == 1) {
                            assertThat(result).containsExactly(3 * round);
                        }
                    }
                }
                return null;
            });
        }
    }

    /** A rank alone: what comes out is the factor as the library understood its bits. */
    @Test
    void factorsOfEveryTypeAreUnderstood() {
        try (Ranks ranks = new Ranks(1);
                Stream stream = device.newStream()) {
            Communicator communicator = ranks.communicators().getFirst();
            for (DataType type : DataType.values()) {
                double factor = Elements.isUnsigned(type) ? 3 : -3;
                try (PreMulSum triple = ReduceOp.preMulSum(communicator, type, factor);
                        DeviceBuffer buffer = Elements.buffer(device, type, new double[] {2, 1})) {
                    communicator.allReduce(buffer, triple, stream).await();
                    assertThat(Elements.content(buffer)).as(type.name()).containsExactly(2 * factor, factor);
                }
            }
        }
    }

    @Test
    void factorsAreRoundedToTheNearest() {
        assertThat(Scalars.bits(DataType.BFLOAT16, 1 + 0x1p-8)).isEqualTo(0x3F80);
        assertThat(Scalars.bits(DataType.BFLOAT16, 1 + 0x3p-8)).isEqualTo(0x3F82);
        assertThat(Scalars.bits(DataType.BFLOAT16, Float.NEGATIVE_INFINITY) & 0xFFFF)
                .isEqualTo(0xFF80);
        assertThat(Scalars.bits(DataType.FLOAT8_E4M3, 1.0625)).isEqualTo(0x38);
        assertThat(Scalars.bits(DataType.FLOAT8_E4M3, 1.1875)).isEqualTo(0x3A);
        assertThat(Scalars.bits(DataType.FLOAT8_E4M3, -1e9)).isEqualTo(0xFE);
        assertThat(Scalars.bits(DataType.FLOAT8_E4M3, Double.NaN)).isEqualTo(0x7F);
        assertThat(Scalars.bits(DataType.FLOAT8_E5M2, 0x1p-16)).isEqualTo(1);
        assertThat(Scalars.bits(DataType.FLOAT8_E5M2, 57344)).isEqualTo(0x7B);
        assertThat(Scalars.bits(DataType.FLOAT8_E5M2, -0.0)).isEqualTo(0x80);
    }

    @Test
    void misuseIsNamed() {
        try (Ranks ranks = new Ranks(1);
                Ranks others = new Ranks(1);
                Stream stream = device.newStream();
                DeviceBuffer ints = device.allocate(DataType.INT32, 1);
                DeviceBuffer none = device.allocate(DataType.INT32, 0);
                DeviceBuffer floats = device.allocate(DataType.FLOAT32, 1)) {
            Communicator communicator = ranks.communicators().getFirst();
            Communicator other = others.communicators().getFirst();
            PreMulSum twice = ReduceOp.preMulSum(communicator, DataType.INT32, 2);
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> other.allReduce(ints, twice, stream))
                    .withMessageContaining("made for another communicator");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> communicator.allReduce(floats, twice, stream))
                    .withMessageContaining("does not reduce FLOAT32");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> ReduceOp.preMulSum(communicator, none))
                    .withMessageContaining("holds no factor");
            twice.close();
            twice.close();
            assertThatIllegalStateException()
                    .isThrownBy(() -> communicator.allReduce(ints, twice, stream))
                    .withMessageContaining("is closed");
            DeviceBuffer factor = device.allocate(DataType.INT32, 1);
            PreMulSum onDevice = ReduceOp.preMulSum(communicator, factor);
            factor.close();
            assertThatIllegalStateException()
                    .isThrownBy(() -> communicator.allReduce(ints, onDevice, stream))
                    .withMessageContaining("is closed");
            assertThat(communicator.enqueued()).isZero();
            communicator.close();
            onDevice.close();
            assertThatExceptionOfType(CommunicatorClosedException.class)
                    .isThrownBy(() -> ReduceOp.preMulSum(communicator, DataType.INT32, 2));
        }
    }
}
