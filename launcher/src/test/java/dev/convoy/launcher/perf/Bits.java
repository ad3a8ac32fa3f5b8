/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.launcher.perf;

import dev.convoy.DataType;
import java.math.BigDecimal;
import java.math.BigInteger;

/** What the bits of an element mean, told by the JDK's own conversions or the definition of the format. */
final class Bits {
    private Bits() {}

    static long mask(DataType type) {
        return type.bytes() == 8 ? -1 : (1L << (8 * type.bytes())) - 1;
    }

    static BigDecimal value(DataType type, long bits) {
        return switch (type) {
            case INT8 -> BigDecimal.valueOf((byte) bits);
            case UINT8 -> BigDecimal.valueOf(bits & 0xff);
            case INT32 -> BigDecimal.valueOf((int) bits);
            case UINT32 -> BigDecimal.valueOf(bits & 0xffff_ffffL);
            case INT64 -> BigDecimal.valueOf(bits);
            case UINT64 -> new BigDecimal(new BigInteger(Long.toUnsignedString(bits)));
            case FLOAT16 -> new BigDecimal(Float.float16ToFloat((short) bits));
            case FLOAT32 -> new BigDecimal(Float.intBitsToFloat((int) bits));
            case FLOAT64 -> new BigDecimal(Double.longBitsToDouble(bits));
            case BFLOAT16 -> new BigDecimal(Float.intBitsToFloat((int) bits << 16));
            case FLOAT8_E4M3 -> new BigDecimal(small(bits, 4, 3, 7));
            case FLOAT8_E5M2 -> new BigDecimal(Float.float16ToFloat((short) (bits << 8)));
        };
    }

    /** The bits of the floating-point number next to a value, ties to even. */
    static long nearest(DataType type, BigDecimal value) {
        return switch (type) {
            case FLOAT64 -> Double.doubleToRawLongBits(value.doubleValue());
            case FLOAT32 -> Float.floatToRawIntBits(value.floatValue()) & mask(type);
            default -> nearestOfAll(type, value);
        };
    }

    /** Bits of one sign are in the order of their values, so that they can be searched. */
    private static long nearestOfAll(DataType type, BigDecimal value) {
        BigDecimal magnitude = value.abs();
        long below = 0;
        long above = greatest(type);
        while (above - below > 1) {
            long middle = (below + above) / 2;
            if (value(type, middle).compareTo(magnitude) <= 0) {
                below = middle;
            } else {
                above = middle;
            }
        }
        BigDecimal down = magnitude.subtract(value(type, below));
        BigDecimal up = value(type, above).subtract(magnitude);
        int nearer = down.compareTo(up);
        long nearest = nearer < 0 || (nearer == 0 && (below & 1) == 0) ? below : above;
        return value.signum() < 0 ? nearest | ((mask(type) + 1) / 2) : nearest;
    }

    /** The greatest number; no value in these tests comes near. */
    private static long greatest(DataType type) {
        return switch (type) {
            case FLOAT16 -> 0x7bff;
            case BFLOAT16 -> 0x7f7f;
            case FLOAT8_E4M3 -> 0x7e;
            default -> 0x7b;
        };
    }

    private static double small(long bits, int exponentBits, int mantissaBits, int bias) {
        long mantissa = bits & ((1 << mantissaBits) - 1);
        int exponent = (int) (bits >> mantissaBits) & ((1 << exponentBits) - 1);
        double magnitude = exponent == 0
                ? Math.scalb((double) mantissa, 1 - bias - mantissaBits)
                : Math.scalb((double) (mantissa + (1 << mantissaBits)), exponent - bias - mantissaBits);
        return (bits >> (exponentBits + mantissaBits) & 1) == 0 ? magnitude : -magnitude;
    }
}
