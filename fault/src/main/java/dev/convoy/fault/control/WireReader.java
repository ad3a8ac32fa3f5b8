/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.control;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Reads fields that a peer wrote; believes no length. The mirror of {@link WireWriter}. */
final class WireReader {
    private final ByteBuffer in;

    WireReader(byte[] body) {
        in = ByteBuffer.wrap(body);
    }

    /** Reads one element. */
    @FunctionalInterface
    interface Element<T> {
        T read(WireReader in) throws ProtocolException;
    }

    void end() throws ProtocolException {
        if (in.hasRemaining()) {
            throw new ProtocolException(in.remaining() + " bytes follow the record");
        }
    }

    private void need(int bytes) throws ProtocolException {
        if (bytes > in.remaining()) {
            throw new ProtocolException("record ends early: needs " + bytes + " more bytes, has " + in.remaining());
        }
    }

    /** An element takes at least {@code bytesEach}, so that a count cannot ask for more memory than came in. */
    private int count(int bytesEach) throws ProtocolException {
        int count = i32();
        if (count < 0 || count > in.remaining() / bytesEach) {
            throw new ProtocolException("a count of " + count + " with " + in.remaining() + " bytes left");
        }
        return count;
    }

    int u8() throws ProtocolException {
        need(1);
        return in.get() & 0xff;
    }

    boolean flag() throws ProtocolException {
        int value = u8();
        if (value > 1) {
            throw new ProtocolException("neither true nor false: " + value);
        }
        return value == 1;
    }

    int i32() throws ProtocolException {
        need(Integer.BYTES);
        return in.getInt();
    }

    long i64() throws ProtocolException {
        need(Long.BYTES);
        return in.getLong();
    }

    double f64() throws ProtocolException {
        return Double.longBitsToDouble(i64());
    }

    byte[] bytes() throws ProtocolException {
        byte[] value = new byte[count(1)];
        in.get(value);
        return value;
    }

    String string() throws ProtocolException {
        byte[] utf8 = bytes();
        if (utf8.length > Limits.STRING_BYTES) {
            throw new ProtocolException("a string of " + utf8.length + " bytes; at most " + Limits.STRING_BYTES);
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(utf8))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new ProtocolException("a string is not UTF-8", e);
        }
    }

    int[] ints() throws ProtocolException {
        int[] values = new int[count(Integer.BYTES)];
        for (int i = 0; i < values.length; i++) {
            values[i] = in.getInt();
        }
        return values;
    }

    double[] doubles() throws ProtocolException {
        double[] values = new double[count(Double.BYTES)];
        for (int i = 0; i < values.length; i++) {
            values[i] = f64();
        }
        return values;
    }

    boolean[] flags() throws ProtocolException {
        boolean[] values = new boolean[count(1)];
        for (int i = 0; i < values.length; i++) {
            values[i] = flag();
        }
        return values;
    }

    <T> List<T> list(Element<T> element) throws ProtocolException {
        int count = count(1);
        List<T> values = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            values.add(element.read(this));
        }
        return values;
    }

    /** Null if it was null. */
    <T> T nullable(Element<T> content) throws ProtocolException {
        return flag() ? content.read(this) : null;
    }

    <E extends Enum<E>> E constant(E[] values) throws ProtocolException {
        int ordinal = u8();
        if (ordinal >= values.length) {
            throw new ProtocolException("constant " + ordinal + " of " + values.length);
        }
        return values[ordinal];
    }
}
