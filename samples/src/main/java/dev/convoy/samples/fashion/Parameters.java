/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.samples.fashion;

import java.util.Arrays;

/**
 * The network's parameters, or their gradients, in the form in which the layers work with them; and their order in the
 * one flat array that the group holds: hidden weights (pixel after pixel), hidden biases, output weights (class after
 * class), output biases.
 */
final class Parameters {

    static final int INPUTS = LabelledImages.PIXELS;
    static final int HIDDEN = 128;
    static final int OUTPUTS = LabelledImages.CLASSES;

    /** How many there are. */
    static final int COUNT = INPUTS * HIDDEN + HIDDEN + OUTPUTS * HIDDEN + OUTPUTS;

    /** The random numbers of the initial weights; passes of the training set use streams from 0 up. */
    private static final long INITIAL_WEIGHTS = -1;

    final float[][] hiddenWeights = new float[INPUTS][HIDDEN];
    final float[] hiddenBiases = new float[HIDDEN];
    final float[][] outputWeights = new float[OUTPUTS][HIDDEN];
    final float[] outputBiases = new float[OUTPUTS];

    /** Initial parameters as a flat array: weights uniform with He's variance, biases zero; a function of the seed. */
    static float[] initial(long seed) {
        CounterRandom random = new CounterRandom(seed, INITIAL_WEIGHTS);
        float hiddenBound = (float) Math.sqrt(6.0 / INPUTS);
        float outputBound = (float) Math.sqrt(6.0 / HIDDEN);
        float[] flat = new float[COUNT];
        int outputStart = INPUTS * HIDDEN + HIDDEN;
        for (int i = 0; i < INPUTS * HIDDEN; i++) {
            flat[i] = hiddenBound * random.symmetric(i);
        }
        for (int i = outputStart; i < outputStart + OUTPUTS * HIDDEN; i++) {
            flat[i] = outputBound * random.symmetric(i);
        }
        return flat;
    }

    void clear() {
        for (float[] row : hiddenWeights) {
            Arrays.fill(row, 0);
        }
        Arrays.fill(hiddenBiases, 0);
        for (float[] row : outputWeights) {
            Arrays.fill(row, 0);
        }
        Arrays.fill(outputBiases, 0);
    }

    /** Takes the first {@link #COUNT} elements. */
    void copyFrom(float[] flat) {
        int at = 0;
        for (float[] row : hiddenWeights) {
            at = read(flat, at, row);
        }
        at = read(flat, at, hiddenBiases);
        for (float[] row : outputWeights) {
            at = read(flat, at, row);
        }
        read(flat, at, outputBiases);
    }

    /** Sets the first {@link #COUNT} elements. */
    void copyTo(float[] flat) {
        int at = 0;
        for (float[] row : hiddenWeights) {
            at = write(row, flat, at);
        }
        at = write(hiddenBiases, flat, at);
        for (float[] row : outputWeights) {
            at = write(row, flat, at);
        }
        write(outputBiases, flat, at);
    }

    private static int read(float[] flat, int at, float[] row) {
        System.arraycopy(flat, at, row, 0, row.length);
        return at + row.length;
    }

    private static int write(float[] row, float[] flat, int at) {
        System.arraycopy(row, 0, flat, at, row.length);
        return at + row.length;
    }
}
