/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault;

/** The agent could not be reached or refused this process. */
public final class JoinRejectedException extends ElasticException {
    private static final long serialVersionUID = 1L;

    /**
     * Creates an error.
     *
     * @param message what the agent said, or why it could not be reached
     * @param cause the error underneath, or null
     */
    public JoinRejectedException(String message, Throwable cause) {
        super(message, cause);
    }
}
