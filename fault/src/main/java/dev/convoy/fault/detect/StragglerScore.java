/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.detect;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Tells a rank that is slower than the others, and stays so, from one that was held up for a while.
 *
 * <p>What is compared is the time that each rank needs by itself, before it waits for anybody. Such times are summed up
 * in blocks, of a second or more, by their median: a pause or a garbage collection inside a block does not show. Each
 * block is divided by the median over the ranks, so that work which is harder for all of them does not show either.
 *
 * <p>The test is the one-sided Mann–Whitney test on the last {@value #WINDOW} blocks: are those of this rank, made
 * {@value #LEAST_EXCESS} faster, still slower than those of the others? It assumes no distribution. The level is
 * {@value #LEVEL}, divided by the number of ranks (Bonferroni). The test takes blocks for independent, which load that
 * comes in bursts makes them not; so besides, all but {@value #EXCUSED} blocks must be slow.
 *
 * <p>Used by one thread.
 */
public final class StragglerScore {
    /** Blocks that are looked at. */
    public static final int WINDOW = 24;
    /** A rank that is slower by less is none. */
    public static final double LEAST_EXCESS = 0.05;
    /** Chance of an alarm in a window in which some rank is slower by exactly {@link #LEAST_EXCESS}, at most. */
    public static final double LEVEL = 1e-6;

    // Blocks of a straggler that may be as fast as the others'.
    private static final int EXCUSED = 4;

    private final int ranks;
    private final double[][] blocks;
    private int taken;

    /**
     * A rank that is slower than the others.
     *
     * @param rank which
     * @param excess by how much its median block is slower than the others': 0.1 is a tenth
     * @param probability of a difference as clear as this or clearer in ranks that differ by {@link #LEAST_EXCESS}
     */
    public record Straggler(int rank, double excess, double probability) {}

    /**
     * Starts without any block.
     *
     * @param ranks ranks that are compared, at least 1
     */
    public StragglerScore(int ranks) {
        if (ranks < 1) {
            throw new IllegalArgumentException("at least one rank, not " + ranks);
        }
        this.ranks = ranks;
        blocks = new double[WINDOW][ranks];
    }

    /**
     * Takes a block.
     *
     * @param ownNs time that each rank needed for a step in this block, positive, in rank order
     * @return ranks that are slower than the others, by rank; empty until {@link #WINDOW} blocks have come
     */
    public List<Straggler> block(long[] ownNs) {
        if (ownNs.length != ranks || Arrays.stream(ownNs).anyMatch(ns -> ns <= 0)) {
            throw new IllegalArgumentException("a positive time of each of " + ranks + " ranks is needed");
        }
        double usual = median(Arrays.stream(ownNs).asDoubleStream().toArray());
        double[] block = blocks[taken++ % WINDOW];
        for (int rank = 0; rank < ranks; rank++) {
            block[rank] = ownNs[rank] / usual;
        }
        return ranks == 1 || taken < WINDOW ? List.of() : stragglers();
    }

    private List<Straggler> stragglers() {
        double[] all = new double[WINDOW * ranks];
        for (int i = 0; i < all.length; i++) {
            all[i] = blocks[i / ranks][i % ranks];
        }
        Arrays.sort(all);
        List<Straggler> found = new ArrayList<>();
        for (int rank = 0; rank < ranks; rank++) {
            double[] own = own(rank);
            Arrays.sort(own);
            // What all have in the middle is at most what the others have there; nearly everybody ends here.
            if (own[EXCUSED] <= (1 + LEAST_EXCESS) * all[(all.length - own.length) / 2]) {
                continue;
            }
            double others = medianOfOthers(all, own);
            boolean stays = own[EXCUSED] > (1 + LEAST_EXCESS) * others;
            double probability = stays ? probability(own, all) : 1;
            if (probability < LEVEL / ranks) {
                found.add(new Straggler(rank, median(own) / others - 1, probability));
            }
        }
        return found;
    }

    private double[] own(int rank) {
        double[] own = new double[WINDOW];
        Arrays.setAll(own, block -> blocks[block][rank]);
        return own;
    }

    /** Of the sorted pool without one rank's own sorted values, by walking past them. */
    private static double medianOfOthers(double[] all, double[] sorted) {
        int others = all.length - sorted.length;
        int wanted = others / 2;
        int seen = 0;
        int mine = 0;
        for (double value : all) {
            if (mine < sorted.length && value == sorted[mine]) {
                mine++;
            } else if (seen++ == wanted) {
                return value;
            }
        }
        throw new IllegalStateException("fewer values than counted");
    }

    /** Upper tail of the Mann–Whitney statistic, by its normal approximation with the correction for continuity. */
    private static double probability(double[] own, double[] all) {
        double greater = 0;
        for (double value : own) {
            double shifted = value / (1 + LEAST_EXCESS);
            greater += rank(all, shifted) - rank(own, shifted);
        }
        double m = own.length;
        double n = all.length - m;
        double deviation = Math.sqrt(m * n * (m + n + 1) / 12);
        double z = (greater - m * n / 2 - 0.5) / deviation;
        return Math.pow(10, PhiAccrual.log10UpperTail(z));
    }

    /** How many of these sorted values are smaller; equal ones count half. */
    private static double rank(double[] sorted, double than) {
        int low = firstAtLeast(sorted, than);
        return low + 0.5 * (firstAtLeast(sorted, Math.nextUp(than)) - low);
    }

    private static int firstAtLeast(double[] sorted, double value) {
        int low = 0;
        int high = sorted.length;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (sorted[middle] < value) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        int half = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
    }
}
