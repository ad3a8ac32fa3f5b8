/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.protocol;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Ranks in groups of one size, the last of which takes the remainder, too. On one node, or one node each, groups are of
 * neighbours. Otherwise the members of a group lie on different nodes as far as possible: each node deals its ranks
 * out, one to a group before a second to any, the nodes with the most ranks first and to those groups first that lack
 * most. Every rank comes to the same groups.
 */
final class Groups {
    private final int worldSize;
    private final int size;
    /** Null where groups are of neighbours, which need no memory. */
    private final int[][] dealt;

    private final int[] groupOf;

    Groups(int worldSize, int size, FailureDomains domains) {
        this.worldSize = worldSize;
        this.size = Math.min(size, worldSize);
        boolean neighbours = domains.isOne() || domains.isOneRankEach(worldSize);
        dealt = neighbours ? null : deal(domains);
        groupOf = neighbours ? null : new int[worldSize];
        for (int group = 0; !neighbours && group < dealt.length; group++) {
            for (int rank : dealt[group]) {
                groupOf[rank] = group;
            }
        }
    }

    int count() {
        return worldSize / size;
    }

    /** Number of a rank's group. */
    int of(int rank) {
        requireRank(rank);
        return dealt == null ? Math.min(rank / size, count() - 1) : groupOf[rank];
    }

    /** Members of a group in the order of its ring. */
    int[] members(int group) {
        if (dealt != null) {
            return dealt[group].clone();
        }
        int[] members = new int[sizeOf(group)];
        Arrays.setAll(members, i -> group * size + i);
        return members;
    }

    int sizeOf(int group) {
        return group == count() - 1 ? worldSize - group * size : size;
    }

    private void requireRank(int rank) {
        if (rank < 0 || rank >= worldSize) {
            throw new IllegalArgumentException("rank must lie in 0.." + (worldSize - 1) + ", not " + rank);
        }
    }

    private int[][] deal(FailureDomains domains) {
        List<List<Integer>> groups = new ArrayList<>();
        List<Integer> order = new ArrayList<>();
        for (int group = 0; group < count(); group++) {
            groups.add(new ArrayList<>());
            order.add(group);
        }
        for (List<Integer> node : byNode(domains)) {
            order.sort(Comparator.comparingInt(group -> groups.get(group).size() - sizeOf(group)));
            deal(node, order, groups);
        }
        return groups.stream()
                .map(members -> new RingOrder(members, size, domains).ranks())
                .toArray(int[][]::new);
    }

    private void deal(List<Integer> ranks, List<Integer> order, List<List<Integer>> groups) {
        Deque<Integer> left = new ArrayDeque<>(ranks);
        while (!left.isEmpty()) {
            for (int group : order) {
                if (!left.isEmpty() && groups.get(group).size() < sizeOf(group)) {
                    groups.get(group).add(left.poll());
                }
            }
        }
    }

    /** The ranks of each node, most ranks first. */
    private List<List<Integer>> byNode(FailureDomains domains) {
        Map<Integer, List<Integer>> ranks = new TreeMap<>();
        for (int rank = 0; rank < worldSize; rank++) {
            ranks.computeIfAbsent(domains.nodeOf(rank), node -> new ArrayList<>())
                    .add(rank);
        }
        List<List<Integer>> nodes = new ArrayList<>(ranks.values());
        nodes.sort(Comparator.comparingInt(node -> -node.size()));
        return nodes;
    }
}
