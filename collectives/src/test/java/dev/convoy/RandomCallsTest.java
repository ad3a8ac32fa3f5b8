/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Calls at random against {@link Oracle}: operation, type, reduction, count, offset, root, number of ranks, in place or
 * not. {@code -Dconvoy.cases=10000} does more of them, {@code -Dconvoy.seed=…} repeats a run.
 */
@Timeout(600)
class RandomCallsTest {
    private static final int CASES = Integer.getInteger("convoy.cases", 1_000);
    private static final long SEED = Long.getLong("convoy.seed", System.nanoTime());

    @Test
    void resultsAreThoseOfTheOracle() {
        System.out.println("seed of random calls: " + SEED + ", cases: " + CASES);
        SplittableRandom random = new SplittableRandom(SEED);
        try (Worlds worlds = new Worlds()) {
            for (int i = 0; i < CASES; i++) {
                RandomCall call = RandomCall.draw(new SplittableRandom(random.nextLong()));
                try {
                    call.check(worlds.ofSize(call.worldSize()));
                } catch (RuntimeException | AssertionError e) {
                    throw new AssertionError("seed " + SEED + ", case " + i + ": " + call, e);
                }
            }
        }
    }
}
