/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy;

/** Numbers as the bits of an element. */
final class Scalars {
    private static final int CODES_OF_8_BITS = 0x80;
    private static final int BFLOAT16_SHIFT = 16;

    private Scalars() {}

    /** The bits in the lower bytes, which a little-endian machine stores first. */
    static long bits(DataType type, Number number) {
        return switch (type) {
            case INT8, UINT8, INT32, UINT32, INT64, UINT64 -> number.longValue();
            case FLOAT16 -> Float.floatToFloat16(number.floatValue());
            case BFLOAT16 -> bfloat16(number.floatValue());
            case FLOAT32 -> Float.floatToRawIntBits(number.floatValue());
            case FLOAT64 -> Double.doubleToRawLongBits(number.doubleValue());
            case FLOAT8_E4M3 -> eighth(number.doubleValue(), 4, 0x7E);
            case FLOAT8_E5M2 -> eighth(number.doubleValue(), 5, 0x7B);
        };
    }

    /** To the nearest, ties to even; infinities and what is not a number stay so. */
    private static int bfloat16(float value) {
        int bits = Float.floatToIntBits(value);
        if (!Float.isFinite(value)) {
            return bits >>> BFLOAT16_SHIFT;
        }
        int half = 0x7FFF + (bits >>> BFLOAT16_SHIFT & 1);
        return bits + half >>> BFLOAT16_SHIFT;
    }

    /** The nearest of all that there are, ties to even; too large ones become the largest, as in a reduction. */
    private static int eighth(double value, int exponentBits, int largest) {
        int sign = Math.copySign(1, value) < 0 ? CODES_OF_8_BITS : 0;
        if (Double.isNaN(value)) {
            return 0x7F;
        }
        int best = 0;
        for (int code = 1; code <= largest; code++) {
            double nearer = distance(value, best, exponentBits) - distance(value, code, exponentBits);
            if (nearer > 0 || nearer == 0 && (code & 1) == 0) {
                best = code;
            }
        }
        return sign | best;
    }

    private static double distance(double value, int code, int exponentBits) {
        double magnitude = Math.min(Math.abs(value), Float.MAX_VALUE);
        return Math.abs(magnitude - magnitudeOf(code, exponentBits));
    }

    /** What a positive 8-bit float stands for. */
    private static double magnitudeOf(int code, int exponentBits) {
        int mantissaBits = 7 - exponentBits;
        int bias = (1 << exponentBits - 1) - 1;
        int exponent = code >>> mantissaBits;
        int mantissa = code & (1 << mantissaBits) - 1;
        return exponent == 0
                ? Math.scalb((double) mantissa, 1 - bias - mantissaBits)
                : Math.scalb((double) (mantissa + (1 << mantissaBits)), exponent - bias - mantissaBits);
    }
}
