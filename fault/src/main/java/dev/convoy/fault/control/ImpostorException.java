/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.control;

import java.io.IOException;

/** Whoever answered cannot show that it belongs to the job; nothing was told to it. */
public final class ImpostorException extends IOException {
    private static final long serialVersionUID = 1L;

    ImpostorException(String message, Throwable cause) {
        super(message, cause);
    }
}
