/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.launcher.perf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.convoy.DataType;
import dev.convoy.ReduceOp;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CollectiveTest {
    @ParameterizedTest
    @CsvSource({
        // What nccl-tests prints for these: size, count.
        "all_reduce, 100, 4, 3, 100, 25",
        "all_reduce, 8, 8, 2, 8, 1",
        "broadcast, 7, 4, 2, 4, 1",
        "sendrecv, 16, 1, 2, 16, 16",
        "all_gather, 16384, 4, 3, 16368, 1364",
        "all_gather, 8, 4, 2, 0, 0",
        "reduce_scatter, 64, 2, 4, 64, 8",
        "alltoall, 100, 1, 3, 96, 32",
        "gather, 64, 8, 2, 64, 4",
        "scatter, 63, 8, 2, 32, 2",
    })
    void sizesAreNcclTests(String name, long bytes, int elementBytes, int ranks, long shownBytes, long shownCount) {
        Shape shape = Collective.named(name).orElseThrow().shape(bytes, elementBytes, ranks);
        assertThat(shape.largestCount() * elementBytes).isEqualTo(shownBytes);
        assertThat(shape.count()).isEqualTo(shownCount);
    }

    @ParameterizedTest
    @CsvSource({
        "all_reduce, 4, 1.5",
        "all_reduce, 2, 1",
        "all_gather, 4, 0.75",
        "reduce_scatter, 4, 0.75",
        "alltoall, 4, 0.75",
        "all_to_all, 2, 0.5",
        "gather, 8, 0.875",
        "scatter, 8, 0.875",
        "broadcast, 8, 1",
        "reduce, 8, 1",
        "sendrecv, 8, 1",
    })
    void busBandwidthFactorsAreNcclTests(String name, int ranks, double factor) {
        assertThat(Collective.named(name).orElseThrow().busFactor(ranks)).isCloseTo(factor, within(1e-12));
    }

    @Test
    void bandwidthsAreOfTheWholeDataAndTimesAreAveraged() {
        Case row = new Case(0, Collective.ALL_GATHER, DataType.FLOAT32, ReduceOp.SUM, -1, 4_000_000);
        Latencies latencies = new Latencies();
        PassSum sum = new PassSum();
        sum.add(new PassResult(0, false, 10, 900_000, 0, latencies));
        sum.add(new PassResult(0, false, 10, 1_100_000, 4, latencies));
        Measurement measurement = sum.of(row);
        assertThat(measurement.microsEach()).isCloseTo(100, within(1e-9));
        assertThat(measurement.algorithmBandwidth()).isCloseTo(40, within(1e-9));
        assertThat(measurement.busBandwidth()).isCloseTo(20, within(1e-9));
        assertThat(measurement.wrong()).isEqualTo(4);
        assertThat(measurement.wrongRanks()).isEqualTo(1);
    }

    @Test
    void otherNamesAreNone() {
        assertThat(Collective.named("allreduce")).isEmpty();
        assertThat(Collective.named("ALL_REDUCE")).isEmpty();
    }
}
