/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.detect;

import java.util.Arrays;

/**
 * How long to wait for something that has been done many times: {@value #FACTOR} times the longest of the last
 * {@value #WINDOW} durations, within a floor and a ceiling.
 *
 * <p>Of durations that come in no particular order the next is longer than all of the last n with probability 1/(n +
 * 1), whatever their distribution; the factor is for how much longer. Where the chance to exceed a duration falls with
 * its square or faster, as it does beyond any load that passes, waiting is given up too soon once in 64 times as many.
 * Until {@value #LEAST} durations are known, the ceiling holds: a first step compiles, loads and warms.
 *
 * <p>One thread observes; any thread reads the bound.
 */
public final class AdaptiveDeadline {
    /** Durations that are remembered. */
    public static final int WINDOW = 1_024;
    /** How many times the longest of them is waited for. */
    public static final int FACTOR = 8;
    /** Durations without which nothing is known. */
    public static final int LEAST = 16;

    private final long floorNs;
    private final long ceilingNs;
    private final long[] durations = new long[WINDOW];
    private long observed;
    private long longest;
    private volatile long boundNs;

    /**
     * Starts with the ceiling.
     *
     * @param floorNs shortest bound, positive: what a pause of the machine or a garbage collection may take
     * @param ceilingNs longest bound, at least the floor
     */
    public AdaptiveDeadline(long floorNs, long ceilingNs) {
        if (floorNs <= 0 || ceilingNs < floorNs) {
            throw new IllegalArgumentException("0 < floor <= ceiling, not " + floorNs + " and " + ceilingNs + " ns");
        }
        this.floorNs = floorNs;
        this.ceilingNs = ceilingNs;
        boundNs = ceilingNs;
    }

    /**
     * Takes a duration.
     *
     * @param ns how long it took, not negative
     */
    public void observe(long ns) {
        int place = (int) (observed++ % WINDOW);
        long dropped = durations[place];
        durations[place] = ns;
        // Only where the longest one is dropped must the others be looked at.
        longest = dropped == longest ? longestKept() : Math.max(longest, ns);
        if (observed >= LEAST) {
            boundNs = clamp();
        }
    }

    /** What was before is another kind of work: the ceiling holds until enough is known again. */
    public void forget() {
        Arrays.fill(durations, 0);
        observed = 0;
        longest = 0;
        boundNs = ceilingNs;
    }

    /**
     * How long to wait now.
     *
     * @return between floor and ceiling
     */
    public long boundNs() {
        return boundNs;
    }

    private long longestKept() {
        return Arrays.stream(durations).max().orElse(0);
    }

    private long clamp() {
        long wanted = longest > ceilingNs / FACTOR ? ceilingNs : FACTOR * longest;
        return Math.min(ceilingNs, Math.max(floorNs, wanted));
    }
}
