/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.samples.fashion;

/**
 * Stochastic gradient descent with momentum over a piece of the parameters. The learning rate stays at its peak for the
 * first half of the steps, then falls linearly to zero.
 */
final class MomentumSgd {

    private static final float MOMENTUM = 0.9f;

    private final float peakRate;
    private final long steps;

    MomentumSgd(float peakRate, long steps) {
        this.peakRate = peakRate;
        this.steps = steps;
    }

    /** The learning rate of a step: a function of the step alone, so that a step done again is the same step. */
    float rate(long step) {
        return (float) (peakRate * Math.min(1.0, 2.0 * (steps - step) / steps));
    }

    /**
     * Updates elements {@code [0, velocity.length)} of a piece.
     *
     * @param weights the parameters; the piece starts at {@code offset}
     * @param velocity the piece's momentum
     * @param gradientSum the gradients' sum over the global batch; the piece starts at {@code offset}
     * @param batchSize the size of the global batch
     */
    void update(long step, float[] weights, float[] velocity, float[] gradientSum, int offset, int batchSize) {
        float rate = rate(step);
        float scale = 1f / batchSize;
        for (int i = 0; i < velocity.length; i++) {
            velocity[i] = MOMENTUM * velocity[i] + scale * gradientSum[offset + i];
            weights[offset + i] -= rate * velocity[i];
        }
    }
}
