/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault;

/**
 * What is done when replicated state is not the same on all ranks. Nothing of it is committed in either case, and the
 * rank that is alone with what it holds is named.
 */
public enum OnDivergence {
    /** The job ends, with the newest version in which all were equal on disk. */
    END,
    /**
     * All ranks go back to the newest version in which they were equal. A rank that differs again within
     * {@value dev.convoy.fault.protocol.JobSpec#DIVERGENCE_STEPS} steps is excluded, as one whose hardware is faulty;
     * where no majority says who is wrong, the second time ends the job.
     */
    ROLL_BACK;

    /**
     * The choice as an option says it.
     *
     * @param label {@code end} or {@code rollback}
     * @return the choice
     * @throws IllegalArgumentException if it is another word
     */
    public static OnDivergence of(String label) {
        return switch (label) {
            case "end" -> END;
            case "rollback" -> ROLL_BACK;
            default -> throw new IllegalArgumentException(label + ": must be end or rollback");
        };
    }

    /**
     * The word for it.
     *
     * @return {@code end} or {@code rollback}
     */
    public String label() {
        return this == END ? "end" : "rollback";
    }
}
