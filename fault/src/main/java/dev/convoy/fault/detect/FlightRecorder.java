/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.detect;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The last operations of a rank in a ring, so that a hang can be told from the operation that did not arrive.
 *
 * <p>One thread records, any thread reads. Recording neither allocates nor locks. A reader may meet a slot that is
 * being overwritten; it leaves such a record out.
 */
public final class FlightRecorder {
    /** Records kept by default. */
    public static final int DEFAULT_CAPACITY = 2_000;

    private static final VarHandle SEQUENCE = MethodHandles.arrayElementVarHandle(long[].class);
    private static final VarHandle NAME = MethodHandles.arrayElementVarHandle(String[].class);
    private static final long EMPTY = -1;

    private final long[] sequences;
    private final long[] epochs;
    private final long[] steps;
    private final long[] bytes;
    private final long[] times;
    private final String[] operations;
    private volatile long recorded;

    /**
     * One operation.
     *
     * @param epoch epoch of its communicator
     * @param step step it belongs to
     * @param sequence number on its communicator
     * @param operation name, a constant
     * @param bytes payload
     * @param atNs when it was enqueued, CLOCK_MONOTONIC nanoseconds
     */
    public record Entry(long epoch, long step, long sequence, String operation, long bytes, long atNs) {
        @Override
        public String toString() {
            return operation + " #" + sequence + " (" + bytes + " bytes, step " + step + ", epoch " + epoch + ")";
        }
    }

    /** A ring of {@link #DEFAULT_CAPACITY} records. */
    public FlightRecorder() {
        this(DEFAULT_CAPACITY);
    }

    /**
     * A ring of a given size.
     *
     * @param capacity records kept, at least 1
     */
    public FlightRecorder(int capacity) {
        if (capacity < 1) {
            throw new IllegalArgumentException("capacity must be at least 1, not " + capacity);
        }
        sequences = new long[capacity];
        epochs = new long[capacity];
        steps = new long[capacity];
        bytes = new long[capacity];
        times = new long[capacity];
        operations = new String[capacity];
        Arrays.fill(sequences, EMPTY);
    }

    /**
     * Records an operation.
     *
     * @param epoch epoch of its communicator
     * @param step step it belongs to
     * @param sequence number on its communicator, not negative
     * @param operation name; should be a constant, for it is kept
     * @param payloadBytes payload
     * @param atNs when, CLOCK_MONOTONIC nanoseconds
     */
    public void record(long epoch, long step, long sequence, String operation, long payloadBytes, long atNs) {
        int slot = (int) (recorded % sequences.length);
        // Emptied first and numbered last: a reader that sees the same number before and after saw one record.
        SEQUENCE.setVolatile(sequences, slot, EMPTY);
        VarHandle.storeStoreFence();
        epochs[slot] = epoch;
        steps[slot] = step;
        bytes[slot] = payloadBytes;
        times[slot] = atNs;
        NAME.setOpaque(operations, slot, operation);
        SEQUENCE.setRelease(sequences, slot, sequence);
        recorded++;
    }

    /**
     * Operations recorded since the start, those overwritten included.
     *
     * @return their number
     */
    public long recorded() {
        return recorded;
    }

    /**
     * The newest records.
     *
     * @param limit at most so many
     * @return oldest first
     */
    public List<Entry> newest(int limit) {
        long end = recorded;
        long begin = Math.max(0, end - Math.min(limit, sequences.length));
        List<Entry> entries = new ArrayList<>();
        for (long i = begin; i < end; i++) {
            int slot = (int) (i % sequences.length);
            long sequence = (long) SEQUENCE.getAcquire(sequences, slot);
            String name = (String) NAME.getOpaque(operations, slot);
            Entry entry = new Entry(epochs[slot], steps[slot], sequence, name, bytes[slot], times[slot]);
            VarHandle.loadLoadFence();
            if (sequence != EMPTY && sequence == (long) SEQUENCE.getOpaque(sequences, slot)) {
                entries.add(entry);
            }
        }
        return entries;
    }
}
