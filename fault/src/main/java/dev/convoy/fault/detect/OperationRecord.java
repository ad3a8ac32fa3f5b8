/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.detect;

import dev.convoy.DataType;
import dev.convoy.Operation;
import java.util.Locale;
import java.util.Objects;

/**
 * One operation of a rank, as its {@link FlightRecorder} keeps it. Times are CLOCK_MONOTONIC nanoseconds.
 *
 * @param epoch epoch of its communicator
 * @param step step it belongs to
 * @param sequence number on its communicator, from 1
 * @param collective number among the communicator's collectives, the same on every rank, from 1; 0 for what ranks need
 *     not do alike: sends, receives and one-sided operations
 * @param operation what it is
 * @param type type of its elements; null if it has none
 * @param count its elements, as {@link dev.convoy.OperationObserver} has them
 * @param enqueuedAtNs when it was enqueued
 * @param completedAtNs when it was first seen to be complete, at the next operation or at the step's end; 0 if it was
 *     not
 */
public record OperationRecord(
        long epoch,
        long step,
        long sequence,
        long collective,
        Operation operation,
        DataType type,
        long count,
        long enqueuedAtNs,
        long completedAtNs) {
    /**
     * Checks what can be wrong with it.
     *
     * @throws IllegalArgumentException if a number is negative
     */
    public OperationRecord {
        Objects.requireNonNull(operation, "operation");
        if (sequence < 0 || collective < 0 || count < 0) {
            throw new IllegalArgumentException("an operation's numbers must not be negative: " + sequence + ", "
                    + collective + ", " + count + " elements");
        }
    }

    /**
     * Payload.
     *
     * @return bytes
     */
    public long bytes() {
        return type == null ? 0 : count * type.bytes();
    }

    /**
     * Whether it is known to be complete.
     *
     * @return whether it was seen to be
     */
    public boolean isCompleted() {
        return completedAtNs != 0;
    }

    /**
     * Whether every rank must make it alike.
     *
     * @return whether it is a collective
     */
    public boolean isCollective() {
        return collective > 0;
    }

    /**
     * The operation's name.
     *
     * @return such as {@code all_reduce}
     */
    public String name() {
        return operation.name().toLowerCase(Locale.ROOT);
    }

    /**
     * For a sentence.
     *
     * @return such as {@code all_reduce #31 (float32 × 4096)}
     */
    public String label() {
        long number = isCollective() ? collective : sequence;
        String content = type == null ? "" : " (" + type.name().toLowerCase(Locale.ROOT) + " × " + count + ")";
        return name() + " #" + number + content;
    }

    @Override
    public String toString() {
        return label() + " in step " + step + " of epoch " + epoch + (isCompleted() ? ", completed" : "");
    }
}
