/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.samples.fashion;

import dev.convoy.fault.ElasticGroup;

/**
 * Trains a network on Fashion-MNIST as one rank of a group that survives the loss of ranks:
 *
 * <pre>{@code
 * convoy run -n 4 -- java -m dev.convoy.samples/dev.convoy.samples.fashion.FashionMnist [--steps N] [--seed S]
 * }</pre>
 *
 * <p>Without {@code --data} it trains on the 8,000 images that come with it. {@code convoy demo} runs this program,
 * loses a rank and shows how it goes on.
 */
public final class FashionMnist {

    private static final int FAILURE = 1;
    private static final int USAGE = 2;

    private FashionMnist() {}

    /**
     * Runs one rank.
     *
     * @param arguments the command line
     * @throws Exception whatever ends the training
     */
    public static void main(String[] arguments) throws Exception {
        TrainingOptions options;
        FashionMnistData data;
        try {
            options = TrainingOptions.parse(arguments);
            data = options.load();
        } catch (DatasetException e) {
            System.err.println(e.getMessage());
            System.exit(FAILURE);
            return;
        } catch (IllegalArgumentException e) {
            System.err.println(e.getMessage());
            System.exit(USAGE);
            return;
        }
        try (ElasticGroup group = ElasticGroup.join();
                Training training = new Training(group, options, data)) {
            training.run();
        }
    }
}
