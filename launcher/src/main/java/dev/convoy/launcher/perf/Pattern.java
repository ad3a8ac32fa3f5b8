/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.launcher.perf;

import dev.convoy.DataType;
import dev.convoy.DeviceBuffer;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.function.LongUnaryOperator;

/**
 * Elements that a buffer is filled with or compared to. They repeat with a period that is a prime number, so that no
 * block of a power of two, nor any rank's part, can stand in another's place unnoticed; and comparing costs little more
 * than reading.
 */
final class Pattern {
    /** Prime. */
    static final int PERIOD = 65_521;

    private final DataType type;
    private final int length;
    private final MemorySegment bytes;

    private Pattern(DataType type, int length, MemorySegment bytes) {
        this.type = type;
        this.length = length;
        this.bytes = bytes;
    }

    /**
     * Makes the elements.
     *
     * @param type their type
     * @param first index of the first that is used
     * @param count how many are used
     * @param bits the bits of an element by its index in the period
     */
    static Pattern of(DataType type, long first, long count, LongUnaryOperator bits) {
        int length = (int) Math.min(PERIOD, count);
        MemorySegment bytes = MemorySegment.ofArray(new byte[length * type.bytes()]);
        for (int i = 0; i < length; i++) {
            put(bytes, type, i, bits.applyAsLong((first + i) % PERIOD));
        }
        return new Pattern(type, length, bytes);
    }

    /** Writes the elements over a buffer. */
    void fill(DeviceBuffer target) {
        for (long done = 0; done < target.count(); done += length) {
            long run = Math.min(length, target.count() - done);
            target.slice(done, run).copyFrom(bytes.asSlice(0, run * type.bytes()));
        }
    }

    /**
     * Compares a buffer's elements.
     *
     * @param actual the elements
     * @param tolerance units in the last place that they may be off
     * @return how many are wrong
     */
    long countWrong(DeviceBuffer actual, int tolerance) {
        MemorySegment scratch = MemorySegment.ofArray(new byte[length * type.bytes()]);
        long wrong = 0;
        for (long done = 0; done < actual.count(); done += length) {
            long run = Math.min(length, actual.count() - done);
            MemorySegment part = scratch.asSlice(0, run * type.bytes());
            actual.slice(done, run).copyTo(part);
            if (part.mismatch(bytes.asSlice(0, run * type.bytes())) >= 0) {
                wrong += countWrong(part, (int) run, tolerance);
            }
        }
        return wrong;
    }

    private long countWrong(MemorySegment part, int run, int tolerance) {
        long wrong = 0;
        for (int i = 0; i < run; i++) {
            // Bits of floats of one sign are in the order of their values.
            long distance = get(part, type, i) - get(bytes, type, i);
            if (distance > tolerance || distance < -tolerance) {
                wrong++;
            }
        }
        return wrong;
    }

    private static void put(MemorySegment to, DataType type, int index, long bits) {
        switch (type.bytes()) {
            case 1 -> to.set(ValueLayout.JAVA_BYTE, index, (byte) bits);
            case 2 -> to.setAtIndex(ValueLayout.JAVA_SHORT_UNALIGNED, index, (short) bits);
            case 4 -> to.setAtIndex(ValueLayout.JAVA_INT_UNALIGNED, index, (int) bits);
            default -> to.setAtIndex(ValueLayout.JAVA_LONG_UNALIGNED, index, bits);
        }
    }

    private static long get(MemorySegment from, DataType type, int index) {
        return switch (type.bytes()) {
            case 1 -> from.get(ValueLayout.JAVA_BYTE, index);
            case 2 -> from.getAtIndex(ValueLayout.JAVA_SHORT_UNALIGNED, index);
            case 4 -> from.getAtIndex(ValueLayout.JAVA_INT_UNALIGNED, index);
            default -> from.getAtIndex(ValueLayout.JAVA_LONG_UNALIGNED, index);
        };
    }
}
