/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.control;

import dev.convoy.fault.protocol.CoordinatorMessage;
import dev.convoy.fault.protocol.FailureHistory;

/** Messages from the coordinator, tags from 64. */
final class CoordinatorMessageCodec {
    static final int FIRST_TAG = 64;

    private CoordinatorMessageCodec() {}

    static void write(WireWriter out, CoordinatorMessage message) {
        switch (message) {
            case CoordinatorMessage.Rejected m -> {
                out.u8(64);
                out.text(m.reason());
            }
            case CoordinatorMessage.Revoke m -> {
                out.u8(65);
                out.i64(m.epoch());
                out.text(m.reason());
                out.flag(m.makeUniqueId());
            }
            case CoordinatorMessage.EpochStart m -> {
                out.u8(66);
                out.i64(m.epoch());
                out.list(m.members(), ValueCodec::write);
                out.bytes(m.uniqueId());
                ValueCodec.write(out, m.plan());
                ValueCodec.write(out, m.domains());
                out.i32(m.failures().count());
                out.i64(m.failures().elapsedNs());
                out.i64(m.failures().meanRecoveryNs());
            }
            case CoordinatorMessage.Probe m -> {
                out.u8(67);
                out.i64(m.epoch());
            }
            case CoordinatorMessage.FaultRecorded m -> {
                out.u8(68);
                out.string(m.spec());
            }
            case CoordinatorMessage.Persist m -> {
                out.u8(69);
                ValueCodec.write(out, m.version());
                out.string(m.directory());
                out.string(m.file());
                out.ints(m.shards());
                out.flag(m.replicated());
            }
            case CoordinatorMessage.Release m -> {
                out.u8(70);
                out.i64(m.epoch());
            }
            case CoordinatorMessage.Stop m -> {
                out.u8(71);
                out.i32(m.exitStatus());
                out.text(m.reason());
            }
            case CoordinatorMessage.InReserve m -> {
                out.u8(72);
                out.text(m.reason());
            }
            case CoordinatorMessage.Assigned m -> {
                out.u8(73);
                ValueCodec.write(out, m.self());
                out.list(m.firedFaults(), WireWriter::string);
            }
            case CoordinatorMessage.Quiesce m -> {
                out.u8(74);
                out.i64(m.epoch());
            }
            case CoordinatorMessage.Dismissed m -> {
                out.u8(75);
                out.i64(m.epoch());
            }
            case CoordinatorMessage.Pulse _ -> out.u8(76);
        }
    }

    static CoordinatorMessage read(int tag, WireReader in) throws ProtocolException {
        return switch (tag) {
            case 64 -> new CoordinatorMessage.Rejected(in.string());
            case 65 -> new CoordinatorMessage.Revoke(in.i64(), in.string(), in.flag());
            case 66 ->
                new CoordinatorMessage.EpochStart(
                        in.i64(),
                        in.list(ValueCodec::member),
                        in.bytes(),
                        ValueCodec.plan(in),
                        ValueCodec.domains(in),
                        new FailureHistory(in.i32(), in.i64(), in.i64()));
            case 67 -> new CoordinatorMessage.Probe(in.i64());
            case 68 -> new CoordinatorMessage.FaultRecorded(in.string());
            case 69 ->
                new CoordinatorMessage.Persist(ValueCodec.version(in), in.string(), in.string(), in.ints(), in.flag());
            case 70 -> new CoordinatorMessage.Release(in.i64());
            case 71 -> new CoordinatorMessage.Stop(in.i32(), in.string());
            case 72 -> new CoordinatorMessage.InReserve(in.string());
            case 73 -> new CoordinatorMessage.Assigned(ValueCodec.member(in), in.list(WireReader::string));
            case 74 -> new CoordinatorMessage.Quiesce(in.i64());
            case 75 -> new CoordinatorMessage.Dismissed(in.i64());
            case 76 -> new CoordinatorMessage.Pulse();
            default -> throw new ProtocolException("no coordinator's message has tag " + tag);
        };
    }
}
