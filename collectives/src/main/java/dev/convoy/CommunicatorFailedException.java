/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy;

/** The library reported an asynchronous error of the communicator that is not the loss of a rank. */
public final class CommunicatorFailedException extends CommunicatorException {
    private static final long serialVersionUID = 1L;

    CommunicatorFailedException(ErrorDetails details) {
        super("the communicator failed; abort it: " + details.call(), details);
    }
}
