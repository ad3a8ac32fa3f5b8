/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.launcher.perf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LatenciesTest {
    @ParameterizedTest
    @ValueSource(doubles = {0.01, 0.5, 0.9, 0.99, 0.999, 1})
    void quantilesAreThoseOfTheSortedValues(double quantile) {
        Random random = new Random(4711);
        long[] values = random.longs(20_000, 0, 40)
                .map(bits -> random.nextLong(1L << bits))
                .toArray();
        Latencies latencies = new Latencies();
        Arrays.stream(values).forEach(latencies::record);
        Arrays.sort(values);
        long exact = values[(int) Math.ceil(quantile * values.length) - 1];
        assertThat((double) latencies.quantile(quantile)).isCloseTo(exact, within(exact / 100.0));
        assertThat(latencies.quantile(quantile)).isGreaterThanOrEqualTo(exact);
        assertThat(latencies.max()).isEqualTo(values[values.length - 1]);
    }

    @Test
    void smallValuesAreExact() {
        Latencies latencies = new Latencies();
        for (int value = 0; value < 200; value++) {
            latencies.record(value);
        }
        assertThat(latencies.quantile(0.5)).isEqualTo(99);
        assertThat(latencies.quantile(1)).isEqualTo(199);
    }

    @Test
    void textKeepsThemAndRanksAddUp() {
        Latencies one = new Latencies();
        Latencies other = new Latencies();
        one.record(1_000);
        one.record(1_000);
        other.record(5_000_000);
        Latencies sum = new Latencies();
        sum.add(Latencies.parse(one.toText()));
        sum.add(Latencies.parse(other.toText()));
        assertThat(sum.total()).isEqualTo(3);
        assertThat(sum.max()).isEqualTo(5_000_000);
        assertThat(sum.quantile(0.5)).isBetween(1_000L, 1_010L);
        assertThat(sum.toText()).contains(":2", ":1");
    }

    @Test
    void extremesAreKeptInRange() {
        Latencies latencies = new Latencies();
        latencies.record(-5);
        latencies.record(Long.MAX_VALUE);
        assertThat(latencies.quantile(0.5)).isZero();
        assertThat(latencies.max()).isEqualTo((1L << 42) - 1);
        assertThat(Latencies.parse(new Latencies().toText()).total()).isZero();
        latencies.clear();
        assertThat(latencies.quantile(0.5)).isZero();
    }
}
