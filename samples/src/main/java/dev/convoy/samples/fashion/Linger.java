/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.samples.fashion;

import dev.convoy.fault.Step;
import java.util.concurrent.locks.LockSupport;

/**
 * Slows the demonstration's steps down while a lost rank's replacement starts: a training run lasts for hours, this one
 * would be over before there is anything to see. Nothing of the result follows from it.
 */
final class Linger {

    private static final long TOTAL_NANOS = 8_000_000_000L;
    private static final long LONGEST_NANOS = 200_000_000L;

    private final long steps;
    private final int wholeGroup;

    /**
     * Creates it.
     *
     * @param steps steps of the run
     * @param wholeGroup ranks to wait for; 0 to wait for nobody
     */
    Linger(long steps, int wholeGroup) {
        this.steps = steps;
        this.wholeGroup = wholeGroup;
    }

    void before(Step step) {
        long nanos = nanos(step.index(), step.worldSize());
        if (nanos > 0) {
            LockSupport.parkNanos(nanos);
        }
    }

    /** How long a step is held up: all that are left, together, by 8 s at most. */
    long nanos(long step, int worldSize) {
        return worldSize >= wholeGroup ? 0 : Math.min(LONGEST_NANOS, TOTAL_NANOS / Math.max(1, steps - step));
    }
}
