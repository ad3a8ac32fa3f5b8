/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy;

import java.math.BigInteger;
import java.util.random.RandomGenerator;

/**
 * What a reduction must give, from the bits of the elements: integers exactly, by arbitrary precision; floating-point
 * numbers in double precision, with the bound of what rounding to the type after each step can make of them.
 */
final class Oracle {
    private static final int LOWEST_EXPONENT = -1;

    private final DataType type;

    Oracle(DataType type) {
        this.type = type;
    }

    /** Widths of the parts of a floating-point format. */
    private record Format(int exponentBits, int mantissaBits) {
        static Format of(DataType type) {
            return switch (type) {
                case FLOAT16 -> new Format(5, 10);
                case BFLOAT16 -> new Format(8, 7);
                case FLOAT32 -> new Format(8, 23);
                case FLOAT64 -> new Format(11, 52);
                case FLOAT8_E4M3 -> new Format(4, 3);
                case FLOAT8_E5M2 -> new Format(5, 2);
                default -> throw new IllegalArgumentException(type.name());
            };
        }

        int bias() {
            return (1 << exponentBits - 1) - 1;
        }

        /** Half a unit in the last place of 1, and half of the least number. */
        double rounding() {
            return Math.scalb(1.0, -mantissaBits - 1);
        }

        double least() {
            return Math.scalb(1.0, Math.max(-1022, -bias() - mantissaBits));
        }

        double decode(long bits) {
            boolean isNegative = (bits >>> exponentBits + mantissaBits & 1) != 0;
            int exponent = (int) (bits >>> mantissaBits & (1L << exponentBits) - 1);
            long mantissa = bits & (1L << mantissaBits) - 1;
            double magnitude = exponent == 0
                    ? Math.scalb((double) mantissa, 1 - bias() - mantissaBits)
                    : Math.scalb((double) (mantissa | 1L << mantissaBits), exponent - bias() - mantissaBits);
            return isNegative ? -magnitude : magnitude;
        }
    }

    /** The bits of an element: any integer; or a number from 1/2 to 2 of either sign, whose products fit every type. */
    long draw(RandomGenerator random) {
        if (!type.isFloating()) {
            return random.nextLong() >>> Long.SIZE - 8 * type.bytes();
        }
        Format format = Format.of(type);
        long exponent = format.bias() + random.nextInt(LOWEST_EXPONENT, 1);
        long mantissa = random.nextLong() & (1L << format.mantissaBits()) - 1;
        return (random.nextBoolean() ? 1L : 0L) << format.exponentBits() + format.mantissaBits()
                | exponent << format.mantissaBits()
                | mantissa;
    }

    /** Whether the bits may be the result of these ranks' elements, each times its factor before a sum. */
    boolean accepts(long result, ReduceOp op, long[] elements, int[] factors) {
        return type.isFloating()
                ? acceptsFloating(result, op, elements, factors)
                : acceptsInteger(result, op, elements, factors);
    }

    private boolean acceptsInteger(long result, ReduceOp op, long[] elements, int[] factors) {
        BigInteger expected = integer(elements[0]).multiply(BigInteger.valueOf(factors[0]));
        for (int rank = 1; rank < elements.length; rank++) {
            BigInteger next = integer(elements[rank]).multiply(BigInteger.valueOf(factors[rank]));
            expected = switch (op) {
                case SUM, AVG -> expected.add(next);
                case PROD -> expected.multiply(next);
                case MAX -> expected.max(next);
                case MIN -> expected.min(next);
            };
        }
        if (op == ReduceOp.AVG) {
            // The sum wraps as one does, and is divided then.
            expected = integer(expected.longValue()).divide(BigInteger.valueOf(elements.length));
        }
        return integer(expected.longValue()).equals(integer(result));
    }

    /** The value that the lower bits stand for. */
    private BigInteger integer(long bits) {
        int width = 8 * type.bytes();
        long shifted = bits << Long.SIZE - width;
        boolean isUnsigned = Elements.isUnsigned(type);
        return isUnsigned
                ? new BigInteger(Long.toUnsignedString(shifted >>> Long.SIZE - width))
                : BigInteger.valueOf(shifted >> Long.SIZE - width);
    }

    private boolean acceptsFloating(long result, ReduceOp op, long[] elements, int[] factors) {
        Format format = Format.of(type);
        double expected = format.decode(elements[0]) * factors[0];
        double size = Math.abs(expected);
        for (int rank = 1; rank < elements.length; rank++) {
            double next = format.decode(elements[rank]) * factors[rank];
            size = op == ReduceOp.PROD ? Math.max(1, size) * Math.max(1, Math.abs(next)) : size + Math.abs(next);
            expected = switch (op) {
                case SUM, AVG -> expected + next;
                case PROD -> expected * next;
                case MAX -> Math.max(expected, next);
                case MIN -> Math.min(expected, next);
            };
        }
        double actual = format.decode(result);
        if (op == ReduceOp.MAX || op == ReduceOp.MIN || elements.length == 1 && op != ReduceOp.AVG && factors[0] == 1) {
            return actual == expected;
        }
        double share = op == ReduceOp.AVG ? 1.0 / elements.length : 1;
        // One rounding a step of what is never larger than all magnitudes together, and one of a factor or quotient.
        double bound = 2 * elements.length * (size * share * (format.rounding() + 0x1p-52) + format.least());
        return Math.abs(actual - expected * share) <= bound;
    }

    /** A value in words. */
    String text(long bits) {
        return type.isFloating()
                ? String.valueOf(Format.of(type).decode(bits))
                : integer(bits).toString();
    }
}
