/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy;

/** The communicator was closed or aborted before. */
public final class CommunicatorClosedException extends CommunicatorException {
    private static final long serialVersionUID = 1L;

    CommunicatorClosedException(ErrorDetails details) {
        super("the communicator is closed", details);
    }
}
