/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.launcher.perf;

import dev.convoy.DataType;

/**
 * A binary floating-point format, so that expected results are made without the runtime's or the JDK's conversions.
 *
 * @param mantissaBits bits of the fraction
 * @param exponentBits bits of the exponent
 */
record FloatFormat(int mantissaBits, int exponentBits) {
    static FloatFormat of(DataType type) {
        return switch (type) {
            case FLOAT64 -> new FloatFormat(52, 11);
            case FLOAT32 -> new FloatFormat(23, 8);
            case FLOAT16 -> new FloatFormat(10, 5);
            case BFLOAT16 -> new FloatFormat(7, 8);
            case FLOAT8_E4M3 -> new FloatFormat(3, 4);
            case FLOAT8_E5M2 -> new FloatFormat(2, 5);
            default -> throw new IllegalArgumentException(type + " is not a floating-point type");
        };
    }

    /** All whole numbers up to this one are exact. */
    long exactLimit() {
        return 1L << (mantissaBits + 1);
    }

    /** Powers of two up to this exponent, and down to its negative, are normal with room for a factor below two. */
    int exponentLimit() {
        return bias() - 1;
    }

    /**
     * The bits of a value, to nearest, ties to even.
     *
     * @param value within the format's normal or subnormal range
     */
    long bits(double value) {
        long sign = (Double.doubleToRawLongBits(value) >>> 63) << (mantissaBits + exponentBits);
        double magnitude = Math.abs(value);
        if (magnitude == 0) {
            return sign;
        }
        int exponent = Math.max(Math.getExponent(magnitude), 1 - bias());
        long scaled = (long) Math.rint(Math.scalb(magnitude, mantissaBits - exponent));
        // A fraction rounded up to the next power of two carries into the exponent, as it should.
        return sign | (((long) (exponent + bias() - 1) << mantissaBits) + scaled);
    }

    private int bias() {
        return (1 << (exponentBits - 1)) - 1;
    }
}
