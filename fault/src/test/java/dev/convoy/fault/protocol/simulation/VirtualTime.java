/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.protocol.simulation;

import java.util.Comparator;
import java.util.PriorityQueue;

/** Events in virtual nanoseconds; those of the same instant run in the order in which they were scheduled. */
final class VirtualTime {
    private final PriorityQueue<Entry> queue =
            new PriorityQueue<>(Comparator.comparingLong(Entry::atNs).thenComparingLong(Entry::order));
    private long nowNs = 1_000_000_000L;
    private long scheduled;

    private record Entry(long atNs, long order, Runnable action) {}

    long nowNs() {
        return nowNs;
    }

    void at(long atNs, Runnable action) {
        queue.add(new Entry(Math.max(atNs, nowNs), scheduled++, action));
    }

    void after(long delayNs, Runnable action) {
        at(nowNs + delayNs, action);
    }

    void next() {
        Entry entry = queue.remove();
        nowNs = entry.atNs();
        entry.action().run();
    }
}
