/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.launcher.perf;

import java.util.Arrays;

/**
 * How often each latency was seen, to better than one percent, in fixed memory: recording allocates nothing, and those
 * of several ranks can be added.
 *
 * <p>Values are nanoseconds. Every power of two is cut into {@value #PARTS} buckets of equal width.
 */
final class Latencies {
    private static final int PART_BITS = 7;
    private static final int PARTS = 1 << PART_BITS;
    /** About 73 minutes; what takes longer counts as this. */
    private static final int LARGEST_BIT = 42;

    private static final long LARGEST = (1L << LARGEST_BIT) - 1;

    private final long[] counts = new long[(LARGEST_BIT - PART_BITS + 1) * PARTS];
    private long total;
    private long max;

    void record(long nanos) {
        long value = Math.clamp(nanos, 0, LARGEST);
        counts[bucket(value)]++;
        total++;
        max = Math.max(max, value);
    }

    void clear() {
        Arrays.fill(counts, 0);
        total = 0;
        max = 0;
    }

    void add(Latencies other) {
        for (int i = 0; i < counts.length; i++) {
            counts[i] += other.counts[i];
        }
        total += other.total;
        max = Math.max(max, other.max);
    }

    long total() {
        return total;
    }

    long max() {
        return max;
    }

    /**
     * The value that a part of all values does not exceed.
     *
     * @param quantile 0 to 1
     * @return nanoseconds; 0 if there are none
     */
    long quantile(double quantile) {
        long wanted = Math.max(1, (long) Math.ceil(quantile * total));
        long seen = 0;
        for (int i = 0; i < counts.length; i++) {
            seen += counts[i];
            if (seen >= wanted) {
                return Math.min(max, upperEnd(i));
            }
        }
        return max;
    }

    /** As one word: the greatest value, then the buckets that are not empty. */
    String toText() {
        StringBuilder text = new StringBuilder().append(max);
        int before = 0;
        for (int i = 0; i < counts.length; i++) {
            if (counts[i] != 0) {
                text.append(',').append(i - before).append(':').append(counts[i]);
                before = i;
            }
        }
        return text.toString();
    }

    /** What {@link #toText()} made. */
    static Latencies parse(String text) {
        Latencies latencies = new Latencies();
        String[] parts = text.split(",");
        latencies.max = Long.parseLong(parts[0]);
        int bucket = 0;
        for (int i = 1; i < parts.length; i++) {
            int colon = parts[i].indexOf(':');
            bucket += Integer.parseInt(parts[i].substring(0, colon));
            long count = Long.parseLong(parts[i].substring(colon + 1));
            latencies.counts[bucket] += count;
            latencies.total += count;
        }
        return latencies;
    }

    /** Values below {@value #PARTS} have a bucket each; then a bucket's width doubles with every power of two. */
    private static int bucket(long value) {
        int shift = Math.max(0, Long.SIZE - PART_BITS - 1 - Long.numberOfLeadingZeros(value | 1));
        return (shift << PART_BITS) + (int) (value >>> shift);
    }

    private static long upperEnd(int bucket) {
        int shift = Math.max(0, (bucket >> PART_BITS) - 1);
        long value = bucket - ((long) shift << PART_BITS);
        return ((value + 1) << shift) - 1;
    }
}
