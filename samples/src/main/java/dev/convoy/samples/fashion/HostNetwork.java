/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.samples.fashion;

import dev.convoy.DeviceBuffer;

/** The network on the CPU, in plain Java. */
final class HostNetwork implements Network {
    private final Mlp network;
    private final float[] weightValues = new float[Parameters.COUNT];
    private final float[] gradientValues = new float[Parameters.COUNT + 1];

    HostNetwork(int capacity) {
        this.network = new Mlp(capacity);
    }

    @Override
    public void gradient(
            LabelledImages data, int[] images, int from, int to, DeviceBuffer weights, DeviceBuffer gradient) {
        load(weights);
        double loss = network.lossAndGradient(data, images, from, to, gradientValues);
        gradientValues[Parameters.COUNT] = (float) loss;
        gradient.copyFrom(gradientValues);
    }

    @Override
    public double accuracy(LabelledImages data, DeviceBuffer weights) {
        load(weights);
        return network.accuracy(data);
    }

    private void load(DeviceBuffer weights) {
        weights.copyTo(weightValues);
        network.load(weightValues);
    }

    @Override
    public void close() {
        // Holds nothing.
    }
}
