/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.samples.fashion;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Random;
import java.util.zip.GZIPOutputStream;

/** Makes IDX files, sound ones and others, without the code under test. */
final class IdxBytes {

    private IdxBytes() {}

    static byte[] images(int count) {
        byte[] pixels = new byte[count * 784];
        new Random(count).nextBytes(pixels);
        return file(pixels, 2051, count, 28, 28);
    }

    static byte[] labels(int count) {
        byte[] labels = new byte[count];
        for (int i = 0; i < count; i++) {
            labels[i] = (byte) (i % 10);
        }
        return file(labels, 2049, count);
    }

    static byte[] file(byte[] payload, int... header) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            for (int number : header) {
                out.writeInt(number);
            }
            out.write(payload);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    static byte[] gzip(byte[] content) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
            out.write(content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }
}
