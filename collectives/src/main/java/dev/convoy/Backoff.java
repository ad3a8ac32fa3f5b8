/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy;

import java.util.concurrent.locks.LockSupport;

/** How a wait that polls passes its time: the longer it lasts, the less it takes from others. */
final class Backoff {
    private static final int SPINS = 64;
    private static final int YIELDS = 256;
    private static final long PARK_NANOS = 50_000;

    private Backoff() {}

    /** Passes a little time in the given round of a wait. */
    static void pause(int round) {
        if (round < SPINS) {
            Thread.onSpinWait();
        } else if (round < YIELDS) {
            Thread.yield();
        } else {
            park();
        }
    }

    /**
     * Interruption ends no wait: the flag is put by, and the permit that came with it is used up, or nobody would park.
     */
    private static void park() {
        boolean interrupted = Thread.interrupted();
        LockSupport.parkNanos(PARK_NANOS);
        if (interrupted) {
            LockSupport.parkNanos(PARK_NANOS);
            Thread.currentThread().interrupt();
        }
    }
}
