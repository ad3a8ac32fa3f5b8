/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault;

import java.util.Arrays;

/** The median of the last few measurements: neither the first slow ones count for long, nor one that was held up. */
final class RecentMedian {
    private static final int MOST = 9;

    private final long[] values = new long[MOST];
    private int added;

    void add(long value) {
        values[added++ % MOST] = value;
        // Only what is left of it by the number of values counts.
        added = added == 2 * MOST ? MOST : added;
    }

    int count() {
        return Math.min(added, MOST);
    }

    /** 0 before the first. */
    long value() {
        int count = count();
        if (count == 0) {
            return 0;
        }
        long[] sorted = Arrays.copyOf(values, count);
        Arrays.sort(sorted);
        return sorted[count / 2];
    }
}
