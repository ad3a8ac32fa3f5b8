/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.control;

import dev.convoy.fault.protocol.CoordinatorMessage;
import dev.convoy.fault.protocol.Message;
import dev.convoy.fault.protocol.RankMessage;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;

/**
 * The bytes of a record: a body of {@code format, tag, fields}, in a frame of {@code length, body}. Big-endian. A body
 * is at most 1 MiB. Reading believes nothing: rubbish becomes a {@link ProtocolException}, never another exception and
 * never more memory than the bytes that came in.
 */
public final class MessageCodec {
    private static final int FORMAT = 1;

    private MessageCodec() {}

    /**
     * Writes a record with its length prefix.
     *
     * @param message what to write
     * @return the frame
     * @throws IllegalArgumentException if it does not fit into a record
     */
    public static byte[] frame(Message message) {
        byte[] body = encode(message);
        return ByteBuffer.allocate(Integer.BYTES + body.length)
                .putInt(body.length)
                .put(body)
                .array();
    }

    /**
     * Writes a record without its length prefix.
     *
     * @param message what to write
     * @return the body
     * @throws IllegalArgumentException if it does not fit into a record
     */
    public static byte[] encode(Message message) {
        WireWriter out = new WireWriter();
        out.u8(FORMAT);
        switch (message) {
            case RankMessage m -> RankMessageCodec.write(out, m);
            case CoordinatorMessage m -> CoordinatorMessageCodec.write(out, m);
        }
        byte[] body = out.toBytes();
        if (body.length > Limits.FRAME_BYTES) {
            throw new IllegalArgumentException(message.getClass().getSimpleName() + " takes " + body.length
                    + " bytes; a record holds " + Limits.FRAME_BYTES);
        }
        return body;
    }

    /**
     * Reads a body.
     *
     * @param body the bytes of one record without its length prefix
     * @return the message
     * @throws ProtocolException if it is none
     */
    public static Message decode(byte[] body) throws ProtocolException {
        WireReader in = new WireReader(body);
        int format = in.u8();
        if (format != FORMAT) {
            throw new ProtocolException("record format " + format + "; this side speaks " + FORMAT);
        }
        int tag = in.u8();
        try {
            Message message = tag < CoordinatorMessageCodec.FIRST_TAG
                    ? RankMessageCodec.read(tag, in)
                    : CoordinatorMessageCodec.read(tag, in);
            in.end();
            return message;
        } catch (IllegalArgumentException impossibleValue) {
            throw new ProtocolException("record " + tag + ": " + impossibleValue.getMessage(), impossibleValue);
        }
    }

    /** Reads a frame; null at the end of the stream between two frames. */
    static Message read(InputStream stream, int maxBytes) throws IOException {
        int first = stream.read();
        if (first < 0) {
            return null;
        }
        DataInputStream in = new DataInputStream(stream);
        int length = first << 24 | in.readUnsignedByte() << 16 | in.readUnsignedShort();
        if (length < 2 || length > maxBytes) {
            throw new ProtocolException("a record of " + length + " bytes; allowed are 2 to " + maxBytes);
        }
        // Grows with what comes in: a length alone must not cost memory.
        byte[] body = in.readNBytes(length);
        if (body.length < length) {
            throw new EOFException("the connection ended within a record");
        }
        return decode(body);
    }
}
