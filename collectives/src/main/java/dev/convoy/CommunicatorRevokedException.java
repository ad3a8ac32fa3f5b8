/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy;

/** The communicator was revoked: somebody knows that it is lost, or no longer wanted. */
public final class CommunicatorRevokedException extends CommunicatorException {
    private static final long serialVersionUID = 1L;

    private final String reason;

    CommunicatorRevokedException(ErrorDetails details, String reason) {
        super("the communicator was revoked: " + reason, details);
        this.reason = reason;
    }

    /**
     * Why it was revoked.
     *
     * @return the words of who revoked it
     */
    public String reason() {
        return reason;
    }
}
