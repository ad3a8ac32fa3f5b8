/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.samples.fashion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.convoy.ConvoyRuntime;
import dev.convoy.DataType;
import dev.convoy.Device;
import dev.convoy.DeviceBuffer;
import dev.convoy.RuntimeKind;
import dev.convoy.samples.products.JavaProducts;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The network that multiplies on the device, with products in Java, against the one on the CPU. */
class DeviceNetworkTest {
    private static final FashionMnistData DATA = FashionMnistData.bundled();
    private static final int CAPACITY = 64;

    private final Device device = ConvoyRuntime.open(RuntimeKind.HOST).device(0);
    private final DeviceBuffer weights = device.allocate(DataType.FLOAT32, Parameters.COUNT);
    private final DeviceBuffer gradient = device.allocate(DataType.FLOAT32, Parameters.COUNT + 1);
    private final Network onDevice = new DeviceNetwork(device, new JavaProducts(), CAPACITY);
    private final Network onCpu = new HostNetwork(CAPACITY);

    @BeforeEach
    void draw() {
        float[] parameters = Parameters.initial(3);
        for (int i = 0; i < parameters.length; i++) {
            // Biases that are not zero.
            parameters[i] = parameters[i] == 0 ? 0.01f * (i % 7) : parameters[i];
        }
        weights.copyFrom(parameters);
    }

    @AfterEach
    void close() {
        onDevice.close();
        onCpu.close();
        weights.close();
        gradient.close();
    }

    private float[] gradient(Network network, int from, int to) {
        float[] values = new float[Parameters.COUNT + 1];
        Arrays.fill(values, Float.NaN);
        gradient.copyFrom(values);
        int[] images = new int[CAPACITY];
        Arrays.setAll(images, i -> 13 * i);
        network.gradient(DATA.train(), images, from, to, weights, gradient);
        gradient.copyTo(values);
        return values;
    }

    @Test
    void gradientAndLossAreTheCpus() {
        float[] expected = gradient(onCpu, 3, 60);
        float[] actual = gradient(onDevice, 3, 60);
        for (int i = 0; i < expected.length; i++) {
            assertThat(actual[i])
                    .as("element %d", i)
                    .isCloseTo(expected[i], within(1e-4f + 1e-4f * Math.abs(expected[i])));
        }
    }

    @Test
    void noImagesHaveNoGradient() {
        assertThat(gradient(onDevice, 5, 5)).containsOnly(0f);
    }

    @Test
    void accuracyIsTheCpus() {
        LabelledImages some = DATA.test().range(0, 300);
        assertThat(onDevice.accuracy(some, weights)).isCloseTo(onCpu.accuracy(some, weights), within(0.01));
    }
}
