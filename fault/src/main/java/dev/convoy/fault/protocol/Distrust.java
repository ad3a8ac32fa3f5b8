/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.protocol;

import java.util.Comparator;
import java.util.List;

/**
 * What, and whom, a job has ceased to trust. A successor that knew nothing of it would restore a state that is known to
 * be wrong, forgive who is at fault again, and start processes where they have just died.
 *
 * @param refused versions in which the members' replicated state differs; the newest
 * @param divergences who was last found to differ, and where; the newest
 * @param undecided the version in which members differed last without a majority, or null
 * @param replaced launch ranks at which a process was replaced because it was slow
 * @param nodes on which processes were lost of late
 */
public record Distrust(
        List<Version> refused,
        List<Divergence> divergences,
        Version undecided,
        List<Integer> replaced,
        List<NodeConduct> nodes) {
    /** Of each kind. Older versions are not held by anybody any more; the rest is only forgiven. */
    public static final int MOST = 1_000;

    /** Nothing and nobody. */
    public static final Distrust NONE = new Distrust(List.of(), List.of(), null, List.of(), List.of());

    /** Copies the lists, and cuts them. */
    public Distrust {
        refused = newest(refused, Comparator.naturalOrder());
        divergences = newest(divergences, Comparator.comparing(Divergence::at));
        replaced = replaced.stream().sorted().limit(MOST).toList();
        nodes = nodes.stream().limit(MOST).toList();
    }

    /**
     * One process that held other bytes than the others.
     *
     * @param who the process
     * @param at the version in which it was found
     */
    public record Divergence(MemberId who, Version at) {}

    /**
     * How a node has behaved.
     *
     * @param node which
     * @param conduct how
     */
    public record NodeConduct(int node, Conduct conduct) {}

    /**
     * Failures of late, in spans of time: the successor's clock may be that of another machine. The time without a
     * coordinator is not counted.
     *
     * @param agesNs how long ago each failure was that still counts, the oldest first
     * @param barredNs how long it is to be given nothing yet
     * @param times how often that has come to pass
     */
    public record Conduct(List<Long> agesNs, long barredNs, int times) {
        /**
         * Copies the list.
         *
         * @throws IllegalArgumentException if it is not possible
         */
        public Conduct {
            agesNs = List.copyOf(agesNs);
            boolean ages = agesNs.size() < Blacklist.FAILURES
                    && agesNs.stream().allMatch(age -> age >= 0 && age <= Blacklist.WINDOW_NS);
            if (!ages || barredNs < 0 || barredNs > Blacklist.LONGEST_NS || times < 0) {
                throw new IllegalArgumentException("a node that failed " + agesNs + " ns ago, is barred for " + barredNs
                        + " ns and was " + times + " times");
            }
        }
    }

    private static <T> List<T> newest(List<T> all, Comparator<T> order) {
        List<T> sorted = all.stream().sorted(order).toList();
        return List.copyOf(sorted.subList(Math.max(0, sorted.size() - MOST), sorted.size()));
    }
}
