/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.samples.fashion;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Fashion-MNIST, cut into the images to train on and the images to test with.
 *
 * @param train the images to train on
 * @param test the images that training never sees
 */
record FashionMnistData(LabelledImages train, LabelledImages test) {

    private static final String TRAIN_IMAGES = "train-images-idx3-ubyte.gz";
    private static final String TRAIN_LABELS = "train-labels-idx1-ubyte.gz";
    private static final String TEST_IMAGES = "t10k-images-idx3-ubyte.gz";
    private static final String TEST_LABELS = "t10k-labels-idx1-ubyte.gz";

    private static final int BUNDLED_TRAIN = 8_000;

    /** A compressed file can be hardly larger than its content, and that is bounded too. */
    private static final long MAX_FILE_BYTES = 1L << 30;

    /** The 10,000 images that come with this sample: 8,000 to train, 2,000 to test. */
    static FashionMnistData bundled() {
        LabelledImages all = combine(TEST_IMAGES, resource(TEST_IMAGES), TEST_LABELS, resource(TEST_LABELS));
        return new FashionMnistData(all.range(0, BUNDLED_TRAIN), all.range(BUNDLED_TRAIN, all.size()));
    }

    /**
     * The published set's four files.
     *
     * @param folder the folder that holds them under their published names
     * @throws DatasetException where one of them is missing, truncated or corrupt
     */
    static FashionMnistData fromFolder(Path folder) {
        if (!Files.isDirectory(folder)) {
            throw new DatasetException(
                    folder.toString(),
                    "no such folder; --data takes one with " + TRAIN_IMAGES + ", " + TRAIN_LABELS + ", " + TEST_IMAGES
                            + " and " + TEST_LABELS);
        }
        return new FashionMnistData(pair(folder, TRAIN_IMAGES, TRAIN_LABELS), pair(folder, TEST_IMAGES, TEST_LABELS));
    }

    private static LabelledImages pair(Path folder, String images, String labels) {
        Path imageFile = folder.resolve(images);
        Path labelFile = folder.resolve(labels);
        return combine(imageFile.toString(), read(imageFile), labelFile.toString(), read(labelFile));
    }

    private static LabelledImages combine(String imageFile, byte[] images, String labelFile, byte[] labels) {
        byte[] pixels = IdxFile.images(imageFile, images);
        byte[] classes = IdxFile.labels(labelFile, labels);
        int count = pixels.length / LabelledImages.PIXELS;
        if (classes.length != count) {
            throw new DatasetException(
                    labelFile, classes.length + " labels for the " + count + " images of " + imageFile);
        }
        return new LabelledImages(pixels, classes);
    }

    private static byte[] read(Path file) {
        if (!Files.isRegularFile(file)) {
            throw new DatasetException(file.toString(), Files.exists(file) ? "not a regular file" : "missing");
        }
        try {
            long bytes = Files.size(file);
            if (bytes > MAX_FILE_BYTES) {
                throw new DatasetException(file.toString(), bytes + " bytes; far too large for such a file");
            }
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new DatasetException(file.toString(), "cannot be read: " + e.getMessage(), e);
        }
    }

    private static byte[] resource(String name) {
        try (InputStream in = FashionMnistData.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new DatasetException(name, "missing from the sample's jar");
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new DatasetException(name, "cannot be read from the sample's jar: " + e.getMessage(), e);
        }
    }
}
