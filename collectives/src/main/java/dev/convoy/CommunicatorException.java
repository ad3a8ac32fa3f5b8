/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy;

/**
 * The communicator cannot be relied on any more: a rank was lost, a deadline passed, it was revoked, or it is closed.
 * Outputs in flight are undefined; {@link Communicator#abort()} it and form another one.
 */
public abstract sealed class CommunicatorException extends ConvoyException
        permits RemoteRankException,
                CollectiveTimeoutException,
                CommunicatorRevokedException,
                CommunicatorFailedException,
                CommunicatorClosedException {
    private static final long serialVersionUID = 1L;

    CommunicatorException(String message, ErrorDetails details) {
        super(message, details, null);
    }
}
