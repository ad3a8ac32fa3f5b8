/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.launcher.agent;

import java.io.IOException;

/** The agent that leads a job will not have this one, however long it waits. */
final class RefusedException extends IOException {
    private static final long serialVersionUID = 1L;

    RefusedException(String reason) {
        super(reason);
    }
}
