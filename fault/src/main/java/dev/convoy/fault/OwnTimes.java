/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault;

import java.util.Arrays;

/** Times that this rank needed for its steps before it waited for others. One thread adds, another one takes. */
final class OwnTimes {
    private static final int MOST = 64;

    private final long[] times = new long[MOST];
    private int added;

    synchronized void add(long ns) {
        times[added++ % MOST] = Math.max(1, ns);
    }

    /** Median of what was added since it was taken last; 0 if nothing was. */
    synchronized long takeMedian() {
        long[] kept = Arrays.copyOf(times, Math.min(added, MOST));
        added = 0;
        Arrays.sort(kept);
        return kept.length == 0 ? 0 : kept[kept.length / 2];
    }
}
