/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.samples.fashion;

/** The same network's loss, computed the plain way in double; knows only the order of the flat parameters. */
final class ReferenceMlp {

    private ReferenceMlp() {}

    static double lossSum(double[] p, LabelledImages data, int[] images) {
        double loss = 0;
        for (int image : images) {
            loss += loss(p, data, image);
        }
        return loss;
    }

    private static double loss(double[] p, LabelledImages data, int image) {
        double[] hidden = new double[128];
        for (int j = 0; j < 128; j++) {
            double sum = p[784 * 128 + j];
            for (int i = 0; i < 784; i++) {
                sum += (data.pixels()[image * 784 + i] & 255) / 255.0 * p[i * 128 + j];
            }
            hidden[j] = sum > 0 ? sum : 0;
        }
        int outputStart = 784 * 128 + 128;
        double[] scores = new double[10];
        double total = 0;
        for (int c = 0; c < 10; c++) {
            double sum = p[outputStart + 10 * 128 + c];
            for (int j = 0; j < 128; j++) {
                sum += hidden[j] * p[outputStart + c * 128 + j];
            }
            scores[c] = sum;
            total += Math.exp(sum);
        }
        return Math.log(total) - scores[data.labels()[image]];
    }
}
