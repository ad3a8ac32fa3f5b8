/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.samples.fashion;

/**
 * Random numbers as a function of (seed, stream, index): no state that a recovery would have to restore, and the same
 * on every rank. The mixing function is SplitMix64's.
 */
final class CounterRandom {

    private static final long GOLDEN_GAMMA = 0x9E3779B97F4A7C15L;

    private final long key;

    CounterRandom(long seed, long stream) {
        this.key = mix(mix(seed + GOLDEN_GAMMA) ^ mix(stream * GOLDEN_GAMMA + 1));
    }

    long bits(long index) {
        return mix(key + (index + 1) * GOLDEN_GAMMA);
    }

    /** A number in {@code [0, bound)}; its bias is below bound / 2^64. */
    int below(int bound, long index) {
        return (int) Math.unsignedMultiplyHigh(bits(index), bound);
    }

    /** A number in {@code [-1, 1)}, a multiple of 2^-23: exact in a float. */
    float symmetric(long index) {
        return (bits(index) >> 40) * 0x1p-23f;
    }

    private static long mix(long z) {
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }
}
