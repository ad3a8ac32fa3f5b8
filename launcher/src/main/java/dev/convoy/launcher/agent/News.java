/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.launcher.agent;

import java.util.ArrayDeque;
import java.util.Queue;

/**
 * What only a person reads, in its order, a moment later: to write its first lines costs a cold JVM time on the CPUs
 * that the ranks recover on. Used by the event thread.
 */
final class News {
    private static final long DELAY_NS = 100_000_000;

    private final Queue<Item> waiting = new ArrayDeque<>();

    private record Item(long sinceNs, Runnable telling) {}

    void add(long nowNs, Runnable telling) {
        waiting.add(new Item(nowNs, telling));
    }

    /** Tells what has waited long enough. */
    void tell(long nowNs) {
        while (!waiting.isEmpty() && nowNs - waiting.peek().sinceNs() >= DELAY_NS) {
            waiting.poll().telling().run();
        }
    }

    /** Tells everything. */
    void tellAll() {
        while (!waiting.isEmpty()) {
            waiting.poll().telling().run();
        }
    }
}
