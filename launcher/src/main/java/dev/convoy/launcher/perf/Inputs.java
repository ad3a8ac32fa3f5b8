/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.launcher.perf;

import dev.convoy.DataType;
import dev.convoy.ReduceOp;

/**
 * The data of all ranks: pseudo-random, and such that every rank can tell the exact result. Whatever the order of the
 * arithmetic, each intermediate result is exact in the type: sums are of small whole numbers, products of powers of two
 * with one short factor. Integers use all their bits, and wrap.
 *
 * @param type type of the elements
 * @param op how they are reduced
 * @param ranks how many contribute
 * @param seed another one gives other data
 */
record Inputs(DataType type, ReduceOp op, int ranks, long seed) {
    /** Whole numbers need not be larger to be told apart. */
    private static final long LARGEST = 1 << 20;

    private static final long GOLDEN = 0x9E3779B97F4A7C15L;

    /** What a rank contributes, as the bits of an element. */
    long input(int rank, long index) {
        return ElementTypes.isInteger(type)
                ? integer(rank, index)
                : FloatFormat.of(type).bits(real(rank, index));
    }

    /** What all ranks' contributions make, as the bits of an element. */
    long result(long index) {
        return ElementTypes.isInteger(type)
                ? integerResult(index)
                : FloatFormat.of(type).bits(realResult(index));
    }

    private long integerResult(long index) {
        long result = integer(0, index);
        for (int rank = 1; rank < ranks; rank++) {
            long next = integer(rank, index);
            result = switch (op) {
                case SUM, AVG -> result + next;
                case PROD -> result * next;
                case MAX -> compare(result, next) >= 0 ? result : next;
                case MIN -> compare(result, next) <= 0 ? result : next;
            };
        }
        return op == ReduceOp.AVG ? result / ranks : result;
    }

    private int compare(long a, long b) {
        return ElementTypes.isUnsigned(type) ? Long.compareUnsigned(a, b) : Long.compare(a, b);
    }

    /** Extended to 64 bits as the type's sign demands. */
    private long integer(int rank, long index) {
        long random = random(rank, index);
        return switch (op) {
            case AVG -> averaged(rank, random);
            case PROD -> truncated(random | 1);
            case SUM, MAX, MIN -> truncated(random);
        };
    }

    private long truncated(long value) {
        return switch (type) {
            case INT8 -> (byte) value;
            case UINT8 -> value & 0xff;
            case INT32 -> (int) value;
            case UINT32 -> value & 0xffff_ffffL;
            default -> value;
        };
    }

    /** An average is of numbers whose sum does not wrap: libraries differ in when they divide. */
    private long averaged(int rank, long random) {
        int bits = 8 * type.bytes();
        long limit = Math.min(LARGEST, (1L << Math.min(bits - 1, 30)) - 1);
        long largest = Math.max(1, limit / ranks);
        if (rank >= limit) {
            return 0;
        }
        return ElementTypes.isUnsigned(type) ? below(random, largest + 1) : below(random, 2 * largest + 1) - largest;
    }

    private double realResult(long index) {
        double result = real(0, index);
        for (int rank = 1; rank < ranks; rank++) {
            double next = real(rank, index);
            result = switch (op) {
                case SUM, AVG -> result + next;
                case PROD -> result * next;
                case MAX -> Math.max(result, next);
                case MIN -> Math.min(result, next);
            };
        }
        return op == ReduceOp.AVG ? result / ranks : result;
    }

    private double real(int rank, long index) {
        FloatFormat format = FloatFormat.of(type);
        long random = random(rank, index);
        return op == ReduceOp.PROD ? factor(format, rank, random) : term(format, rank, random);
    }

    private double term(FloatFormat format, int rank, long random) {
        long limit = Math.min(LARGEST, format.exactLimit());
        boolean sums = op == ReduceOp.SUM || op == ReduceOp.AVG;
        if (sums && rank >= limit) {
            return 0;
        }
        long largest = sums ? Math.max(1, limit / ranks) : limit;
        // Averages are rounded on the way: of one sign, so that nothing cancels and makes the error look large.
        return op == ReduceOp.AVG ? largest - below(random, largest / 2 + 1) : below(random, 2 * largest + 1) - largest;
    }

    private static double factor(FloatFormat format, int rank, long random) {
        int exponent = rank < format.exponentLimit() ? (int) below(random, 3) - 1 : 0;
        double sign = (random & 1) == 0 ? 1 : -1;
        double fraction = rank == 0 ? 1 + ((random >>> 1) & 3) / 4.0 : 1;
        return sign * Math.scalb(fraction, exponent);
    }

    private static long below(long random, long bound) {
        return Long.remainderUnsigned(random >>> 8, bound);
    }

    /** Mixes rank, index and seed as SplitMix64 does. */
    private long random(int rank, long index) {
        long mixed = (seed * 31 + rank + 1) * GOLDEN + index * 0xD1B54A32D192ED03L;
        mixed = (mixed ^ (mixed >>> 30)) * 0xBF58476D1CE4E5B9L;
        mixed = (mixed ^ (mixed >>> 27)) * 0x94D049BB133111EBL;
        return mixed ^ (mixed >>> 31);
    }
}
