/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.samples.fashion;

import dev.convoy.DeviceBuffer;

/** The network as the training uses it, whoever multiplies: its parameters and their gradients lie on the device. */
interface Network extends AutoCloseable {
    /**
     * Runs images forward and backward.
     *
     * @param data where the images are
     * @param images which of them: elements {@code [from, to)}, perhaps none
     * @param weights {@link Parameters#COUNT} parameters
     * @param gradient set to the sum, over these images, of the loss's gradient, and of the losses as the last element
     */
    void gradient(LabelledImages data, int[] images, int from, int to, DeviceBuffer weights, DeviceBuffer gradient);

    /** The share, 0 to 1, of a set's images that get their highest score for the class that they are. */
    double accuracy(LabelledImages data, DeviceBuffer weights);

    @Override
    void close();
}
