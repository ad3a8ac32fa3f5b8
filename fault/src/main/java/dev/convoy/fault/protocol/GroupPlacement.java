/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.protocol;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.util.Arrays;

/**
 * Where the copies of shards lie: ranks form groups of {@code copies}, every member of a group holds the shards of all.
 * Where the groups do not come out even, the last one takes the remainder as a ring in which each shard has its copies
 * at the next ranks. A world smaller than a group has as many copies as ranks. Groups are of neighbours where all ranks
 * lie on one node, and else of ranks on different nodes as far as possible.
 *
 * <p>Groups rather than one ring over all ranks, because fewer combinations of simultaneous losses then hit every copy
 * of a shard.
 */
public final class GroupPlacement {
    /** Copies of each shard that a job keeps, the owner's included. */
    public static final int DEFAULT_COPIES = 2;

    private final int worldSize;
    private final int copies;
    private final Groups groups;

    /**
     * The placement on one node.
     *
     * @param worldSize ranks, at least 1; rank i owns shard i
     * @param copies copies of each shard, the owner's included, at least 1
     * @throws IllegalArgumentException if one is below 1
     */
    public GroupPlacement(int worldSize, int copies) {
        this(worldSize, copies, FailureDomains.ONE);
    }

    /**
     * The placement on several nodes.
     *
     * @param worldSize ranks, at least 1; rank i owns shard i
     * @param copies copies of each shard, the owner's included, at least 1
     * @param domains where the ranks lie
     * @throws IllegalArgumentException if a number is below 1
     */
    public GroupPlacement(int worldSize, int copies, FailureDomains domains) {
        if (worldSize < 1 || copies < 1) {
            throw new IllegalArgumentException(
                    "world size and copies must be at least 1: " + worldSize + ", " + copies);
        }
        this.worldSize = worldSize;
        this.copies = Math.min(copies, worldSize);
        groups = new Groups(worldSize, copies, domains);
    }

    /**
     * The placement that a job uses: groups of two.
     *
     * @param worldSize ranks
     * @return the placement
     */
    public static GroupPlacement of(int worldSize) {
        return new GroupPlacement(worldSize, DEFAULT_COPIES);
    }

    /**
     * How many ranks there are.
     *
     * @return at least 1
     */
    public int worldSize() {
        return worldSize;
    }

    /**
     * How many copies of each shard there are, the owner's included.
     *
     * @return at least 1, not more than ranks
     */
    public int copies() {
        return copies;
    }

    /**
     * Who holds a shard.
     *
     * @param shard shard number, in [0, worldSize)
     * @return ranks that hold it: its owner first, then the copies in the order of the group's ring
     */
    public int[] holders(int shard) {
        return along(shard, 1);
    }

    /**
     * What a rank holds.
     *
     * @param rank in [0, worldSize)
     * @return shards it holds: its own first, then those whose copies it keeps
     */
    public int[] shardsHeldBy(int rank) {
        return along(rank, -1);
    }

    /**
     * The group of a rank.
     *
     * @param rank in [0, worldSize)
     * @return its members, itself included, ascending
     */
    public int[] group(int rank) {
        int[] members = groups.members(groups.of(rank));
        Arrays.sort(members);
        return members;
    }

    /**
     * Probability that every shard survives when this many ranks, each set of them equally likely, are lost at once.
     *
     * @param losses ranks lost, in [0, worldSize]
     * @return exact up to the final division
     */
    public double probabilityRecoverable(int losses) {
        if (losses < 0 || losses > worldSize) {
            throw new IllegalArgumentException("losses must lie in 0.." + worldSize + ", not " + losses);
        }
        // Coefficient j of a group's polynomial: ways to lose j of its ranks without losing every copy of a shard.
        BigInteger[] ways = {BigInteger.ONE};
        BigInteger[] all = {BigInteger.ONE};
        for (int group = 0; group < groups.count(); group++) {
            int size = groups.sizeOf(group);
            ways = product(ways, survivable(size));
            all = product(all, binomials(size));
        }
        return new BigDecimal(ways[losses])
                .divide(new BigDecimal(all[losses]), MathContext.DECIMAL64)
                .doubleValue();
    }

    private int[] along(int rank, int direction) {
        int[] ring = groups.members(groups.of(rank));
        int place = 0;
        while (ring[place] != rank) {
            place++;
        }
        int[] ranks = new int[copies];
        for (int i = 0; i < copies; i++) {
            ranks[i] = ring[Math.floorMod(place + direction * i, ring.length)];
        }
        return ranks;
    }

    /** Subsets of a ring of {@code size} without {@code copies} consecutive elements, counted by their size. */
    private BigInteger[] survivable(int size) {
        BigInteger[] counts = new BigInteger[size + 1];
        Arrays.fill(counts, BigInteger.ZERO);
        if (size == copies) {
            counts = binomials(size);
            counts[size] = BigInteger.ZERO;
            return counts;
        }
        // Ring of size n, fewer than m consecutive: cut at each maximal run through element 0 of length r < m.
        for (int run = 0; run < copies; run++) {
            int rest = run == 0 ? size - 1 : size - run - 2;
            BigInteger[] line = lineWithoutRun(rest);
            BigInteger places = BigInteger.valueOf(Math.max(run, 1));
            for (int j = 0; j < line.length; j++) {
                counts[j + run] = counts[j + run].add(places.multiply(line[j]));
            }
        }
        return counts;
    }

    /** Subsets of a line of {@code length} without {@code copies} consecutive elements, counted by their size. */
    private BigInteger[] lineWithoutRun(int length) {
        BigInteger[][] byLength = new BigInteger[length + 1][];
        for (int n = 0; n <= length; n++) {
            BigInteger[] counts = new BigInteger[n + 1];
            Arrays.fill(counts, BigInteger.ZERO);
            for (int run = 0; run < copies && run <= n; run++) {
                BigInteger[] rest = run == n ? new BigInteger[] {BigInteger.ONE} : byLength[n - run - 1];
                for (int j = 0; j < rest.length; j++) {
                    counts[j + run] = counts[j + run].add(rest[j]);
                }
            }
            byLength[n] = counts;
        }
        return byLength[length];
    }

    private static BigInteger[] binomials(int n) {
        BigInteger[] row = new BigInteger[n + 1];
        row[0] = BigInteger.ONE;
        for (int k = 1; k <= n; k++) {
            row[k] = row[k - 1].multiply(BigInteger.valueOf(n - k + 1L)).divide(BigInteger.valueOf(k));
        }
        return row;
    }

    private static BigInteger[] product(BigInteger[] a, BigInteger[] b) {
        BigInteger[] result = new BigInteger[a.length + b.length - 1];
        Arrays.fill(result, BigInteger.ZERO);
        for (int i = 0; i < a.length; i++) {
            for (int j = 0; j < b.length; j++) {
                result[i + j] = result[i + j].add(a[i].multiply(b[j]));
            }
        }
        return result;
    }
}
