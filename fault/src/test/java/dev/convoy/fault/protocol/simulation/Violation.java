/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.protocol.simulation;

/** An invariant does not hold. */
final class Violation extends AssertionError {
    private static final long serialVersionUID = 1L;

    private final String invariant;

    /**
     * Creates a violation.
     *
     * @param invariant its name
     * @param detail what was seen
     */
    Violation(String invariant, String detail) {
        super(invariant + ": " + detail);
        this.invariant = invariant;
    }

    private Violation(Violation cause, String text) {
        super(text, cause);
        invariant = cause.invariant;
    }

    String invariant() {
        return invariant;
    }

    /** The same with the schedule that led to it. */
    Violation in(String schedule) {
        return new Violation(this, getMessage() + "\n" + schedule);
    }
}
