/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.samples.fashion;

import java.nio.ByteBuffer;

/**
 * A gzip-compressed IDX file of unsigned bytes, of the two kinds that the MNIST family has: a big-endian header of
 * 32-bit numbers (magic, count and, for images, rows and columns), then one byte a pixel or a label.
 */
final class IdxFile {

    /** Beyond this a count is taken for damage; the family's largest set has 814,255. */
    static final int MAX_COUNT = 1_000_000;

    private static final int MAGIC_IMAGES = 2051;
    private static final int MAGIC_LABELS = 2049;
    private static final int IMAGE_HEADER_BYTES = 16;
    private static final int LABEL_HEADER_BYTES = 8;

    private IdxFile() {}

    /**
     * The pixels of an image file, image after image, row after row.
     *
     * @throws DatasetException where the file is damaged or its images are not 28 × 28
     */
    static byte[] images(String file, byte[] compressed) {
        int limit = IMAGE_HEADER_BYTES + MAX_COUNT * LabelledImages.PIXELS;
        ByteBuffer content = content(file, compressed, limit, IMAGE_HEADER_BYTES, MAGIC_IMAGES);
        int count = count(file, content);
        int rows = content.getInt();
        int columns = content.getInt();
        if (rows != LabelledImages.SIDE || columns != LabelledImages.SIDE) {
            throw new DatasetException(
                    file, "images of " + rows + " x " + columns + " pixels; 28 x 28 is what this network takes");
        }
        return payload(file, content, count * LabelledImages.PIXELS);
    }

    /**
     * The labels of a label file, each 0–9.
     *
     * @throws DatasetException where the file is damaged or a label is beyond 9
     */
    static byte[] labels(String file, byte[] compressed) {
        int limit = LABEL_HEADER_BYTES + MAX_COUNT;
        ByteBuffer content = content(file, compressed, limit, LABEL_HEADER_BYTES, MAGIC_LABELS);
        byte[] labels = payload(file, content, count(file, content));
        for (int i = 0; i < labels.length; i++) {
            int label = Byte.toUnsignedInt(labels[i]);
            if (label >= LabelledImages.CLASSES) {
                throw new DatasetException(file, "label " + label + " of image " + i + " is not one of 0 to 9");
            }
        }
        return labels;
    }

    private static ByteBuffer content(String file, byte[] compressed, int limit, int headerBytes, int magic) {
        ByteBuffer content = ByteBuffer.wrap(GzipContent.decompress(file, compressed, limit));
        if (content.remaining() < headerBytes) {
            throw new DatasetException(
                    file, "truncated: " + content.remaining() + " bytes where the header alone has " + headerBytes);
        }
        int found = content.getInt();
        if (found != magic) {
            throw new DatasetException(file, "magic number " + found + " where " + magic + " is expected");
        }
        return content;
    }

    private static int count(String file, ByteBuffer content) {
        int count = content.getInt();
        if (count < 1 || count > MAX_COUNT) {
            throw new DatasetException(file, "a count of " + count + "; 1 to " + MAX_COUNT + " can be");
        }
        return count;
    }

    private static byte[] payload(String file, ByteBuffer content, int bytes) {
        if (content.remaining() < bytes) {
            throw new DatasetException(
                    file, "truncated: " + content.remaining() + " of " + bytes + " data bytes are there");
        }
        if (content.remaining() > bytes) {
            throw new DatasetException(file, (content.remaining() - bytes) + " bytes after the last item");
        }
        byte[] payload = new byte[bytes];
        content.get(payload);
        return payload;
    }
}
