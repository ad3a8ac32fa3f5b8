/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.detect;

import dev.convoy.DataType;
import dev.convoy.Operation;
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

    private static final VarHandle LONGS = MethodHandles.arrayElementVarHandle(long[].class);
    private static final VarHandle OPERATION = MethodHandles.arrayElementVarHandle(Operation[].class);
    private static final VarHandle TYPE = MethodHandles.arrayElementVarHandle(DataType[].class);
    private static final long EMPTY = -1;

    private final long[] sequences;
    private final long[] epochs;
    private final long[] steps;
    private final long[] collectives;
    private final long[] counts;
    private final long[] enqueued;
    private final long[] completed;
    private final Operation[] operations;
    private final DataType[] types;
    private volatile long recorded;
    /** Of the recording thread: the oldest record that may still be completed. */
    private long open;

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
        collectives = new long[capacity];
        counts = new long[capacity];
        enqueued = new long[capacity];
        completed = new long[capacity];
        operations = new Operation[capacity];
        types = new DataType[capacity];
        Arrays.fill(sequences, EMPTY);
    }

    private FlightRecorder(FlightRecorder other) {
        recorded = other.recorded;
        sequences = other.sequences.clone();
        VarHandle.loadLoadFence();
        epochs = other.epochs.clone();
        steps = other.steps.clone();
        collectives = other.collectives.clone();
        counts = other.counts.clone();
        enqueued = other.enqueued.clone();
        completed = other.completed.clone();
        operations = other.operations.clone();
        types = other.types.clone();
        VarHandle.loadLoadFence();
        for (int slot = 0; slot < sequences.length; slot++) {
            if (sequences[slot] != (long) LONGS.getOpaque(other.sequences, slot)) {
                sequences[slot] = EMPTY;
            }
        }
    }

    /**
     * A copy as of now, which later operations do not overwrite. Takes some ten microseconds; any thread.
     *
     * @return a recorder of its own
     */
    public FlightRecorder copy() {
        return new FlightRecorder(this);
    }

    /**
     * Records an operation.
     *
     * @param epoch epoch of its communicator
     * @param step step it belongs to
     * @param sequence number on its communicator, not negative
     * @param collective number among the communicator's collectives; 0 if it is none
     * @param operation what it is
     * @param type type of its elements, or null
     * @param count its elements
     * @param atNs when it was enqueued, CLOCK_MONOTONIC nanoseconds
     */
    public void record(
            long epoch,
            long step,
            long sequence,
            long collective,
            Operation operation,
            DataType type,
            long count,
            long atNs) {
        long number = recorded;
        int slot = slot(number);
        // Emptied first and numbered last: a reader that sees the same number before and after saw one record.
        LONGS.setVolatile(sequences, slot, EMPTY);
        VarHandle.storeStoreFence();
        epochs[slot] = epoch;
        steps[slot] = step;
        collectives[slot] = collective;
        counts[slot] = count;
        enqueued[slot] = atNs;
        LONGS.setOpaque(completed, slot, 0L);
        OPERATION.setOpaque(operations, slot, operation);
        TYPE.setOpaque(types, slot, type);
        LONGS.setRelease(sequences, slot, sequence);
        recorded = number + 1;
    }

    /**
     * Notes that an epoch's operations are complete up to one of them. Called by the thread that records.
     *
     * @param epoch epoch of the communicator
     * @param sequence newest operation known to be complete
     * @param atNs when that was seen, CLOCK_MONOTONIC nanoseconds
     */
    public void completed(long epoch, long sequence, long atNs) {
        long end = recorded;
        open = Math.max(open, end - sequences.length);
        while (open < end) {
            int slot = slot(open);
            if (epochs[slot] == epoch) {
                if (sequences[slot] > sequence) {
                    return;
                }
                LONGS.setOpaque(completed, slot, atNs);
            }
            // What an abandoned epoch left open stays so.
            open++;
        }
    }

    private int slot(long number) {
        return (int) (number % sequences.length);
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
    public List<OperationRecord> newest(int limit) {
        long end = recorded;
        long begin = Math.max(0, end - Math.min(limit, sequences.length));
        List<OperationRecord> entries = new ArrayList<>();
        for (long i = begin; i < end; i++) {
            int slot = slot(i);
            long sequence = (long) LONGS.getAcquire(sequences, slot);
            Operation operation = (Operation) OPERATION.getOpaque(operations, slot);
            if (sequence == EMPTY || operation == null) {
                continue;
            }
            OperationRecord entry = new OperationRecord(
                    epochs[slot],
                    steps[slot],
                    sequence,
                    collectives[slot],
                    operation,
                    (DataType) TYPE.getOpaque(types, slot),
                    counts[slot],
                    enqueued[slot],
                    (long) LONGS.getOpaque(completed, slot));
            VarHandle.loadLoadFence();
            if (sequence == (long) LONGS.getOpaque(sequences, slot)) {
                entries.add(entry);
            }
        }
        return entries;
    }
}
