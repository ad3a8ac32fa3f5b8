/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.bindings;

import java.util.List;
import java.util.Optional;

/**
 * What a search for one runtime found.
 *
 * @param kind the runtime that was looked for
 * @param runtime the opened runtime; empty if it is not available
 * @param reason why it is not available, in one line; empty if it is
 * @param attempts every file or name that was tried, in order
 */
public record RuntimeProbe(
        NativeRuntime.Kind kind, Optional<NativeRuntime> runtime, String reason, List<Attempt> attempts) {
    /**
     * Makes the lists immutable.
     *
     * @param kind the runtime that was looked for
     * @param runtime the opened runtime
     * @param reason why it is not available
     * @param attempts what was tried
     */
    public RuntimeProbe {
        attempts = List.copyOf(attempts);
    }

    /**
     * One file or name that was tried.
     *
     * @param library the name or path given to the loader
     * @param loaded whether it was loaded
     * @param detail the file that it resolved to, or the loader's own reason for refusing it
     */
    public record Attempt(String library, boolean loaded, String detail) {}
}
