/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.samples.products;

import dev.convoy.samples.products.MatrixProducts.Form;

/**
 * The sizes of a product.
 *
 * @param rows of the product
 * @param inner of each sum
 * @param columns of the product
 */
record Sizes(int rows, int inner, int columns) {
    static Sizes of(Matrix a, Form aForm, Matrix b, Form bForm, Matrix product) {
        boolean aPlain = aForm == Form.PLAIN;
        boolean bPlain = bForm == Form.PLAIN;
        Sizes sizes = new Sizes(
                aPlain ? a.rows() : a.columns(), aPlain ? a.columns() : a.rows(), bPlain ? b.columns() : b.rows());
        int innerOfB = bPlain ? b.rows() : b.columns();
        if (sizes.inner != innerOfB || sizes.rows != product.rows() || sizes.columns != product.columns()) {
            throw new IllegalArgumentException("a product of " + sizes.rows + " x " + sizes.inner + " and " + innerOfB
                    + " x " + sizes.columns + " is no " + product.rows() + " x " + product.columns());
        }
        return sizes;
    }
}
