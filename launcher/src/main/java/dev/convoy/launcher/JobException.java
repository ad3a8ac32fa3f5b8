/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.launcher;

/** The agent itself could not do its work (a rank's failure is a {@link JobResult}, not this). Exit status 1. */
public final class JobException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /**
     * Creates the exception.
     *
     * @param message one line: what failed, where, and what to do about it
     * @param cause what failed underneath, or null
     */
    public JobException(String message, Throwable cause) {
        super(message, cause);
    }
}
