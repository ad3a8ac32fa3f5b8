/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault;

/**
 * More steps in a row were vetoed than a {@link StepVeto} puts up with: training does not come back by itself. Every
 * rank raises it in the same step. Let it leave the step function: the job then ends with the newest snapshot on disk.
 */
public final class VetoLimitException extends ElasticException {
    private static final long serialVersionUID = 1L;

    private final long step;
    private final int[] ranks;
    private final String what;

    VetoLimitException(long step, int inARow, int most, int[] ranks, String what) {
        super("step " + step + " is the last of " + inARow + " vetoed ones in a row, where " + most
                + " are allowed: rank " + ranks[0] + ": " + what);
        this.step = step;
        this.ranks = ranks.clone();
        this.what =
                "vetoed step " + step + ", the last of " + inARow + " in a row where " + most + " are allowed: " + what;
    }

    /**
     * The step that was vetoed last.
     *
     * @return its number
     */
    public long step() {
        return step;
    }

    /**
     * Ranks, in that step's communicator, that vetoed it.
     *
     * @return a copy, ascending
     */
    public int[] ranks() {
        return ranks.clone();
    }

    /** The same without a rank's number, of which the coordinator knows a better one. */
    String what() {
        return what;
    }
}
