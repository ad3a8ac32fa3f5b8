/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault;

/**
 * The ranks do not agree: they declared different states, stand at different steps, or hold different bytes in a state
 * that was declared as replicated. Every rank finds it in the same vote and raises it; nothing is committed.
 */
public sealed class StateMismatchException extends ElasticException permits StateDivergedException {
    private static final long serialVersionUID = 1L;

    /**
     * Creates an error.
     *
     * @param message which ranks differ, in what, and at which step
     */
    public StateMismatchException(String message) {
        super(message);
    }
}
