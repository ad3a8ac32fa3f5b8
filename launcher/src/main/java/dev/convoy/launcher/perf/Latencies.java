/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.launcher.perf;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Base64;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/**
 * How often each latency was seen, to a thousandth, in fixed memory of about a quarter of a megabyte: recording
 * allocates nothing, and those of several ranks can be added.
 *
 * <p>Values are nanoseconds.
 */
final class Latencies {
    /** What takes longer counts as this. */
    static final long LARGEST = TimeUnit.HOURS.toNanos(1);

    private static final int SIGNIFICANT_DIGITS = 3;

    private final Histogram histogram;

    Latencies() {
        this(new Histogram(LARGEST, SIGNIFICANT_DIGITS));
    }

    private Latencies(Histogram histogram) {
        this.histogram = histogram;
    }

    void record(long nanos) {
        histogram.recordValue(Math.clamp(nanos, 0, LARGEST));
    }

    void clear() {
        histogram.reset();
    }

    void add(Latencies other) {
        histogram.add(other.histogram);
    }

    LatencySummary summary() {
        return new LatencySummary(
                percentileMicros(50),
                percentileMicros(90),
                percentileMicros(99),
                percentileMicros(99.9),
                histogram.getMaxValue() / 1e3,
                histogram.getTotalCount());
    }

    private double percentileMicros(double percentile) {
        return histogram.getValueAtPercentile(percentile) / 1e3;
    }

    /** As one word. */
    String toText() {
        // Not deflated: runs of empty buckets are short already, and zlib would have to be warmed up in each rank.
        ByteBuffer encoded = ByteBuffer.allocate(histogram.getNeededByteBufferCapacity());
        int length = histogram.encodeIntoByteBuffer(encoded);
        return Base64.getEncoder().encodeToString(Arrays.copyOf(encoded.array(), length));
    }

    /**
     * What {@link #toText()} made.
     *
     * @throws IllegalArgumentException if it is damaged
     * @throws IndexOutOfBoundsException if it is damaged
     */
    static Latencies parse(String text) {
        Histogram histogram;
        try {
            histogram = Histogram.decodeFromByteBuffer(
                    ByteBuffer.wrap(Base64.getDecoder().decode(text)), LARGEST);
        } catch (BufferUnderflowException e) {
            throw new IllegalArgumentException("not all of a histogram: " + text, e);
        }
        // Others could not be added to ours.
        if (histogram.getHighestTrackableValue() != LARGEST) {
            throw new IllegalArgumentException("not a histogram of latencies: " + text);
        }
        return new Latencies(histogram);
    }
}
