/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.launcher;

import java.time.Duration;

/** Seconds of a command line, with fractions. */
public final class Seconds {
    private static final double MOST = 604_800;

    private Seconds() {}

    /**
     * Reads a time.
     *
     * @param option name of the option, for the error
     * @param value seconds
     * @return the time
     * @throws UsageException if it is less than a millisecond, more than a week, or no number
     */
    public static Duration parse(String option, double value) {
        // Written so that NaN fails too.
        if (!(value >= 0.001 && value <= MOST)) {
            throw new UsageException(option + " " + value + ": must be 0.001 to 604800 seconds");
        }
        return Duration.ofNanos(Math.round(value * 1e9));
    }

    /**
     * Reads a time.
     *
     * @param option name of the option, for the error
     * @param text seconds
     * @return the time
     * @throws UsageException if it is less than a millisecond, more than a week, or no number
     */
    public static Duration parse(String option, String text) {
        try {
            return parse(option, Double.parseDouble(text));
        } catch (NumberFormatException e) {
            throw new UsageException(option + " " + text + ": must be a number, 0.001 to 604800 seconds, or auto");
        }
    }
}
