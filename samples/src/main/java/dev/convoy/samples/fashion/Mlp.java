/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.samples.fashion;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * A network of 784 pixels, 128 rectified hidden units and 10 classes with softmax cross-entropy, in plain Java on one
 * thread: the same bits on every machine and every run.
 *
 * <p>Not thread-safe. Works on up to {@code capacity} images at a time.
 */
final class Mlp {

    private static final float PIXEL_SCALE = 1f / 255f;

    private final int capacity;
    private final Parameters weights = new Parameters();
    private final Parameters gradients = new Parameters();

    /** By image, then pixel. */
    private final float[][] inputs;
    /** By image, then hidden unit: activations of the forward pass. */
    private final float[][] hidden;
    /** By hidden unit, then image: the same numbers, so that the output layer too runs along contiguous rows. */
    private final float[][] hiddenByUnit;
    /** By class, then image: scores, then what the loss's slope with respect to them is. */
    private final float[][] outputs;
    /** By image, then hidden unit: the slope of the loss. */
    private final float[][] hiddenSlopes;

    private final WeightedRows terms;

    Mlp(int capacity) {
        if (capacity < 1) {
            throw new IllegalArgumentException("capacity " + capacity + "; at least 1");
        }
        this.capacity = capacity;
        this.inputs = new float[capacity][Parameters.INPUTS];
        this.hidden = new float[capacity][Parameters.HIDDEN];
        this.hiddenByUnit = new float[Parameters.HIDDEN][capacity];
        this.outputs = new float[Parameters.OUTPUTS][capacity];
        this.hiddenSlopes = new float[capacity][Parameters.HIDDEN];
        this.terms = new WeightedRows(Math.max(capacity, Parameters.INPUTS));
    }

    /** Takes new parameters, flat as {@link Parameters} orders them. */
    void load(float[] parameters) {
        weights.copyFrom(parameters);
    }

    /**
     * Runs images forward and backward.
     *
     * @param data where the images are
     * @param images which of them: elements {@code [from, to)}, perhaps none
     * @param gradient set to the sum, over these images, of the loss's gradient
     * @return the sum of the losses
     */
    double lossAndGradient(LabelledImages data, int[] images, int from, int to, float[] gradient) {
        int count = to - from;
        forward(data, images, from, to);
        double loss = 0;
        for (int s = 0; s < count; s++) {
            loss += lossAndSlopes(s, data.label(images[from + s]));
        }
        gradients.clear();
        backwardOutputLayer(count);
        backwardHiddenLayer(count);
        gradients.copyTo(gradient);
        return loss;
    }

    /** The share, 0 to 1, of a set's images that get their highest score for the class that they are. */
    double accuracy(LabelledImages data) {
        int[] images = IntStream.range(0, data.size()).toArray();
        int correct = 0;
        for (int from = 0; from < data.size(); from += capacity) {
            correct += correct(data, images, from, Math.min(data.size(), from + capacity));
        }
        return (double) correct / data.size();
    }

    private int correct(LabelledImages data, int[] images, int from, int to) {
        forward(data, images, from, to);
        int correct = 0;
        for (int i = from; i < to; i++) {
            if (predicted(i - from) == data.label(images[i])) {
                correct++;
            }
        }
        return correct;
    }

    private void forward(LabelledImages data, int[] images, int from, int to) {
        int count = to - from;
        if (count > capacity) {
            throw new IllegalArgumentException(count + " images at once; this network has room for " + capacity);
        }
        for (int s = 0; s < count; s++) {
            forwardHiddenLayer(s, data.pixels(), images[from + s] * Parameters.INPUTS);
        }
        for (int c = 0; c < Parameters.OUTPUTS; c++) {
            forwardOutputUnit(c, count);
        }
    }

    private void forwardHiddenLayer(int s, byte[] pixels, int offset) {
        float[] input = inputs[s];
        terms.clear();
        for (int i = 0; i < Parameters.INPUTS; i++) {
            input[i] = Byte.toUnsignedInt(pixels[offset + i]) * PIXEL_SCALE;
            terms.add(i, input[i]);
        }
        float[] activation = hidden[s];
        System.arraycopy(weights.hiddenBiases, 0, activation, 0, Parameters.HIDDEN);
        terms.addTo(activation, weights.hiddenWeights, Parameters.HIDDEN);
        for (int j = 0; j < Parameters.HIDDEN; j++) {
            activation[j] = Math.max(activation[j], 0f);
            hiddenByUnit[j][s] = activation[j];
        }
    }

    private void forwardOutputUnit(int c, int count) {
        terms.clear();
        for (int j = 0; j < Parameters.HIDDEN; j++) {
            terms.add(j, weights.outputWeights[c][j]);
        }
        Arrays.fill(outputs[c], 0, count, weights.outputBiases[c]);
        terms.addTo(outputs[c], hiddenByUnit, count);
    }

    /** Turns an image's scores into the loss's slopes, which are softmax minus one-hot. */
    private double lossAndSlopes(int s, int label) {
        double highest = Double.NEGATIVE_INFINITY;
        for (int c = 0; c < Parameters.OUTPUTS; c++) {
            highest = Math.max(highest, outputs[c][s]);
        }
        double sum = 0;
        for (int c = 0; c < Parameters.OUTPUTS; c++) {
            sum += StrictMath.exp(outputs[c][s] - highest);
        }
        double logSum = highest + StrictMath.log(sum);
        double loss = logSum - outputs[label][s];
        for (int c = 0; c < Parameters.OUTPUTS; c++) {
            double probability = StrictMath.exp(outputs[c][s] - logSum);
            outputs[c][s] = (float) (c == label ? probability - 1 : probability);
        }
        return loss;
    }

    private void backwardOutputLayer(int count) {
        for (int c = 0; c < Parameters.OUTPUTS; c++) {
            terms.clear();
            float bias = 0;
            for (int s = 0; s < count; s++) {
                bias += outputs[c][s];
                terms.add(s, outputs[c][s]);
            }
            gradients.outputBiases[c] = bias;
            terms.addTo(gradients.outputWeights[c], hidden, Parameters.HIDDEN);
        }
    }

    private void backwardHiddenLayer(int count) {
        for (int s = 0; s < count; s++) {
            backwardHiddenUnits(s);
        }
        for (int i = 0; i < Parameters.INPUTS; i++) {
            terms.clear();
            for (int s = 0; s < count; s++) {
                terms.add(s, inputs[s][i]);
            }
            terms.addTo(gradients.hiddenWeights[i], hiddenSlopes, Parameters.HIDDEN);
        }
    }

    private void backwardHiddenUnits(int s) {
        terms.clear();
        for (int c = 0; c < Parameters.OUTPUTS; c++) {
            terms.add(c, outputs[c][s]);
        }
        float[] slope = hiddenSlopes[s];
        Arrays.fill(slope, 0);
        terms.addTo(slope, weights.outputWeights, Parameters.HIDDEN);
        for (int j = 0; j < Parameters.HIDDEN; j++) {
            // The rectifier passes a slope on only where it passed its input on.
            slope[j] = hidden[s][j] > 0 ? slope[j] : 0;
            gradients.hiddenBiases[j] += slope[j];
        }
    }

    private int predicted(int s) {
        int best = 0;
        for (int c = 1; c < Parameters.OUTPUTS; c++) {
            if (outputs[c][s] > outputs[best][s]) {
                best = c;
            }
        }
        return best;
    }
}
