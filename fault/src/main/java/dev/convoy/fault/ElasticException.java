/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault;

/** Base of the errors that the fault layer itself raises; errors of the communicator stay {@code dev.convoy}'s own. */
public class ElasticException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /**
     * Creates an error.
     *
     * @param message what failed, where, and what to do about it
     */
    public ElasticException(String message) {
        super(message);
    }

    /**
     * Creates an error with its cause.
     *
     * @param message what failed, where, and what to do about it
     * @param cause the error underneath
     */
    public ElasticException(String message, Throwable cause) {
        super(message, cause);
    }
}
