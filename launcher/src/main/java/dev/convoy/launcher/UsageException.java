/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.launcher;

/** What was asked for cannot be done; one line says what is wrong and what would be right. Exit status 2. */
public final class UsageException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /**
     * Creates the exception.
     *
     * @param message one line: what is wrong and what would be right
     */
    public UsageException(String message) {
        super(message);
    }

    /**
     * Creates the exception.
     *
     * @param message one line: what is wrong and what would be right
     * @param cause what refused
     */
    public UsageException(String message, Throwable cause) {
        super(message, cause);
    }
}
