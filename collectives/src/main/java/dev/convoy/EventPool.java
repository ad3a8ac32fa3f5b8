/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy;

import java.util.ArrayDeque;

/**
 * A device's events that mark the ends of operations. They outlive their communicator: the abort of one is on the path
 * of a recovery, and to destroy some hundred events and make them again would cost a millisecond there. As many stay as
 * were ever needed at once. Thread-safe.
 */
final class EventPool {
    private final Device device;
    private final ArrayDeque<Event> idle = new ArrayDeque<>();

    EventPool(Device device) {
        this.device = device;
    }

    /** An event without a clock; it may still mark what somebody recorded before. */
    Event take() {
        synchronized (idle) {
            Event kept = idle.pollLast();
            if (kept != null) {
                return kept;
            }
        }
        return device.newEvent(Event.WITHOUT_CLOCK);
    }

    /** For whoever took it and does not look at it any more. */
    void give(Event event) {
        synchronized (idle) {
            idle.addLast(event);
        }
    }
}
