/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.protocol.simulation;

import java.util.PriorityQueue;

/** Events in virtual nanoseconds; those of the same instant run in the order in which they were scheduled. */
final class VirtualTime {
    private static final long START_NS = 1_000_000_000L;

    private final PriorityQueue<Entry> queue = new PriorityQueue<>();
    private long nowNs = START_NS;
    private long scheduled;

    private record Entry(long atNs, long order, Runnable action) implements Comparable<Entry> {
        @Override
        public int compareTo(Entry other) {
            int byTime = Long.compare(atNs, other.atNs);
            return byTime != 0 ? byTime : Long.compare(order, other.order);
        }
    }

    long nowNs() {
        return nowNs;
    }

    long sinceStartNs() {
        return nowNs - START_NS;
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
