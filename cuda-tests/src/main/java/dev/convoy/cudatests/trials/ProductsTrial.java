/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.cudatests.trials;

import dev.convoy.DataType;
import dev.convoy.Device;
import dev.convoy.DeviceBuffer;
import dev.convoy.RuntimeKind;
import dev.convoy.Stream;
import dev.convoy.cudatests.Bench;
import dev.convoy.cudatests.SkippedException;
import dev.convoy.cudatests.Trial;
import dev.convoy.samples.products.CublasProducts;
import dev.convoy.samples.products.JavaProducts;
import dev.convoy.samples.products.Matrix;
import dev.convoy.samples.products.MatrixProducts;
import dev.convoy.samples.products.MatrixProducts.Form;
import java.time.Duration;
import java.util.SplittableRandom;

/** The sample's matrix products on the device, in each of its layers' forms, against sums in double precision. */
public final class ProductsTrial implements Trial {
    private static final long SEED = 11;
    private static final Duration SOON = Duration.ofSeconds(30);
    /** In units of the sum of the absolute products: a float's rounding, some hundred times. */
    private static final double TOLERANCE = 2e-5;

    private int elements;

    /** Made by the list of trials. */
    public ProductsTrial() {}

    @Override
    public String name() {
        return "matrix-products";
    }

    @Override
    public String run(Bench bench) {
        Device device = bench.device();
        try (Stream stream = device.newStream();
                MatrixProducts products = products(bench, device)) {
            for (Form a : Form.values()) {
                for (Form b : Form.values()) {
                    product(products, a, b, stream);
                }
            }
            return products.description() + ": " + elements + " elements as they should be";
        }
    }

    private static MatrixProducts products(Bench bench, Device device) {
        if (bench.kind() == RuntimeKind.HOST) {
            return new JavaProducts();
        }
        try {
            return CublasProducts.open(device);
        } catch (UnsupportedOperationException e) {
            throw new SkippedException(e.getMessage());
        }
    }

    private void product(MatrixProducts products, Form aForm, Form bForm, Stream stream) {
        int rows = 57;
        int inner = 784;
        int columns = 128;
        SplittableRandom random = new SplittableRandom(SEED);
        float[] a = random(random, rows * inner);
        float[] b = random(random, inner * columns);
        float[] result = new float[rows * columns];
        Device device = stream.device();
        try (DeviceBuffer left = device.allocate(DataType.FLOAT32, a.length);
                DeviceBuffer right = device.allocate(DataType.FLOAT32, b.length);
                DeviceBuffer product = device.allocate(DataType.FLOAT32, result.length)) {
            left.copyFrom(a);
            right.copyFrom(b);
            boolean isPlainA = aForm == Form.PLAIN;
            boolean isPlainB = bForm == Form.PLAIN;
            products.multiply(
                    new Matrix(left, isPlainA ? rows : inner, isPlainA ? inner : rows),
                    aForm,
                    new Matrix(right, isPlainB ? inner : columns, isPlainB ? columns : inner),
                    bForm,
                    new Matrix(product, rows, columns),
                    stream);
            stream.synchronize(SOON);
            product.copyTo(result);
        }
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < columns; j++) {
                double sum = 0;
                double size = 0;
                for (int k = 0; k < inner; k++) {
                    double term = (double) a[aForm == Form.PLAIN ? i * inner + k : k * rows + i]
                            * b[bForm == Form.PLAIN ? k * columns + j : j * inner + k];
                    sum += term;
                    size += Math.abs(term);
                }
                double off = Math.abs(result[i * columns + j] - sum);
                Check.that(off <= TOLERANCE * size, aForm + " times " + bForm + ": an element is off by " + off);
                elements++;
            }
        }
    }

    private static float[] random(SplittableRandom random, int count) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) random.nextDouble(-1, 1);
        }
        return values;
    }
}
