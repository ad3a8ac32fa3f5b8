/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.store;

import java.io.IOException;

/** A store did not answer, or not in time. Whether what was asked has been done is not known. */
public final class StoreException extends IOException {
    private static final long serialVersionUID = 1;

    /**
     * Creates the exception.
     *
     * @param message one line: which store, what was asked, what to do
     * @param cause what happened, or null
     */
    public StoreException(String message, Throwable cause) {
        super(message, cause);
    }
}
