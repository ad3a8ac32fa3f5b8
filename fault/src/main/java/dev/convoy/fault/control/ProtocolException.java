/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.control;

import java.io.IOException;

/** A peer sent bytes that are no record of the control protocol; its connection is dropped. */
public final class ProtocolException extends IOException {
    private static final long serialVersionUID = 1;

    /**
     * Says what is wrong.
     *
     * @param message what was found, and what is allowed
     */
    public ProtocolException(String message) {
        super(message);
    }

    ProtocolException(String message, Throwable cause) {
        super(message, cause);
    }
}
