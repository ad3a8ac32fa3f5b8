/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.launcher.perf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Base64;
import java.util.Random;
import org.HdrHistogram.Histogram;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;

class LatenciesTest {
    private static final Percentage PRECISION = Percentage.withPercentage(0.11);

    @Test
    void summaryIsThatOfTheSortedValuesOfAllRanks() {
        Random random = new Random(4711);
        long[] values = random.longs(20_000, 0, 40)
                .map(bits -> random.nextLong(1L << bits))
                .toArray();
        Latencies one = new Latencies();
        Latencies other = new Latencies();
        for (int i = 0; i < values.length; i++) {
            (i % 3 == 0 ? one : other).record(values[i]);
        }
        Latencies sum = new Latencies();
        sum.add(Latencies.parse(one.toText()));
        sum.add(Latencies.parse(other.toText()));
        LatencySummary summary = sum.summary();
        Arrays.sort(values);
        assertThat(summary.p50()).isCloseTo(micros(values, 0.5), PRECISION);
        assertThat(summary.p90()).isCloseTo(micros(values, 0.9), PRECISION);
        assertThat(summary.p99()).isCloseTo(micros(values, 0.99), PRECISION);
        assertThat(summary.p999()).isCloseTo(micros(values, 0.999), PRECISION);
        assertThat(summary.max()).isCloseTo(micros(values, 1), PRECISION);
        assertThat(summary.samples()).isEqualTo(values.length);
    }

    @Test
    void extremesAreKeptInRange() {
        Latencies latencies = new Latencies();
        latencies.record(-5);
        latencies.record(Long.MAX_VALUE);
        LatencySummary summary = Latencies.parse(latencies.toText()).summary();
        assertThat(summary.p50()).isZero();
        assertThat(summary.max()).isCloseTo(Latencies.LARGEST / 1e3, PRECISION);
        assertThat(summary.samples()).isEqualTo(2);
    }

    @Test
    void nothingIsZero() {
        LatencySummary nothing = new LatencySummary(0, 0, 0, 0, 0, 0);
        Latencies latencies = new Latencies();
        assertThat(Latencies.parse(latencies.toText()).summary()).isEqualTo(nothing);
        latencies.record(1_000);
        latencies.clear();
        assertThat(latencies.summary()).isEqualTo(nothing);
    }

    @Test
    void recordingAllocatesNothing() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        Latencies latencies = new Latencies();
        latencies.record(1);
        threads.getCurrentThreadAllocatedBytes();
        long before = threads.getCurrentThreadAllocatedBytes();
        for (long nanos = 1; nanos < 2 * Latencies.LARGEST; nanos = nanos * 3 / 2 + 1) {
            latencies.record(nanos);
        }
        assertThat(threads.getCurrentThreadAllocatedBytes() - before).isZero();
    }

    /** What a reader of lines takes for damage, wherever the line ends or is changed. */
    @Test
    void damageIsSeenAsSuch() {
        Latencies latencies = new Latencies();
        latencies.record(1_234);
        latencies.record(1_234_567);
        byte[] good = Base64.getDecoder().decode(latencies.toText());
        for (int length = 0; length < good.length; length++) {
            String text = Base64.getEncoder().encodeToString(Arrays.copyOf(good, length));
            assertThatThrownBy(() -> Latencies.parse(text))
                    .as("%d bytes", length)
                    .isInstanceOfAny(IllegalArgumentException.class, IndexOutOfBoundsException.class);
        }
        for (int bit = 0; bit < good.length * Byte.SIZE; bit++) {
            byte[] changed = good.clone();
            changed[bit / Byte.SIZE] ^= (byte) (1 << bit % Byte.SIZE);
            String text = Base64.getEncoder().encodeToString(changed);
            Throwable problem = catchThrowable(() -> new Latencies().add(Latencies.parse(text)));
            if (problem != null) {
                assertThat(problem)
                        .as("bit %d", bit)
                        .isInstanceOfAny(IllegalArgumentException.class, IndexOutOfBoundsException.class);
            }
        }
    }

    @Test
    void histogramsOfSomethingElseAreRefused() {
        Histogram other = new Histogram(Latencies.LARGEST * 4, 3);
        ByteBuffer encoded = ByteBuffer.allocate(other.getNeededByteBufferCapacity());
        int length = other.encodeIntoByteBuffer(encoded);
        String text = Base64.getEncoder().encodeToString(Arrays.copyOf(encoded.array(), length));
        assertThatThrownBy(() -> Latencies.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }

    private static double micros(long[] sorted, double quantile) {
        return sorted[(int) Math.ceil(quantile * sorted.length) - 1] / 1e3;
    }
}
