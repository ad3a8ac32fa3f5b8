/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.control;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.BiConsumer;

/** Writes fields in big-endian order. The mirror of {@link WireReader}. */
final class WireWriter {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream(64);

    byte[] toBytes() {
        return out.toByteArray();
    }

    void u8(int value) {
        out.write(value);
    }

    void flag(boolean value) {
        out.write(value ? 1 : 0);
    }

    void i32(int value) {
        out.writeBytes(ByteBuffer.allocate(Integer.BYTES).putInt(value).array());
    }

    void i64(long value) {
        out.writeBytes(ByteBuffer.allocate(Long.BYTES).putLong(value).array());
    }

    void f64(double value) {
        i64(Double.doubleToRawLongBits(value));
    }

    void bytes(byte[] value) {
        i32(value.length);
        out.writeBytes(value);
    }

    /** A string that must arrive whole. */
    void string(String value) {
        byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
        if (utf8.length > Limits.STRING_BYTES) {
            throw new IllegalArgumentException("a string of " + utf8.length + " bytes exceeds " + Limits.STRING_BYTES
                    + ": " + value.substring(0, 40) + "…");
        }
        bytes(utf8);
    }

    /** A string for a person, cut if it is very long: a stack of causes must not cost the connection. */
    void text(String value) {
        string(value.length() <= Limits.TEXT_CHARS ? value : value.substring(0, Limits.TEXT_CHARS - 1) + "…");
    }

    void ints(int[] values) {
        i32(values.length);
        for (int value : values) {
            i32(value);
        }
    }

    void doubles(double[] values) {
        i32(values.length);
        for (double value : values) {
            f64(value);
        }
    }

    void flags(boolean[] values) {
        i32(values.length);
        for (boolean value : values) {
            flag(value);
        }
    }

    <T> void list(List<T> values, BiConsumer<WireWriter, T> element) {
        i32(values.size());
        for (T value : values) {
            element.accept(this, value);
        }
    }

    <T> void nullable(T value, BiConsumer<WireWriter, T> content) {
        flag(value != null);
        if (value != null) {
            content.accept(this, value);
        }
    }
}
