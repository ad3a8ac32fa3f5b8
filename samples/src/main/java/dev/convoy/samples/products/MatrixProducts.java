/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.samples.products;

import dev.convoy.Stream;

/** Multiplies matrices of floats; belongs to one thread. */
public interface MatrixProducts extends AutoCloseable {
    /** Whether a factor is taken as it is or mirrored. */
    enum Form {
        /** As it is. */
        PLAIN,
        /** Rows as columns. */
        TRANSPOSED
    }

    /**
     * Sets a matrix to the product of two others, in the order of a stream.
     *
     * @param a the left factor
     * @param aForm how it is taken
     * @param b the right factor
     * @param bForm how it is taken
     * @param product what is set
     * @param stream the order
     * @throws IllegalArgumentException if the sizes do not fit together
     */
    void multiply(Matrix a, Form aForm, Matrix b, Form bForm, Matrix product, Stream stream);

    /**
     * Who multiplies, for people.
     *
     * @return such as {@code cuBLAS 13.1.0}
     */
    String description();

    @Override
    void close();
}
