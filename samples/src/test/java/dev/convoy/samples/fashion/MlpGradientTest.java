/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.samples.fashion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class MlpGradientTest {

    private static final LabelledImages IMAGES = FashionMnistData.bundled().train();
    private static final int[] SOME = {17, 3, 4711, 7999, 0, 256, 1234};

    private final float[] parameters = parameters();

    @Test
    void lossEqualsTheReference() {
        double loss = gradient(7, SOME, new float[Parameters.COUNT]);
        assertThat(loss).isCloseTo(ReferenceMlp.lossSum(doubles(), IMAGES, SOME), within(1e-4));
    }

    @Test
    void gradientEqualsFiniteDifferences() {
        float[] gradient = new float[Parameters.COUNT];
        gradient(7, SOME, gradient);
        double[] p = doubles();
        for (int i : positionsOfEveryLayer()) {
            double step = 1e-6;
            double middle = p[i];
            p[i] = middle + step;
            double above = ReferenceMlp.lossSum(p, IMAGES, SOME);
            p[i] = middle - step;
            double below = ReferenceMlp.lossSum(p, IMAGES, SOME);
            p[i] = middle;
            double slope = (above - below) / (2 * step);
            assertThat((double) gradient[i])
                    .as("slope of parameter %d", i)
                    .isCloseTo(slope, within(1e-5 + 1e-4 * Math.abs(slope)));
        }
    }

    @Test
    void gradientsOfSharesAddUpToTheBatchs() {
        float[] whole = new float[Parameters.COUNT];
        double wholeLoss = gradient(7, SOME, whole);
        double[] sum = new double[Parameters.COUNT];
        double lossSum = 0;
        for (int[] share : new int[][] {{17, 3}, {}, {4711, 7999, 0, 256}, {1234}}) {
            float[] part = new float[Parameters.COUNT];
            Arrays.fill(part, Float.NaN);
            lossSum += gradient(7, share, part);
            for (int i = 0; i < sum.length; i++) {
                sum[i] += part[i];
            }
        }
        assertThat(lossSum).isCloseTo(wholeLoss, within(1e-4));
        for (int i = 0; i < sum.length; i++) {
            assertThat((double) whole[i]).isCloseTo(sum[i], within(1e-5));
        }
    }

    @Test
    void nothingIsLeftFromTheImagesBefore() {
        Mlp used = new Mlp(7);
        used.load(parameters());
        used.lossAndGradient(IMAGES, new int[] {5, 6, 7, 8, 9, 10, 11}, 0, 7, new float[Parameters.COUNT]);
        used.load(parameters);
        float[] afterOthers = new float[Parameters.COUNT];
        used.lossAndGradient(IMAGES, SOME, 2, 5, afterOthers);
        float[] fresh = new float[Parameters.COUNT];
        gradient(3, Arrays.copyOfRange(SOME, 2, 5), fresh);
        assertThat(afterOthers).isEqualTo(fresh);
    }

    @Test
    void parametersKeepTheirOrder() {
        float[] flat = new float[Parameters.COUNT];
        for (int i = 0; i < flat.length; i++) {
            flat[i] = i;
        }
        Parameters layers = new Parameters();
        layers.copyFrom(flat);
        float[] back = new float[Parameters.COUNT];
        layers.copyTo(back);
        assertThat(back).isEqualTo(flat);
    }

    private double gradient(int capacity, int[] images, float[] gradient) {
        Mlp network = new Mlp(capacity);
        network.load(parameters);
        return network.lossAndGradient(IMAGES, images, 0, images.length, gradient);
    }

    private static int[] positionsOfEveryLayer() {
        int hiddenBiases = 784 * 128;
        int outputs = hiddenBiases + 128;
        IntStream hiddenWeights = new Random(5).ints(60, 0, hiddenBiases);
        IntStream rest = IntStream.of(
                IntStream.range(hiddenBiases, outputs).filter(i -> i % 8 == 0).toArray());
        IntStream outputWeights = new Random(6).ints(40, outputs, outputs + 1280);
        IntStream outputBiases = IntStream.range(outputs + 1280, Parameters.COUNT);
        return IntStream.concat(IntStream.concat(hiddenWeights, rest), IntStream.concat(outputWeights, outputBiases))
                .toArray();
    }

    /** Initial weights, with biases that are not zero. */
    private static float[] parameters() {
        float[] p = Parameters.initial(11);
        Random random = new Random(12);
        for (int i = 0; i < p.length; i++) {
            if (p[i] == 0) {
                p[i] = random.nextFloat() * 0.2f - 0.1f;
            }
        }
        return p;
    }

    private double[] doubles() {
        double[] p = new double[parameters.length];
        for (int i = 0; i < p.length; i++) {
            p[i] = parameters[i];
        }
        return p;
    }
}
