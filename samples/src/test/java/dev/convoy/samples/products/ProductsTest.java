/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.samples.products;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import dev.convoy.ConvoyRuntime;
import dev.convoy.DataType;
import dev.convoy.Device;
import dev.convoy.DeviceBuffer;
import dev.convoy.RuntimeKind;
import dev.convoy.Stream;
import dev.convoy.samples.products.MatrixProducts.Form;
import java.util.SplittableRandom;
import java.util.stream.Stream.Builder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Products by Java, and by a cuBLAS that is played in Java by the letter of its documentation. */
class ProductsTest {
    private static final Device DEVICE = ConvoyRuntime.open(RuntimeKind.HOST).device(0);
    private static final int ROWS = 5;
    private static final int INNER = 7;
    private static final int COLUMNS = 3;

    static java.util.stream.Stream<Arguments> cases() {
        Builder<Arguments> cases = java.util.stream.Stream.builder();
        for (Form a : Form.values()) {
            for (Form b : Form.values()) {
                cases.add(Arguments.of("Java", a, b));
                cases.add(Arguments.of("cuBLAS", a, b));
            }
        }
        return cases.build();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void productIsTheSumOfProducts(String products, Form aForm, Form bForm) {
        SplittableRandom random = new SplittableRandom(3);
        Matrix a = matrix(random, aForm == Form.PLAIN ? ROWS : INNER, aForm == Form.PLAIN ? INNER : ROWS);
        Matrix b = matrix(random, bForm == Form.PLAIN ? INNER : COLUMNS, bForm == Form.PLAIN ? COLUMNS : INNER);
        Matrix product = matrix(random, ROWS, COLUMNS);
        try (Stream stream = DEVICE.newStream();
                MatrixProducts tested =
                        products.equals("Java") ? new JavaProducts() : new CublasProducts(new PlayedCublas())) {
            tested.multiply(a, aForm, b, bForm, product, stream);
        }
        float[] left = content(a);
        float[] right = content(b);
        float[] actual = content(product);
        for (int i = 0; i < ROWS; i++) {
            for (int j = 0; j < COLUMNS; j++) {
                double sum = 0;
                for (int k = 0; k < INNER; k++) {
                    sum += (double) left[aForm == Form.PLAIN ? i * INNER + k : k * ROWS + i]
                            * right[bForm == Form.PLAIN ? k * COLUMNS + j : j * INNER + k];
                }
                assertThat((double) actual[i * COLUMNS + j]).isCloseTo(sum, within(1e-5));
            }
        }
        a.elements().close();
        b.elements().close();
        product.elements().close();
    }

    @Test
    void sizesThatDoNotFitAreRefused() {
        SplittableRandom random = new SplittableRandom(4);
        try (Stream stream = DEVICE.newStream()) {
            Matrix a = matrix(random, 2, 3);
            assertThatExceptionOfType(IllegalArgumentException.class)
                    .isThrownBy(() -> new JavaProducts().multiply(a, Form.PLAIN, a, Form.PLAIN, a, stream))
                    .withMessage("a product of 2 x 3 and 2 x 3 is no 2 x 3");
            assertThatExceptionOfType(IllegalArgumentException.class)
                    .isThrownBy(() -> new Matrix(a.elements(), 2, 2))
                    .withMessageEndingWith("is no matrix of 2 x 2 floats");
            a.elements().close();
        }
    }

    @Test
    void cublasNeedsAGpu() {
        assertThatExceptionOfType(UnsupportedOperationException.class)
                .isThrownBy(() -> CublasProducts.open(DEVICE))
                .withMessage("cuBLAS works on GPUs, and not on Device[HOST 0]");
    }

    @Test
    void aFailureSaysWhichCall() {
        PlayedCublas cublas = new PlayedCublas();
        MatrixProducts products = new CublasProducts(cublas);
        assertThat(products.description()).isEqualTo("cuBLAS 13.1.2");
        cublas.answer = 7;
        assertThatExceptionOfType(IllegalStateException.class)
                .isThrownBy(products::description)
                .withMessage("cublasGetProperty returned 7: text of 7");
    }

    private static Matrix matrix(SplittableRandom random, int rows, int columns) {
        DeviceBuffer elements = DEVICE.allocate(DataType.FLOAT32, (long) rows * columns);
        float[] content = new float[rows * columns];
        for (int i = 0; i < content.length; i++) {
            content[i] = (float) random.nextDouble(-1, 1);
        }
        elements.copyFrom(content);
        return new Matrix(elements, rows, columns);
    }

    private static float[] content(Matrix matrix) {
        float[] content = new float[matrix.rows() * matrix.columns()];
        matrix.elements().copyTo(content);
        return content;
    }
}
