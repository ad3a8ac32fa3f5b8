/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.launcher.agent;

import java.nio.file.Path;

/** The user's folder for durable state where none is named. */
final class StateFolder {
    private StateFolder() {}

    static Path ofUser() {
        String state = System.getenv("XDG_STATE_HOME");
        Path base = state == null || state.isEmpty()
                ? Path.of(System.getProperty("user.home"), ".local", "state")
                : Path.of(state);
        return base.resolve("convoy");
    }
}
