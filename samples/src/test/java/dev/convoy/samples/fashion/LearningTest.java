/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.samples.fashion;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Training as one rank does it alone, without a communicator. */
class LearningTest {

    private static final FashionMnistData DATA = FashionMnistData.bundled();

    @Test
    void learnsTheBundledImages() {
        float[] parameters = train(7, 400);
        Mlp network = new Mlp(256);
        network.load(parameters);
        assertThat(network.accuracy(DATA.test())).isGreaterThan(0.83);
    }

    @Test
    void theSameBitsEveryTime() {
        float[] once = train(7, 40);
        assertThat(train(7, 40)).isEqualTo(once);
        assertThat(train(8, 40)).isNotEqualTo(once);
    }

    @Test
    void theRateFollowsFromTheStep() {
        MomentumSgd optimizer = new MomentumSgd(0.5f, 100);
        assertThat(optimizer.rate(0)).isEqualTo(0.5f);
        assertThat(optimizer.rate(50)).isEqualTo(0.5f);
        assertThat(optimizer.rate(75)).isEqualTo(0.25f);
        assertThat(optimizer.rate(99)).isEqualTo(0.01f);
    }

    @Test
    void updatesOnlyItsPiece() {
        float[] weights = {1, 1, 1, 1, 1};
        float[] velocity = {1, 2};
        new MomentumSgd(0.5f, 100).update(0, weights, velocity, new float[] {0, 8, 16, 0, 0}, 1, 8);
        assertThat(velocity).containsExactly(0.9f + 1, 1.8f + 2);
        assertThat(weights).containsExactly(1, 1 - 0.5f * velocity[0], 1 - 0.5f * velocity[1], 1, 1);
    }

    private static float[] train(long seed, int steps) {
        GlobalBatches batches = new GlobalBatches(DATA.train().size(), 256, seed);
        MomentumSgd optimizer = new MomentumSgd(0.1f, steps);
        Mlp network = new Mlp(256);
        float[] parameters = Parameters.initial(seed);
        float[] velocity = new float[Parameters.COUNT];
        float[] gradient = new float[Parameters.COUNT];
        for (int step = 0; step < steps; step++) {
            int[] batch = batches.batch(step);
            network.load(parameters);
            network.lossAndGradient(DATA.train(), batch, 0, batch.length, gradient);
            optimizer.update(step, parameters, velocity, gradient, 0, batch.length);
        }
        return parameters;
    }
}
