/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.control;

import dev.convoy.fault.protocol.MemberId;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;

/** The bytes of the records between agents, framed and bounded like those of {@link MessageCodec}. */
final class NodeCodec {
    /** Not that of the ranks' records: who connects to the wrong port is told so. */
    private static final int FORMAT = 101;

    private NodeCodec() {}

    static byte[] frame(NodeRecord record) {
        WireWriter out = new WireWriter();
        out.u8(FORMAT);
        write(out, record);
        byte[] body = out.toBytes();
        return ByteBuffer.allocate(Integer.BYTES + body.length)
                .putInt(body.length)
                .put(body)
                .array();
    }

    private static void write(WireWriter out, NodeRecord record) {
        switch (record) {
            case NodeRecord.Enlist r -> {
                out.u8(1);
                out.i32(r.protocol());
                out.string(r.token());
                out.i32(r.node());
                out.i32(r.nodes());
                out.i32(r.ranks());
            }
            case NodeRecord.Welcome r -> {
                out.u8(2);
                out.i32(r.controlPort());
                out.string(r.token());
                out.string(r.stateFolder());
                out.string(r.earlier());
                out.string(r.certificate());
            }
            case NodeRecord.Refused r -> {
                out.u8(3);
                out.text(r.reason());
                out.flag(r.forGood());
            }
            case NodeRecord.Renew r -> {
                out.u8(4);
                out.i64(r.sequence());
            }
            case NodeRecord.Start r -> {
                member(out, 5, r.member());
                out.string(r.faults());
            }
            case NodeRecord.Kill r -> member(out, 6, r.member());
            case NodeRecord.Killed r -> member(out, 7, r.member());
            case NodeRecord.Ended r -> {
                member(out, 8, r.member());
                out.i32(r.status());
            }
            case NodeRecord.NotStarted r -> {
                member(out, 9, r.member());
                out.text(r.reason());
            }
            case NodeRecord.Look r -> member(out, 10, r.member());
            case NodeRecord.State r -> {
                member(out, 11, r.member());
                out.i32(r.letter());
            }
            case NodeRecord.JobEnded r -> {
                out.u8(12);
                out.i32(r.exitStatus());
                out.text(r.message());
            }
            case NodeRecord.Present r -> {
                out.u8(14);
                out.list(r.started(), ValueCodec::write);
            }
            case NodeRecord.Known r -> {
                member(out, 13, r.member());
                out.i64(r.pid());
            }
        }
    }

    private static void member(WireWriter out, int tag, MemberId member) {
        out.u8(tag);
        ValueCodec.write(out, member);
    }

    /** Reads a frame; null at the end of the stream between two frames. */
    static NodeRecord read(InputStream stream, int maxBytes) throws IOException {
        int first = stream.read();
        if (first < 0) {
            return null;
        }
        DataInputStream in = new DataInputStream(stream);
        int length = first << 24 | in.readUnsignedByte() << 16 | in.readUnsignedShort();
        if (length < 2 || length > maxBytes) {
            throw new ProtocolException("a record of " + length + " bytes; allowed are 2 to " + maxBytes);
        }
        byte[] body = in.readNBytes(length);
        if (body.length < length) {
            throw new EOFException("the connection ended within a record");
        }
        return decode(body);
    }

    static NodeRecord decode(byte[] body) throws ProtocolException {
        WireReader in = new WireReader(body);
        int format = in.u8();
        if (format != FORMAT) {
            throw new ProtocolException("record format " + format + "; agents speak " + FORMAT);
        }
        try {
            NodeRecord record = read(in.u8(), in);
            in.end();
            return record;
        } catch (IllegalArgumentException impossibleValue) {
            throw new ProtocolException("a record of an agent: " + impossibleValue.getMessage(), impossibleValue);
        }
    }

    private static NodeRecord read(int tag, WireReader in) throws ProtocolException {
        return switch (tag) {
            case 1 -> new NodeRecord.Enlist(in.i32(), in.string(), in.i32(), in.i32(), in.i32());
            case 2 -> new NodeRecord.Welcome(in.i32(), in.string(), in.string(), in.string(), in.string());
            case 3 -> new NodeRecord.Refused(in.string(), in.flag());
            case 4 -> new NodeRecord.Renew(in.i64());
            case 5 -> new NodeRecord.Start(ValueCodec.member(in), in.string());
            case 6 -> new NodeRecord.Kill(ValueCodec.member(in));
            case 7 -> new NodeRecord.Killed(ValueCodec.member(in));
            case 8 -> new NodeRecord.Ended(ValueCodec.member(in), in.i32());
            case 9 -> new NodeRecord.NotStarted(ValueCodec.member(in), in.string());
            case 10 -> new NodeRecord.Look(ValueCodec.member(in));
            case 11 -> new NodeRecord.State(ValueCodec.member(in), (char) in.i32());
            case 12 -> new NodeRecord.JobEnded(in.i32(), in.string());
            case 13 -> new NodeRecord.Known(ValueCodec.member(in), in.i64());
            case 14 -> new NodeRecord.Present(in.list(ValueCodec::member));
            default -> throw new ProtocolException("no agent's record has tag " + tag);
        };
    }
}
