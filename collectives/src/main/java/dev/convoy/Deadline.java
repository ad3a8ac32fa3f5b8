/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy;

import java.time.Duration;

/** The end of a wait, on the clock of {@link System#nanoTime()}. */
final class Deadline {
    /** So that a bound of centuries does not overflow the clock. */
    private static final Duration LONGEST = Duration.ofDays(365);

    private Deadline() {}

    static long after(Duration bound) {
        Duration wait = bound.compareTo(LONGEST) > 0 ? LONGEST : bound;
        return System.nanoTime() + wait.toNanos();
    }

    static long remaining(long deadline) {
        return deadline - System.nanoTime();
    }
}
