/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.protocol;

/** How a job goes on after a rank is lost. */
public enum RecoveryPolicy {
    /** Without the lost rank. */
    SHRINK("shrink"),
    /** With a new process in the lost rank's place. */
    REPLACE("replace"),
    /** Without the lost rank at first; a new process is taken in at a step boundary once it is ready. */
    REGROW("regrow");

    private final String label;

    RecoveryPolicy(String label) {
        this.label = label;
    }

    /**
     * Name on the command line and in the report.
     *
     * @return {@code shrink}, {@code replace} or {@code regrow}
     */
    public String label() {
        return label;
    }
}
