/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault;

/** This process was not started by {@code convoy run}, or what the agent put into its environment is damaged. */
public final class NotLaunchedException extends ElasticException {
    private static final long serialVersionUID = 1L;

    /**
     * Creates an error.
     *
     * @param message what is missing and how to start the program instead
     */
    public NotLaunchedException(String message) {
        super(message);
    }
}
