/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.launcher.agent;

import dev.convoy.fault.protocol.CoordinatorEvent;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.LongFunction;

/**
 * Brings events of many threads into one order, with times that never go back: an event carries the time at which it
 * was seen, not when its turn came. Bounded by the senders, each of which waits for answers.
 */
final class EventQueue {
    private static final long TICK_NS = 10_000_000;

    private final LinkedBlockingQueue<Seen> queue = new LinkedBlockingQueue<>();
    private long lastNs = Long.MIN_VALUE;
    private long lastTickNs = System.nanoTime();
    private boolean justTicked;

    private record Seen(long atNs, LongFunction<CoordinatorEvent> event) {}

    /** Adds an event; callable from any thread. The function makes the event out of its time. */
    void post(LongFunction<CoordinatorEvent> event) {
        queue.add(new Seen(System.nanoTime(), event));
    }

    /**
     * The next event, or a tick at least every 10 ms. Between two ticks an event has its turn, however long a tick
     * takes on a busy machine: who is never heard looks silent. Event thread only.
     */
    CoordinatorEvent take() throws InterruptedException {
        long untilTick = lastTickNs + TICK_NS - System.nanoTime();
        Seen seen = untilTick > 0 || justTicked ? queue.poll(untilTick, TimeUnit.NANOSECONDS) : null;
        justTicked = seen == null;
        if (seen == null) {
            lastTickNs = System.nanoTime();
            return new CoordinatorEvent.Tick(advance(lastTickNs));
        }
        return seen.event().apply(advance(seen.atNs()));
    }

    /** Present time, not before the last event's. Event thread only. */
    long now() {
        return advance(System.nanoTime());
    }

    private long advance(long atNs) {
        lastNs = Math.max(lastNs, atNs);
        return lastNs;
    }
}
