/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.cudatests;

import java.time.Duration;

/** One thing to be shown, by a process of its own: one that hangs or crashes takes no other with it. */
public interface Trial {
    /**
     * What it is called on the command line and in the results.
     *
     * @return lower case with hyphens
     */
    String name();

    /**
     * Shows it.
     *
     * @param bench what a trial works with
     * @return what was shown, in one line
     * @throws SkippedException if it cannot run here
     * @throws Exception or {@link AssertionError} if it is not as it should be
     */
    String run(Bench bench) throws Exception;

    /**
     * The longest time it may take.
     *
     * @return the bound
     */
    default Duration bound() {
        return Duration.ofSeconds(120);
    }
}
