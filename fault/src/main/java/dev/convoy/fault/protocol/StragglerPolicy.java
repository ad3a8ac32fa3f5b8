/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.protocol;

/** What is done about a rank that stays slower than the others. */
public enum StragglerPolicy {
    /** Nobody looks. */
    OFF("off"),
    /** The person is told. */
    REPORT("report"),
    /** The person is told, and at a step boundary another process takes its place. */
    REPLACE("replace");

    private final String label;

    StragglerPolicy(String label) {
        this.label = label;
    }

    /**
     * Name on the command line.
     *
     * @return lower case
     */
    public String label() {
        return label;
    }
}
