/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.jfr;

import dev.convoy.DataType;
import dev.convoy.Operation;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Locale;

/**
 * Makes an event of each operation while a recording wants them, and costs a look at a field otherwise. Used by the
 * thread that drives the communicator.
 */
public final class CollectiveEvents {
    /** Operations under way beyond these are left out: nothing grows because nobody waits. */
    private static final int MOST_OPEN = 1_024;
    /** Never committed: it knows whether a recording wants its kind. */
    private static final CollectiveEvent KIND = new CollectiveEvent();

    private final Deque<CollectiveEvent> open = new ArrayDeque<>();

    /** Without any operation. */
    public CollectiveEvents() {}

    /**
     * An operation is about to be enqueued.
     *
     * @param operation what it is
     * @param type type of its elements, or null
     * @param count its elements
     * @param epoch epoch of its communicator
     * @param step step that it belongs to
     * @param sequence its number in its communicator
     */
    public void enqueued(Operation operation, DataType type, long count, long epoch, long step, long sequence) {
        if (KIND.isEnabled() && open.size() < MOST_OPEN) {
            CollectiveEvent event = new CollectiveEvent();
            event.operation = operation.name().toLowerCase(Locale.ROOT);
            event.type = type == null ? null : type.name().toLowerCase(Locale.ROOT);
            event.count = count;
            event.payload = type == null ? 0 : count * type.bytes();
            event.epoch = epoch;
            event.step = step;
            event.sequence = sequence;
            event.begin();
            open.add(event);
        }
    }

    /**
     * Operations are known to be complete.
     *
     * @param epoch epoch of their communicator
     * @param sequence the newest of them
     */
    public void completed(long epoch, long sequence) {
        if (open.isEmpty()) {
            return;
        }
        CollectiveEvent first = open.peek();
        while (first != null && (first.epoch != epoch || first.sequence <= sequence)) {
            open.remove();
            // What an abandoned epoch left open has no end.
            if (first.epoch == epoch) {
                first.commit();
            }
            first = open.peek();
        }
    }
}
