/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.cudatests;

/** A trial cannot run here; its message says why. */
public final class SkippedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /**
     * Made where the trial finds out.
     *
     * @param reason why, in one line
     */
    public SkippedException(String reason) {
        super(reason);
    }
}
