/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.protocol;

import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The ring of a group that lies on several nodes. The copies of a shard, and the pieces of a stripe, lie at as many
 * members in a row: of these, as few as possible are of one node. Begins with each node's ranks evenly spread, and
 * exchanges two for as long as that is of use. Every rank comes to the same order.
 */
final class RingOrder {
    private final int[] ranks;
    private final int[] nodes;
    private final int row;

    /**
     * Finds the order.
     *
     * @param members ranks
     * @param row how many members in a row are looked at; where it is all of them, their order does not matter
     * @param domains where they lie
     */
    RingOrder(List<Integer> members, int row, FailureDomains domains) {
        this.row = row;
        ranks = spread(members, domains);
        nodes = new int[ranks.length];
        for (int i = 0; i < ranks.length; i++) {
            nodes[i] = domains.nodeOf(ranks[i]);
        }
        if (row < ranks.length) {
            improve();
        }
    }

    /** The members in the order of the ring. */
    int[] ranks() {
        return ranks.clone();
    }

    private static int[] spread(List<Integer> members, FailureDomains domains) {
        Map<Integer, Integer> sizes = new TreeMap<>();
        members.forEach(rank -> sizes.merge(domains.nodeOf(rank), 1, Integer::sum));
        Map<Integer, Integer> seen = new TreeMap<>();
        Map<Integer, Double> places = new TreeMap<>();
        for (int rank : members.stream().sorted().toList()) {
            int node = domains.nodeOf(rank);
            int index = seen.merge(node, 1, Integer::sum) - 1;
            places.put(rank, (index + 0.5) / sizes.get(node));
        }
        return members.stream()
                .sorted(Comparator.comparing((Integer rank) -> places.get(rank)).thenComparing(rank -> rank))
                .mapToInt(rank -> rank)
                .toArray();
    }

    private void improve() {
        long cost = cost();
        boolean better = true;
        while (better) {
            better = false;
            for (int a = 0; a < ranks.length; a++) {
                for (int b = a + 1; b < ranks.length; b++) {
                    if (nodes[a] != nodes[b]) {
                        exchange(a, b);
                        long next = cost();
                        if (next < cost) {
                            cost = next;
                            better = true;
                        } else {
                            exchange(a, b);
                        }
                    }
                }
            }
        }
    }

    private void exchange(int a, int b) {
        int rank = ranks[a];
        ranks[a] = ranks[b];
        ranks[b] = rank;
        int node = nodes[a];
        nodes[a] = nodes[b];
        nodes[b] = node;
    }

    /** Most members of one node in any row, then the number of rows that have so many. */
    private long cost() {
        Map<Integer, Integer> count = new HashMap<>();
        int most = 0;
        int often = 0;
        for (int start = 0; start < nodes.length; start++) {
            count.clear();
            int here = 0;
            for (int i = 0; i < row; i++) {
                here = Math.max(here, count.merge(nodes[(start + i) % nodes.length], 1, Integer::sum));
            }
            often = here > most ? 1 : here == most ? often + 1 : often;
            most = Math.max(most, here);
        }
        return (long) most * (nodes.length + 1) + often;
    }
}
