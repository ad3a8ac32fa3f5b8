/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.samples.products;

import dev.convoy.Stream;
import java.time.Duration;

/** Products in plain Java, by way of host memory: what every machine has, and what others are held against. */
public final class JavaProducts implements MatrixProducts {
    private static final Duration BOUND = Duration.ofSeconds(30);

    /** Needs nothing. */
    public JavaProducts() {}

    @Override
    public void multiply(Matrix a, Form aForm, Matrix b, Form bForm, Matrix product, Stream stream) {
        Sizes sizes = Sizes.of(a, aForm, b, bForm, product);
        stream.synchronize(BOUND);
        float[] left = content(a);
        float[] right = content(b);
        int leftRow = aForm == Form.PLAIN ? a.columns() : 1;
        int leftColumn = aForm == Form.PLAIN ? 1 : a.columns();
        int rightRow = bForm == Form.PLAIN ? b.columns() : 1;
        int rightColumn = bForm == Form.PLAIN ? 1 : b.columns();
        float[] result = new float[sizes.rows() * sizes.columns()];
        for (int i = 0; i < sizes.rows(); i++) {
            for (int k = 0; k < sizes.inner(); k++) {
                float factor = left[i * leftRow + k * leftColumn];
                for (int j = 0; j < sizes.columns(); j++) {
                    result[i * sizes.columns() + j] += factor * right[k * rightRow + j * rightColumn];
                }
            }
        }
        product.elements().copyFrom(result);
    }

    private static float[] content(Matrix matrix) {
        float[] content = new float[matrix.rows() * matrix.columns()];
        matrix.elements().copyTo(content);
        return content;
    }

    @Override
    public String description() {
        return "Java";
    }

    @Override
    public void close() {
        // Holds nothing.
    }
}
