/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.samples.fashion;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Faults for one run of the demonstration, at random, one to three at a time. Of a pair of ranks that hold each other's
 * shards only one is lost or damaged at a time, so that the job can and therefore must go on.
 *
 * @param spec what {@code --fault} takes
 * @param count how many
 */
record RandomFaults(String spec, int count) {
    static final int RANKS = 4;

    /** Pairs hold each other's shards, in the order of ranks. */
    private static final int PAIRS = RANKS / 2;

    /** Steps between episodes: whoever was lost is back before the next. */
    private static final int PERIOD = 25;

    private static final List<String> PHASES = List.of("abort", "agree", "rebuild", "restore");

    /** For a run in which who is lost comes back: episodes all along, the first recovery perhaps disturbed, too. */
    static RandomFaults ofReplacing(SplittableRandom random, int steps) {
        List<String> faults = new ArrayList<>();
        int step = 5 + random.nextInt(PERIOD);
        if (random.nextInt(2) == 0) {
            faults.add(loss(random, rank(random, 0), step));
            faults.add("kill:" + rank(random, 1) + "@recovery:" + PHASES.get(random.nextInt(PHASES.size())));
            step += PERIOD;
        }
        for (; step < steps; step += PERIOD + random.nextInt(5)) {
            faults.addAll(episode(random, step));
        }
        return new RandomFaults(String.join(",", faults), faults.size());
    }

    /** For a run that goes on with fewer ranks, for a while or for good: one loss. */
    static RandomFaults ofShrinking(SplittableRandom random, int steps) {
        return new RandomFaults(loss(random, random.nextInt(RANKS), random.nextInt(steps)), 1);
    }

    private static List<String> episode(SplittableRandom random, int step) {
        if (random.nextInt(6) == 0) {
            return List.of("corrupt:" + random.nextInt(RANKS) + "@" + step);
        }
        List<Integer> pairs = new ArrayList<>(List.of(0, 1));
        if (random.nextInt(2) == 0) {
            Collections.swap(pairs, 0, 1);
        }
        List<String> faults = new ArrayList<>();
        int hit = rank(random, pairs.getFirst());
        faults.add(loss(random, hit, step));
        if (random.nextInt(2) == 0) {
            int other = rank(random, pairs.getLast());
            faults.add(random.nextInt(3) == 0 ? "corrupt:" + other + "@" + step : loss(random, other, step));
        }
        if (random.nextInt(3) == 0) {
            faults.add("slow:" + (hit ^ 1) + "@" + step + ":" + (10 + random.nextInt(200)));
        }
        return faults;
    }

    private static String loss(SplittableRandom random, int rank, int step) {
        String kind = switch (random.nextInt(6)) {
            case 0 -> "stop";
            case 1 -> "throw";
            default -> "kill";
        };
        return kind + ":" + rank + "@" + step;
    }

    private static int rank(SplittableRandom random, int pair) {
        return PAIRS * pair + random.nextInt(RANKS / PAIRS);
    }
}
