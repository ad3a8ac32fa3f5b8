/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.bindings;

import dev.convoy.bindings.RuntimeProbe.Attempt;
import java.util.List;
import java.util.Optional;

/**
 * What a search for cuBLAS found.
 *
 * @param cublas its functions; empty if it is not available
 * @param reason why it is not available, in one line; empty if it is
 * @param attempts every file or name that was tried, in order
 */
public record CublasProbe(Optional<Cublas> cublas, String reason, List<Attempt> attempts) {
    /**
     * Makes the list immutable.
     *
     * @param cublas its functions
     * @param reason why it is not available
     * @param attempts what was tried
     */
    public CublasProbe {
        attempts = List.copyOf(attempts);
    }
}
