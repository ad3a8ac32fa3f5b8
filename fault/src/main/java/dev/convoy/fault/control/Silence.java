/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.control;

import java.time.Duration;

/**
 * For how long nothing was heard, in time in which this process ran: after a stop or a long collection of garbage what
 * came meanwhile has to be read first. Used by one thread, which looks every {@value #LOOK_MS} ms.
 */
final class Silence {
    static final long LOOK_MS = 100;
    private static final long MOST_NS = 2 * LOOK_MS * 1_000_000;
    private static final long NEVER = Long.MIN_VALUE;

    private final long boundNs;
    private long heard;
    private long lookedNs = NEVER;
    private long silentNs;

    Silence(Duration bound) {
        boundNs = bound.toNanos();
    }

    /** Takes the number of records that came in so far. */
    boolean isTooLong(long heardSoFar, long nowNs) {
        long elapsedNs = lookedNs == NEVER ? 0 : nowNs - lookedNs;
        silentNs = heardSoFar == heard ? silentNs + Math.min(elapsedNs, MOST_NS) : 0;
        heard = heardSoFar;
        lookedNs = nowNs;
        return silentNs > boundNs;
    }

    /** Why a connection was given up. */
    @Override
    public String toString() {
        return "no sign of it for " + silentNs / 1_000_000 + " ms";
    }
}
