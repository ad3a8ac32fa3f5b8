/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.launcher.ras;

import java.io.IOException;

/** The RAS service cannot be asked, or what it said cannot be understood. */
public final class RasException extends IOException {
    private static final long serialVersionUID = 1L;

    RasException(RasAddress address, String problem, Throwable cause) {
        super("NCCL's RAS service at " + address + " " + problem, cause);
    }
}
