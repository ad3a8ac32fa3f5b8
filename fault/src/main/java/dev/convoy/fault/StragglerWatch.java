/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault;

import java.util.Locale;
import java.util.Optional;

/**
 * Notices that this rank itself took unusually long to reach a step's first collective, while the others waited. That
 * is worth a warning and never more: a rank that is slow below the deadline is not excluded.
 */
final class StragglerWatch {
    private static final int WARM_UP_STEPS = 5;
    private static final double FACTOR = 10;
    private static final double SMOOTHING = 0.1;

    private final long leastNs;
    private long steps;
    private double usualNs;

    /**
     * Creates a watch.
     *
     * @param leastNs shorter delays are never worth a warning
     */
    StragglerWatch(long leastNs) {
        this.leastNs = leastNs;
    }

    /**
     * Takes the time that this rank needed.
     *
     * @param step the step
     * @param ns from the step's start to its first collective
     * @return a warning, if it was out of proportion
     */
    Optional<String> reached(long step, long ns) {
        boolean slow = steps >= WARM_UP_STEPS && ns >= leastNs && ns > FACTOR * usualNs;
        if (slow) {
            return Optional.of(String.format(
                    Locale.ROOT,
                    "was slow at step %d: %.0f ms before its first collective, usually %.1f ms",
                    step,
                    ns / 1e6,
                    usualNs / 1e6));
        }
        usualNs = steps == 0 ? ns : usualNs + SMOOTHING * (ns - usualNs);
        steps++;
        return Optional.empty();
    }
}
