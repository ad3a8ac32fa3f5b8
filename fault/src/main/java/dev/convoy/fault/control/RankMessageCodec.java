/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.control;

import dev.convoy.fault.protocol.Evidence;
import dev.convoy.fault.protocol.RankMessage;

/** Messages from a rank, tags 1 to 63. */
final class RankMessageCodec {
    private RankMessageCodec() {}

    static void write(WireWriter out, RankMessage message) {
        switch (message) {
            case RankMessage.Hello m -> {
                out.u8(1);
                out.i32(m.protocol());
                out.string(m.token());
                ValueCodec.write(out, m.member());
                out.i64(m.pid());
                out.i64(m.term());
            }
            case RankMessage.Standing m -> {
                out.u8(19);
                position(out, m.started(), m.revoked(), m.step(), m.longestStepNs());
            }
            case RankMessage.Heartbeat m -> {
                out.u8(2);
                position(out, m.epoch(), m.step(), m.enqueued(), m.completed());
            }
            case RankMessage.FaultFired m -> {
                out.u8(3);
                out.string(m.spec());
                out.i64(m.atNs());
            }
            case RankMessage.Suspect m -> suspect(out, m);
            case RankMessage.Probed m -> {
                out.u8(5);
                position(out, m.epoch(), m.step(), m.enqueued(), m.completed());
            }
            case RankMessage.Aborted m -> aborted(out, m);
            case RankMessage.Rebuilt m -> stamp(out, 7, m.epoch(), m.atNs());
            case RankMessage.Restored m -> stamp(out, 8, m.epoch(), m.atNs());
            case RankMessage.Resumed m -> stamp(out, 9, m.epoch(), m.atNs());
            case RankMessage.Progress m -> {
                out.u8(10);
                out.i64(m.epoch());
                out.i64(m.step());
                out.f64(m.loss());
                out.f64(m.samplesPerSecond());
                out.i32(m.worldSize());
            }
            case RankMessage.Warning m -> {
                out.u8(11);
                out.text(m.text());
            }
            case RankMessage.Repaired m -> {
                out.u8(42);
                out.i64(m.epoch());
                out.i64(m.step());
                out.i64(m.foundNs());
                out.i64(m.repairedNs());
                out.text(m.what());
            }
            case RankMessage.Vetoed m -> {
                out.u8(43);
                out.i64(m.epoch());
                out.i64(m.step());
                out.i64(m.total());
                out.ints(m.communicatorRanks());
                out.text(m.what());
            }
            case RankMessage.GivesUp m -> {
                out.u8(44);
                out.i64(m.epoch());
                out.i64(m.step());
                out.ints(m.communicatorRanks());
                out.i64(m.atNs());
                out.text(m.what());
            }
            case RankMessage.Diverged m -> {
                out.u8(45);
                out.i64(m.epoch());
                out.i64(m.step());
                out.ints(m.communicatorRanks());
                out.i64(m.atNs());
                out.text(m.what());
            }
            case RankMessage.Failing m -> {
                out.u8(12);
                out.i64(m.epoch());
                out.text(m.description());
            }
            case RankMessage.DurablePart m -> durablePart(out, m);
            case RankMessage.Completed m -> {
                out.u8(14);
                out.i64(m.epoch());
            }
            case RankMessage.Finished m -> {
                out.u8(15);
                out.i64(m.epoch());
                out.nullable(m.summary(), ValueCodec::write);
            }
            case RankMessage.DurableFailed m -> {
                out.u8(16);
                ValueCodec.write(out, m.version());
                out.string(m.file());
                out.text(m.reason());
            }
            case RankMessage.Quiesced m -> {
                out.u8(17);
                out.i64(m.epoch());
                out.i64(m.step());
                out.i64(m.atNs());
            }
            case RankMessage.Pace m -> {
                out.u8(30);
                out.i64(m.epoch());
                out.i64(m.ownNs());
            }
            case RankMessage.Leaving m -> {
                out.u8(18);
                out.i64(m.epoch());
            }
            case RankMessage.FlightRecord m -> {
                out.u8(40);
                out.i64(m.epoch());
                out.i64(m.atNs());
                out.i64(m.recorded());
                out.list(m.operations(), ValueCodec::write);
            }
            case RankMessage.Snapshots m -> {
                out.u8(41);
                ValueCodec.write(out, m.newest());
                out.i64(m.memoryBytes());
                out.i64(m.announcedBytes());
                out.i64(m.taken());
                out.i64(m.tookNs());
                out.i64(m.atNs());
                out.i64(m.interval());
            }
        }
    }

    private static void position(WireWriter out, long epoch, long step, long enqueued, long completed) {
        out.i64(epoch);
        out.i64(step);
        out.i64(enqueued);
        out.i64(completed);
    }

    private static void stamp(WireWriter out, int tag, long epoch, long atNs) {
        out.u8(tag);
        out.i64(epoch);
        out.i64(atNs);
    }

    private static void suspect(WireWriter out, RankMessage.Suspect m) {
        out.u8(4);
        out.i64(m.epoch());
        out.u8(m.evidence().ordinal());
        out.ints(m.communicatorRanks());
        out.i64(m.atNs());
        out.text(m.detail());
        out.i64(m.enqueued());
        out.i64(m.completed());
    }

    private static void aborted(WireWriter out, RankMessage.Aborted m) {
        out.u8(6);
        out.i64(m.epoch());
        out.i64(m.atNs());
        out.i64(m.step());
        out.list(m.inventory(), ValueCodec::write);
        out.nullable(m.committed(), ValueCodec::write);
        out.bytes(m.uniqueId());
    }

    private static void durablePart(WireWriter out, RankMessage.DurablePart m) {
        out.u8(13);
        ValueCodec.write(out, m.version());
        out.string(m.file());
        out.i64(m.bytes());
        out.string(m.sha256());
        out.flag(m.last());
    }

    static RankMessage read(int tag, WireReader in) throws ProtocolException {
        return switch (tag) {
            case 1 -> new RankMessage.Hello(in.i32(), in.string(), ValueCodec.member(in), in.i64(), in.i64());
            case 2 -> new RankMessage.Heartbeat(in.i64(), in.i64(), in.i64(), in.i64());
            case 3 -> new RankMessage.FaultFired(in.string(), in.i64());
            case 4 ->
                new RankMessage.Suspect(
                        in.i64(), in.constant(Evidence.values()), in.ints(), in.i64(), in.string(), in.i64(), in.i64());
            case 5 -> new RankMessage.Probed(in.i64(), in.i64(), in.i64(), in.i64());
            case 6 ->
                new RankMessage.Aborted(
                        in.i64(),
                        in.i64(),
                        in.i64(),
                        in.list(ValueCodec::holding),
                        in.nullable(ValueCodec::version),
                        in.bytes());
            case 7 -> new RankMessage.Rebuilt(in.i64(), in.i64());
            case 8 -> new RankMessage.Restored(in.i64(), in.i64());
            case 9 -> new RankMessage.Resumed(in.i64(), in.i64());
            case 10 -> new RankMessage.Progress(in.i64(), in.i64(), in.f64(), in.f64(), in.i32());
            case 11 -> new RankMessage.Warning(in.string());
            case 12 -> new RankMessage.Failing(in.i64(), in.string());
            case 13 ->
                new RankMessage.DurablePart(ValueCodec.version(in), in.string(), in.i64(), in.string(), in.flag());
            case 14 -> new RankMessage.Completed(in.i64());
            case 15 -> new RankMessage.Finished(in.i64(), in.nullable(ValueCodec::summary));
            case 16 -> new RankMessage.DurableFailed(ValueCodec.version(in), in.string(), in.string());
            case 17 -> new RankMessage.Quiesced(in.i64(), in.i64(), in.i64());
            case 18 -> new RankMessage.Leaving(in.i64());
            case 19 -> new RankMessage.Standing(in.i64(), in.i64(), in.i64(), in.i64());
            case 30 -> new RankMessage.Pace(in.i64(), in.i64());
            case 40 -> new RankMessage.FlightRecord(in.i64(), in.i64(), in.i64(), in.list(ValueCodec::operation));
            case 41 ->
                new RankMessage.Snapshots(
                        ValueCodec.holding(in), in.i64(), in.i64(), in.i64(), in.i64(), in.i64(), in.i64());
            case 42 -> new RankMessage.Repaired(in.i64(), in.i64(), in.i64(), in.i64(), in.string());
            case 43 -> new RankMessage.Vetoed(in.i64(), in.i64(), in.i64(), in.ints(), in.string());
            case 44 -> new RankMessage.GivesUp(in.i64(), in.i64(), in.ints(), in.i64(), in.string());
            case 45 -> new RankMessage.Diverged(in.i64(), in.i64(), in.ints(), in.i64(), in.string());
            default -> throw new ProtocolException("no rank's message has tag " + tag);
        };
    }
}
