/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.samples.products;

import dev.convoy.DataType;
import dev.convoy.DeviceBuffer;

/**
 * Floats of a device as a matrix, row after row.
 *
 * @param elements rows times columns of them
 * @param rows number of rows
 * @param columns number of columns
 */
public record Matrix(DeviceBuffer elements, int rows, int columns) {
    /** Refuses what is not a matrix of floats. */
    public Matrix {
        if (elements.type() != DataType.FLOAT32 || elements.count() != (long) rows * columns) {
            throw new IllegalArgumentException(elements + " is no matrix of " + rows + " x " + columns + " floats");
        }
    }

    /**
     * The first rows as a matrix.
     *
     * @param count how many
     * @return the same memory
     */
    public Matrix top(int count) {
        return new Matrix(elements.slice(0, (long) count * columns), count, columns);
    }
}
