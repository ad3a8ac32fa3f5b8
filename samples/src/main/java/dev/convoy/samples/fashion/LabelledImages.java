/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.samples.fashion;

import java.util.Arrays;

/**
 * Images of 28 × 28 grey pixels with a label each; never changed after construction.
 *
 * @param pixels one unsigned byte a pixel, image after image, row after row
 * @param labels one label an image, 0–9
 */
record LabelledImages(byte[] pixels, byte[] labels) {

    static final int SIDE = 28;
    static final int PIXELS = SIDE * SIDE;
    static final int CLASSES = 10;

    LabelledImages {
        if (pixels.length != labels.length * PIXELS) {
            throw new IllegalArgumentException(pixels.length + " pixels do not make " + labels.length + " images");
        }
    }

    int size() {
        return labels.length;
    }

    int label(int image) {
        return labels[image];
    }

    /** The images {@code [from, to)}, as a copy. */
    LabelledImages range(int from, int to) {
        return new LabelledImages(
                Arrays.copyOfRange(pixels, from * PIXELS, to * PIXELS), Arrays.copyOfRange(labels, from, to));
    }
}
