/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault;

/**
 * A state that was declared as replicated is not the same on all ranks. What follows from it,
 * {@link ElasticOptions#onDivergence} says.
 */
public final class StateDivergedException extends StateMismatchException {
    private static final long serialVersionUID = 1L;

    private final long step;
    private final int[] ranks;
    private final String what;

    /**
     * Creates an error.
     *
     * @param step the step before which the ranks differ
     * @param ranks who differs from the majority, in the epoch's communicator; empty where there is none
     * @param what what these ranks do; completes a sentence that begins with their names, or is one
     */
    public StateDivergedException(long step, int[] ranks, String what) {
        super("before step " + step + ": " + names(ranks) + what);
        this.step = step;
        this.ranks = ranks.clone();
        this.what = what + " before step " + step;
    }

    private static String names(int[] ranks) {
        StringBuilder names = new StringBuilder();
        for (int i = 0; i < ranks.length; i++) {
            names.append(i == 0 ? "rank " : ", rank ").append(ranks[i]);
        }
        return ranks.length == 0 ? "" : names.append(' ').toString();
    }

    /**
     * The step before which the ranks differ.
     *
     * @return its number
     */
    public long step() {
        return step;
    }

    /**
     * Who differs from the majority.
     *
     * @return ranks in the epoch's communicator, a copy; empty where there is no majority
     */
    public int[] ranks() {
        return ranks.clone();
    }

    /** The same without names, of which the coordinator knows better ones. */
    String what() {
        return what;
    }
}
