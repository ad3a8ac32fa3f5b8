/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GradientBucketerTest {
    private final Device device = ConvoyRuntime.open(RuntimeKind.HOST).device(0);

    @Test
    void bucketsHoldWholeGradientsInOrder() {
        assertThat(buckets(16, 1L, 1L, 1L, 1L)).isEqualTo(1);
        assertThat(buckets(16, 1L, 1L, 1L, 1L, 1L)).isEqualTo(2);
        assertThat(buckets(16, 3L, 2L, 2L)).isEqualTo(2);
        assertThat(buckets(16, 9L, 1L, 9L)).isEqualTo(3);
        assertThat(buckets(1, 1L, 2L)).isEqualTo(2);
    }

    private int buckets(long bytes, Long... counts) {
        try (GradientBucketer bucketer = GradientBucketer.of(device, List.of(counts), DataType.FLOAT32, bytes)) {
            return bucketer.bucketCount();
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 64, 4096, 1 << 20})
    void reducesAllGradients(long bucketBytes) throws Exception {
        List<Long> counts = List.of(7L, 100L, 1L, 2000L, 13L);
        List<List<double[]>> inputs =
                IntStream.range(0, 3).mapToObj(rank -> gradients(counts, rank)).toList();
        try (Ranks ranks = new Ranks(3)) {
            ranks.all((communicator, stream) -> {
                Device owner = communicator.device();
                try (var bucketer = GradientBucketer.of(owner, counts, DataType.FLOAT32, bucketBytes)) {
                    for (int p = 0; p < counts.size(); p++) {
                        double[] values = inputs.get(communicator.rank()).get(p);
                        bucketer.gradient(p).copyFrom(MemorySegment.ofArray(Elements.encode(DataType.FLOAT32, values)));
                    }
                    bucketer.allReduce(communicator, ReduceOp.SUM, stream).await();
                    for (int p = 0; p < counts.size(); p++) {
                        int parameter = p;
                        List<double[]> ofRanks =
                                inputs.stream().map(rank -> rank.get(parameter)).toList();
                        assertThat(Elements.content(bucketer.gradient(p)))
                                .containsExactly(Reference.reduce(DataType.FLOAT32, ReduceOp.SUM, ofRanks));
                    }
                }
                return null;
            });
        }
    }

    private static List<double[]> gradients(List<Long> counts, int rank) {
        SplittableRandom random = new SplittableRandom(rank);
        return counts.stream()
                .map(count -> Elements.random(DataType.FLOAT32, count.intValue(), random))
                .toList();
    }

    @Test
    void refusesNonsense() {
        Stream.<Runnable>of(
                        () -> GradientBucketer.of(device, List.of(), DataType.FLOAT32, 1),
                        () -> GradientBucketer.of(device, List.of(1L, 0L), DataType.FLOAT32, 1),
                        () -> GradientBucketer.of(device, List.of(1L), DataType.FLOAT32, 0))
                .forEach(call -> assertThatIllegalArgumentException().isThrownBy(call::run));
    }
}
