/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.samples.fashion;

/**
 * A sum of rows with a weight each: the one loop in which all the arithmetic of the network's layers happens.
 *
 * <p>Rows are arrays of their own, all indexed alike, because that is the form in which the JIT compiler turns the loop
 * into vector instructions. Java fixes the order of every float operation, so that the result is the same bits whether
 * the loop was interpreted or compiled.
 */
final class WeightedRows {

    private final int[] rows;
    private final float[] weights;
    private int count;

    /** An empty sum with room for a number of terms. */
    WeightedRows(int capacity) {
        this.rows = new int[capacity];
        this.weights = new float[capacity];
    }

    void clear() {
        count = 0;
    }

    /** Adds a term; one of weight zero is left out, since it adds nothing. Half of the pixels are zero. */
    void add(int row, float weight) {
        if (weight != 0) {
            rows[count] = row;
            weights[count] = weight;
            count++;
        }
    }

    /** Adds the sum's first {@code length} elements to those of the target. */
    void addTo(float[] target, float[][] matrix, int length) {
        int i = 0;
        for (; i + 4 <= count; i += 4) {
            addFour(target, matrix, i, length);
        }
        for (; i < count; i++) {
            addOne(target, matrix[rows[i]], weights[i], length);
        }
    }

    private void addFour(float[] target, float[][] matrix, int i, int length) {
        float[] row0 = matrix[rows[i]];
        float[] row1 = matrix[rows[i + 1]];
        float[] row2 = matrix[rows[i + 2]];
        float[] row3 = matrix[rows[i + 3]];
        float weight0 = weights[i];
        float weight1 = weights[i + 1];
        float weight2 = weights[i + 2];
        float weight3 = weights[i + 3];
        for (int j = 0; j < length; j++) {
            target[j] += (weight0 * row0[j] + weight1 * row1[j]) + (weight2 * row2[j] + weight3 * row3[j]);
        }
    }

    private static void addOne(float[] target, float[] row, float weight, int length) {
        for (int j = 0; j < length; j++) {
            target[j] += weight * row[j];
        }
    }
}
