/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.detect;

import java.util.Optional;
import java.util.Set;

/**
 * Somebody beside the job's own processes who may know which of them hold up the others. It is asked when a deadline
 * has passed, and heeded only where it agrees with what the processes say of themselves.
 */
public interface SecondOpinion {
    /**
     * Asks, within a bound of the implementation's own. Called by any thread.
     *
     * @return what it says; empty if nobody answers
     */
    Optional<Opinion> ask();

    /**
     * What is thought.
     *
     * @param suspects ids of processes of this machine that seem to hold up the others; may be empty
     * @param text the same in words, one line
     */
    record Opinion(Set<Long> suspects, String text) {
        /** Copies the set. */
        public Opinion {
            suspects = Set.copyOf(suspects);
        }
    }
}
