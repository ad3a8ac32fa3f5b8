/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.protocol;

/** How a job goes on after a rank is lost. */
public enum RecoveryPolicy {
    /** Without the lost rank. */
    SHRINK("shrink"),
    /** With a new process in the lost rank's place. */
    REPLACE("replace");

    private final String label;

    RecoveryPolicy(String label) {
        this.label = label;
    }

    /**
     * Name on the command line and in the report.
     *
     * @return {@code shrink} or {@code replace}
     */
    public String label() {
        return label;
    }
}
