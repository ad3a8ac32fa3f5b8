/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.protocol;

import java.util.Arrays;

/**
 * Which ranks fail together: each rank of an epoch lies on a node, and a node is lost as a whole. Kept as runs, since
 * neighbouring ranks most often lie on one node. Immutable; arrays are copied.
 *
 * @param starts first rank of each run, from 0, ascending
 * @param nodes the node of each run
 */
public record FailureDomains(int[] starts, int[] nodes) {
    /** All ranks on one node, or on nodes that nobody knows. */
    public static final FailureDomains ONE = new FailureDomains(new int[] {0}, new int[] {0});

    /**
     * Checks and copies.
     *
     * @throws IllegalArgumentException if these are no runs
     */
    public FailureDomains {
        starts = starts.clone();
        nodes = nodes.clone();
        boolean runs = starts.length > 0 && starts.length == nodes.length && starts[0] == 0;
        for (int i = 1; runs && i < starts.length; i++) {
            runs = starts[i] > starts[i - 1];
        }
        for (int node : nodes) {
            runs &= node >= 0;
        }
        if (!runs) {
            throw new IllegalArgumentException(
                    "no runs of ranks on nodes: " + Arrays.toString(starts) + " on " + Arrays.toString(nodes));
        }
    }

    /**
     * The domains of a row of ranks.
     *
     * @param nodeOfRank the node of each rank, not negative
     * @return as few runs as possible
     */
    public static FailureDomains of(int[] nodeOfRank) {
        int[] starts = new int[Math.max(1, nodeOfRank.length)];
        int[] nodes = new int[starts.length];
        int runs = 0;
        for (int rank = 0; rank < nodeOfRank.length; rank++) {
            if (rank == 0 || nodeOfRank[rank] != nodes[runs - 1]) {
                starts[runs] = rank;
                nodes[runs] = nodeOfRank[rank];
                runs++;
            }
        }
        return nodeOfRank.length == 0
                ? ONE
                : new FailureDomains(Arrays.copyOf(starts, runs), Arrays.copyOf(nodes, runs));
    }

    /**
     * Where a rank lies.
     *
     * @param rank not negative; ranks beyond the last run's first belong to it
     * @return its node
     */
    public int nodeOf(int rank) {
        int found = Arrays.binarySearch(starts, rank);
        return nodes[found >= 0 ? found : -found - 2];
    }

    /**
     * Whether the ranks lie on one node.
     *
     * @return true if the loss of any node is the loss of all
     */
    public boolean isOne() {
        return Arrays.stream(nodes).distinct().count() == 1;
    }

    /** Whether no two of so many ranks lie on one node. */
    boolean isOneRankEach(int worldSize) {
        return starts.length == worldSize && Arrays.stream(nodes).distinct().count() == worldSize;
    }

    /**
     * First rank of each run.
     *
     * @return a copy
     */
    @Override
    public int[] starts() {
        return starts.clone();
    }

    /**
     * Node of each run.
     *
     * @return a copy
     */
    @Override
    public int[] nodes() {
        return nodes.clone();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof FailureDomains that
                && Arrays.equals(starts, that.starts)
                && Arrays.equals(nodes, that.nodes);
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(starts) + Arrays.hashCode(nodes);
    }

    @Override
    public String toString() {
        return "FailureDomains[from ranks " + Arrays.toString(starts) + " on nodes " + Arrays.toString(nodes) + "]";
    }
}
