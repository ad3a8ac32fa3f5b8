/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.protocol.simulation;

import java.util.Arrays;

/** Training state whose right value after any number of steps is known in closed form. */
final class ModelState {
    static final int ELEMENTS = 24;

    private ModelState() {}

    static int from(int rank, int worldSize) {
        return rank * ELEMENTS / worldSize;
    }

    static long[] initialShard(int rank, int worldSize) {
        return new long[from(rank + 1, worldSize) - from(rank, worldSize)];
    }

    static void apply(long[] shard, int offset, long step) {
        for (int i = 0; i < shard.length; i++) {
            shard[i] += (step + 1) * (offset + i + 1);
        }
    }

    /** Element i after the steps 0 … steps−1: Σ (k+1)(i+1). */
    static long expected(int element, long steps) {
        return steps * (steps + 1) / 2 * (element + 1);
    }

    static boolean isShard(long[] shard, int offset, long steps) {
        for (int i = 0; i < shard.length; i++) {
            if (shard[i] != expected(offset + i, steps)) {
                return false;
            }
        }
        return true;
    }

    /** The ledger counts how often each step is in the kept state. */
    static boolean isExactlyOnce(int[] ledger, long steps) {
        int[] once = new int[ledger.length];
        Arrays.fill(once, 0, (int) steps, 1);
        return Arrays.equals(ledger, once);
    }
}
