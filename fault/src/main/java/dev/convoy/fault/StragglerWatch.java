/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault;

import java.util.Locale;
import java.util.Optional;

/**
 * Notices that this rank itself took unusually long to reach a step's first collective, while the others waited. That
 * is worth a warning and never more: a rank that is slow below the deadline is not excluded. A report has room for so
 * many warnings only, of all ranks and of everything: a delay that lasts is one, and one that comes again and again is
 * said ever more rarely.
 */
final class StragglerWatch {
    private static final int WARM_UP_STEPS = 5;
    private static final double FACTOR = 10;
    private static final double SMOOTHING = 0.1;

    private final long leastNs;
    /** Steps in {@link #usualNs}. */
    private long learned;

    private double usualNs;
    private long seen;
    private int slowInARow;
    private int warnings;
    private long quietUntil;

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
        seen++;
        if (learned < WARM_UP_STEPS || ns < leastNs || ns <= FACTOR * usualNs) {
            slowInARow = 0;
            learn(ns);
            return Optional.empty();
        }
        slowInARow++;
        boolean news = slowInARow == 1 && seen > quietUntil;
        Optional<String> warning = news ? Optional.of(warning(step, ns)) : Optional.empty();
        if (slowInARow == WARM_UP_STEPS) {
            // It stays so: that is what is usual now.
            learned = 0;
        }
        return warning;
    }

    private String warning(long step, long ns) {
        quietUntil = seen + (1L << warnings);
        warnings++;
        return String.format(
                Locale.ROOT,
                "was slow at step %d: %.0f ms before its first collective, usually %.1f ms",
                step,
                ns / 1e6,
                usualNs / 1e6);
    }

    private void learn(long ns) {
        usualNs = learned == 0 ? ns : usualNs + SMOOTHING * (ns - usualNs);
        learned++;
    }
}
