/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy;

import java.util.Arrays;

/** Another rank of the communicator died or lost its connection. */
public final class RemoteRankException extends CommunicatorException {
    private static final long serialVersionUID = 1L;

    private final int[] failedRanks;

    RemoteRankException(ErrorDetails details, int[] failedRanks) {
        super(message(details, failedRanks), details);
        this.failedRanks = failedRanks.clone();
    }

    /**
     * Which ranks were lost.
     *
     * @return ranks of the communicator in ascending order; empty if the library cannot tell
     */
    public int[] failedRanks() {
        return failedRanks.clone();
    }

    private static String message(ErrorDetails details, int[] ranks) {
        String who = ranks.length == 0 ? "another rank was lost" : "lost rank " + Arrays.toString(ranks);
        return who + "; abort the communicator and form one without it: " + details.call();
    }
}
