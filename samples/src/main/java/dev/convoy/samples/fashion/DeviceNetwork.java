/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.samples.fashion;

import dev.convoy.DataType;
import dev.convoy.Device;
import dev.convoy.DeviceBuffer;
import dev.convoy.Stream;
import dev.convoy.samples.products.Matrix;
import dev.convoy.samples.products.MatrixProducts;
import dev.convoy.samples.products.MatrixProducts.Form;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The network with its matrix products on the device. Weights and their gradients never leave it; what happens to one
 * element at a time, which is little, happens on the CPU. The same numbers as {@link Mlp}'s, but not the same bits: the
 * products sum in an order of their own.
 */
final class DeviceNetwork implements Network {
    private static final Duration BOUND = Duration.ofSeconds(30);
    private static final int OUTPUT_START = Parameters.INPUTS * Parameters.HIDDEN + Parameters.HIDDEN;
    private static final int OUTPUT_BIASES = OUTPUT_START + Parameters.OUTPUTS * Parameters.HIDDEN;
    private static final float PIXEL_SCALE = 1f / 255f;

    private final int capacity;
    private final MatrixProducts products;
    private final Stream stream;
    private final List<DeviceBuffer> buffers = new ArrayList<>();

    /** One row an image: pixels, hidden units and classes, and the loss's slopes with respect to these. */
    private final Matrix inputs;

    private final Matrix hidden;
    private final Matrix hiddenSlopes;
    private final Matrix scores;
    private final Matrix scoreSlopes;

    private final float[] pixels;
    private final float[] activations;
    private final float[] slopes;
    private final float[] classes;
    private final float[] hiddenBiases = new float[Parameters.HIDDEN];
    private final float[] outputBiases = new float[Parameters.OUTPUTS];

    /** The products are closed with this. */
    DeviceNetwork(Device device, MatrixProducts products, int capacity) {
        this.capacity = capacity;
        this.products = products;
        this.stream = device.newStream();
        this.inputs = matrix(device, Parameters.INPUTS);
        this.hidden = matrix(device, Parameters.HIDDEN);
        this.hiddenSlopes = matrix(device, Parameters.HIDDEN);
        this.scores = matrix(device, Parameters.OUTPUTS);
        this.scoreSlopes = matrix(device, Parameters.OUTPUTS);
        this.pixels = new float[capacity * Parameters.INPUTS];
        this.activations = new float[capacity * Parameters.HIDDEN];
        this.slopes = new float[capacity * Parameters.HIDDEN];
        this.classes = new float[capacity * Parameters.OUTPUTS];
    }

    private Matrix matrix(Device device, int columns) {
        DeviceBuffer buffer = device.allocate(DataType.FLOAT32, (long) capacity * columns);
        buffers.add(buffer);
        return new Matrix(buffer, capacity, columns);
    }

    @Override
    public void gradient(
            LabelledImages data, int[] images, int from, int to, DeviceBuffer weights, DeviceBuffer gradient) {
        int count = to - from;
        if (count == 0) {
            gradient.zero(stream);
            stream.synchronize(BOUND);
            return;
        }
        forward(data, images, from, to, weights);
        double loss = 0;
        for (int s = 0; s < count; s++) {
            loss += lossAndSlopes(s * Parameters.OUTPUTS, data.label(images[from + s]));
        }
        backward(count, weights, gradient);
        place(gradient, Parameters.COUNT, new float[] {(float) loss});
    }

    @Override
    public double accuracy(LabelledImages data, DeviceBuffer weights) {
        int[] images = IntStream.range(0, data.size()).toArray();
        int correct = 0;
        for (int from = 0; from < data.size(); from += capacity) {
            int to = Math.min(data.size(), from + capacity);
            forward(data, images, from, to, weights);
            for (int i = from; i < to; i++) {
                if (predicted((i - from) * Parameters.OUTPUTS) == data.label(images[i])) {
                    correct++;
                }
            }
        }
        return (double) correct / data.size();
    }

    /** Leaves the activations and scores of the images in the arrays, and the activations on the device, too. */
    private void forward(LabelledImages data, int[] images, int from, int to, DeviceBuffer weights) {
        int count = to - from;
        for (int s = 0; s < count; s++) {
            int offset = images[from + s] * Parameters.INPUTS;
            for (int i = 0; i < Parameters.INPUTS; i++) {
                pixels[s * Parameters.INPUTS + i] = Byte.toUnsignedInt(data.pixels()[offset + i]) * PIXEL_SCALE;
            }
        }
        upload(inputs.top(count), pixels);
        part(weights, OUTPUT_START - Parameters.HIDDEN, Parameters.HIDDEN).copyTo(hiddenBiases);
        part(weights, OUTPUT_BIASES, Parameters.OUTPUTS).copyTo(outputBiases);
        multiply(inputs.top(count), Form.PLAIN, hiddenWeights(weights), Form.PLAIN, hidden.top(count), activations);
        addBiases(activations, hiddenBiases, count);
        for (int i = 0; i < count * Parameters.HIDDEN; i++) {
            activations[i] = Math.max(activations[i], 0f);
        }
        upload(hidden.top(count), activations);
        multiply(hidden.top(count), Form.PLAIN, outputWeights(weights), Form.TRANSPOSED, scores.top(count), classes);
        addBiases(classes, outputBiases, count);
    }

    private static void addBiases(float[] rows, float[] biases, int count) {
        for (int i = 0; i < count * biases.length; i++) {
            rows[i] += biases[i % biases.length];
        }
    }

    /** Turns an image's scores into the loss's slopes, which are softmax minus one-hot. */
    private double lossAndSlopes(int row, int label) {
        double highest = Double.NEGATIVE_INFINITY;
        for (int c = 0; c < Parameters.OUTPUTS; c++) {
            highest = Math.max(highest, classes[row + c]);
        }
        double sum = 0;
        for (int c = 0; c < Parameters.OUTPUTS; c++) {
            sum += StrictMath.exp(classes[row + c] - highest);
        }
        double logSum = highest + StrictMath.log(sum);
        double loss = logSum - classes[row + label];
        for (int c = 0; c < Parameters.OUTPUTS; c++) {
            double probability = StrictMath.exp(classes[row + c] - logSum);
            classes[row + c] = (float) (c == label ? probability - 1 : probability);
        }
        return loss;
    }

    private void backward(int count, DeviceBuffer weights, DeviceBuffer gradient) {
        Matrix classSlopes = scoreSlopes.top(count);
        Matrix unitSlopes = hiddenSlopes.top(count);
        upload(classSlopes, classes);
        products.multiply(classSlopes, Form.TRANSPOSED, hidden.top(count), Form.PLAIN, outputWeights(gradient), stream);
        multiply(classSlopes, Form.PLAIN, outputWeights(weights), Form.PLAIN, unitSlopes, slopes);
        for (int i = 0; i < count * Parameters.HIDDEN; i++) {
            // The rectifier passes a slope on only where it passed its input on.
            slopes[i] = activations[i] > 0 ? slopes[i] : 0;
        }
        upload(unitSlopes, slopes);
        products.multiply(inputs.top(count), Form.TRANSPOSED, unitSlopes, Form.PLAIN, hiddenWeights(gradient), stream);
        stream.synchronize(BOUND);
        place(gradient, OUTPUT_START - Parameters.HIDDEN, sumOfRows(slopes, Parameters.HIDDEN, count));
        place(gradient, OUTPUT_BIASES, sumOfRows(classes, Parameters.OUTPUTS, count));
    }

    private static float[] sumOfRows(float[] rows, int columns, int count) {
        float[] sum = new float[columns];
        for (int i = 0; i < count * columns; i++) {
            sum[i % columns] += rows[i];
        }
        return sum;
    }

    private int predicted(int row) {
        int best = 0;
        for (int c = 1; c < Parameters.OUTPUTS; c++) {
            if (classes[row + c] > classes[row + best]) {
                best = c;
            }
        }
        return best;
    }

    private static Matrix hiddenWeights(DeviceBuffer parameters) {
        return new Matrix(
                part(parameters, 0, Parameters.INPUTS * Parameters.HIDDEN), Parameters.INPUTS, Parameters.HIDDEN);
    }

    private static Matrix outputWeights(DeviceBuffer parameters) {
        return new Matrix(
                part(parameters, OUTPUT_START, Parameters.OUTPUTS * Parameters.HIDDEN),
                Parameters.OUTPUTS,
                Parameters.HIDDEN);
    }

    private static DeviceBuffer part(DeviceBuffer buffer, int offset, int length) {
        return buffer.slice(offset, length);
    }

    private static void place(DeviceBuffer buffer, int offset, float[] values) {
        part(buffer, offset, values.length).copyFrom(values);
    }

    private void upload(Matrix matrix, float[] values) {
        matrix.elements().copyFrom(first(matrix, values));
    }

    private static MemorySegment first(Matrix matrix, float[] values) {
        return MemorySegment.ofArray(values).asSlice(0, matrix.elements().bytes());
    }

    /** A product that the CPU needs. */
    private void multiply(Matrix a, Form aForm, Matrix b, Form bForm, Matrix product, float[] values) {
        products.multiply(a, aForm, b, bForm, product, stream);
        stream.synchronize(BOUND);
        product.elements().copyTo(first(product, values));
    }

    @Override
    public void close() {
        products.close();
        buffers.forEach(DeviceBuffer::close);
        stream.close();
    }
}
