/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.samples.fashion;

import java.util.Arrays;

/**
 * Which samples each step trains on, as a function of (seed, step) alone, and which of them a rank takes: the global
 * batch is the same whatever the world size is. A pass visits every sample once in an order of its own; its last batch
 * is short rather than dropped.
 *
 * <p>Not thread-safe: keeps the order of the pass that it was last asked about.
 */
final class GlobalBatches {

    private final int samples;
    private final int batchSize;
    private final long seed;
    private final int stepsPerPass;

    private long orderedPass = -1;
    private int[] order;

    GlobalBatches(int samples, int batchSize, long seed) {
        if (samples < 1 || batchSize < 1) {
            throw new IllegalArgumentException(
                    "samples " + samples + ", batch size " + batchSize + ": both at least 1");
        }
        this.samples = samples;
        this.batchSize = batchSize;
        this.seed = seed;
        this.stepsPerPass = Math.ceilDiv(samples, batchSize);
    }

    int stepsPerPass() {
        return stepsPerPass;
    }

    /** The pass that a step belongs to, from 0. */
    long pass(long step) {
        return step / stepsPerPass;
    }

    /** How many samples the whole group trains on at a step. */
    int size(long step) {
        return Math.min(batchSize, samples - firstPosition(step));
    }

    /** The samples of a step's global batch. */
    int[] batch(long step) {
        int first = firstPosition(step);
        return Arrays.copyOfRange(order(pass(step)), first, first + size(step));
    }

    private int firstPosition(long step) {
        return (int) (step % stepsPerPass) * batchSize;
    }

    private int[] order(long pass) {
        if (pass != orderedPass) {
            order = shuffled(pass);
            orderedPass = pass;
        }
        return order;
    }

    private int[] shuffled(long pass) {
        CounterRandom random = new CounterRandom(seed, pass);
        int[] shuffled = new int[samples];
        for (int i = 0; i < samples; i++) {
            int j = random.below(i + 1, i);
            shuffled[i] = shuffled[j];
            shuffled[j] = i;
        }
        return shuffled;
    }
}
