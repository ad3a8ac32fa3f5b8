/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.snapshot;

/**
 * The CRC32C of a row of pieces from the checksums of the pieces, without their bytes. So what several ranks received
 * of a shard, each its part, can be held against the one checksum that the shard had when it was stored.
 *
 * <p>A checksum is the remainder of a polynomial over GF(2); bytes that follow multiply it by a power of x.
 */
final class JoinedChecksum {
    /** Castagnoli's polynomial; here and below bit 31 is the coefficient of x⁰. */
    private static final int POLYNOMIAL = 0x82F63B78;

    private static final int ONE = 1 << 31;
    private static final int X_TO_THE_8 = 1 << 23;

    private int joined;
    private long bytes;
    private long lastLength;
    private int lastPower = ONE;

    /** Bytes so far. */
    long bytes() {
        return bytes;
    }

    /**
     * Adds a piece.
     *
     * @param checksum its CRC32C
     * @param length its bytes, not negative
     */
    void add(long checksum, long length) {
        joined = times(joined, cachedPowerOfX(length)) ^ (int) checksum;
        bytes += length;
    }

    /** Adds zeros up to a position. */
    void zerosTo(long position) {
        long length = position - bytes;
        if (length > 0) {
            joined = ~times(~joined, powerOfX(length));
            bytes = position;
        }
    }

    /** The checksum of everything so far, 0 to 2^32 − 1. */
    long value() {
        return Integer.toUnsignedLong(joined);
    }

    // Most pieces are of one length.
    private int cachedPowerOfX(long length) {
        if (length != lastLength) {
            lastLength = length;
            lastPower = powerOfX(length);
        }
        return lastPower;
    }

    /** x^(8·length). */
    private static int powerOfX(long length) {
        int power = ONE;
        int square = X_TO_THE_8;
        for (long left = length; left > 0; left >>= 1) {
            if ((left & 1) != 0) {
                power = times(power, square);
            }
            square = times(square, square);
        }
        return power;
    }

    private static int times(int a, int b) {
        int product = 0;
        int shifted = b;
        for (int bit = a; bit != 0; bit <<= 1) {
            if (bit < 0) {
                product ^= shifted;
            }
            shifted = (shifted & 1) != 0 ? (shifted >>> 1) ^ POLYNOMIAL : shifted >>> 1;
        }
        return product;
    }
}
