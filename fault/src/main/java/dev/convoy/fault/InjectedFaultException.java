/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault;

/** Thrown by a {@code throw:RANK@STEP} fault inside the step, as an error of the program itself would be. */
public final class InjectedFaultException extends ElasticException {
    private static final long serialVersionUID = 1L;

    /**
     * Creates an error.
     *
     * @param message the fault that fired
     */
    public InjectedFaultException(String message) {
        super(message);
    }
}
