/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.protocol.simulation;

import java.util.SplittableRandom;

/** Everything that is drawn while a schedule runs. */
final class Chance {
    private final SplittableRandom random;
    private final boolean jitter;

    Chance(long seed, boolean jitter) {
        random = new SplittableRandom(seed);
        this.jitter = jitter;
    }

    /** A delay; the middle where a schedule is without jitter. */
    long between(long fromNs, long toNs) {
        return jitter ? random.nextLong(fromNs, toNs) : (fromNs + toNs) / 2;
    }

    int below(int bound) {
        return random.nextInt(bound);
    }

    boolean percent(int percent) {
        return random.nextInt(100) < percent;
    }
}
