/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy;

/** Small matrices over GF(2^8) modulo x^8 + x^4 + x^3 + x^2 + 1, whose rows are arrays. */
final class GaloisMatrix {
    private static final int ORDER = 255;
    private static final int POLYNOMIAL = 0x11d;
    /** Twice the order, so that a sum of two logarithms needs no division. */
    private static final byte[] POWERS = new byte[2 * ORDER];

    private static final int[] LOGARITHMS = new int[ORDER + 1];

    static {
        int power = 1;
        for (int i = 0; i < ORDER; i++) {
            POWERS[i] = (byte) power;
            POWERS[i + ORDER] = (byte) power;
            LOGARITHMS[power] = i;
            power <<= 1;
            power = power > ORDER ? power ^ POLYNOMIAL : power;
        }
    }

    private GaloisMatrix() {}

    static byte product(byte a, byte b) {
        return a == 0 || b == 0 ? 0 : POWERS[LOGARITHMS[Byte.toUnsignedInt(a)] + LOGARITHMS[Byte.toUnsignedInt(b)]];
    }

    /** Of any number but 0. */
    static byte inverse(byte a) {
        return POWERS[ORDER - LOGARITHMS[Byte.toUnsignedInt(a)]];
    }

    /** The inverse of a square matrix that has one, by Gauss and Jordan; the argument is not changed. */
    static byte[][] inverse(byte[][] matrix) {
        int size = matrix.length;
        byte[][] left = new byte[size][];
        byte[][] right = new byte[size][size];
        for (int i = 0; i < size; i++) {
            left[i] = matrix[i].clone();
            right[i][i] = 1;
        }
        for (int column = 0; column < size; column++) {
            int pivot = column;
            while (left[pivot][column] == 0) {
                pivot++;
            }
            swap(left, pivot, column);
            swap(right, pivot, column);
            byte factor = inverse(left[column][column]);
            scale(left[column], factor);
            scale(right[column], factor);
            for (int row = 0; row < size; row++) {
                if (row != column) {
                    byte times = left[row][column];
                    addScaled(left[row], left[column], times);
                    addScaled(right[row], right[column], times);
                }
            }
        }
        return right;
    }

    private static void swap(byte[][] matrix, int a, int b) {
        byte[] row = matrix[a];
        matrix[a] = matrix[b];
        matrix[b] = row;
    }

    private static void scale(byte[] row, byte factor) {
        for (int i = 0; i < row.length; i++) {
            row[i] = product(row[i], factor);
        }
    }

    private static void addScaled(byte[] row, byte[] other, byte factor) {
        for (int i = 0; i < row.length; i++) {
            row[i] ^= product(other[i], factor);
        }
    }
}
