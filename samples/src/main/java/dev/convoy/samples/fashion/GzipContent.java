/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.samples.fashion;

import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.util.zip.GZIPInputStream;

/**
 * One gzip file, read in full from memory; stricter than its parent, which takes whatever follows the compressed data
 * for padding.
 */
final class GzipContent extends GZIPInputStream {

    private static final int TRAILER_BYTES = 8;

    private final String file;

    private GzipContent(String file, byte[] compressed) throws IOException {
        // The whole file in one buffer: what the inflater has left at the end is then all that follows.
        super(new ByteArrayInputStream(compressed), Math.max(compressed.length, 1));
        this.file = file;
    }

    /**
     * Decompresses a file of at most {@code limit} bytes.
     *
     * @throws DatasetException where the file is no whole gzip file or holds more than the limit
     */
    static byte[] decompress(String file, byte[] compressed, int limit) {
        try (GzipContent content = new GzipContent(file, compressed)) {
            return content.readAll(limit);
        } catch (EOFException e) {
            throw new DatasetException(file, "truncated: the gzip data ends early", e);
        } catch (IOException e) {
            throw new DatasetException(file, "not a sound gzip file: " + e.getMessage(), e);
        }
    }

    private byte[] readAll(int limit) throws IOException {
        byte[] content = readNBytes(limit);
        if (read() >= 0) {
            throw new DatasetException(file, "holds more than the " + limit + " bytes that such a file may have");
        }
        int trailing = inf.getRemaining() - TRAILER_BYTES;
        if (trailing > 0) {
            throw new DatasetException(file, trailing + " bytes after the end of the gzip data");
        }
        return content;
    }
}
