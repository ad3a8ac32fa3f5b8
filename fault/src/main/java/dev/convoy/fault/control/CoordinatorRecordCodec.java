/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.control;

import dev.convoy.fault.protocol.CoordinatorRecord;
import dev.convoy.fault.protocol.CoordinatorRecord.FiredFault;
import dev.convoy.fault.protocol.CoordinatorRecord.KnownProcess;
import dev.convoy.fault.protocol.CoordinatorRecord.PublishedEpoch;
import dev.convoy.fault.protocol.CoordinatorRecord.Role;
import dev.convoy.fault.protocol.Incident;
import dev.convoy.fault.protocol.MembershipChange;
import dev.convoy.fault.protocol.RecoveryPolicy;
import java.util.Arrays;
import java.util.List;

/**
 * The bytes of what a coordinator leaves to its successor. Reading believes nothing: whatever lies in the store that is
 * no record becomes a {@link ProtocolException}.
 */
public final class CoordinatorRecordCodec {
    /** The longest record; stores take values of a little more than this. */
    public static final int MAX_BYTES = 1 << 20;

    private static final int FORMAT = 2;

    private CoordinatorRecordCodec() {}

    /**
     * Writes a record.
     *
     * @param record what to write
     * @return its bytes, at most {@link #MAX_BYTES}
     * @throws IllegalArgumentException if it takes more
     */
    public static byte[] encode(CoordinatorRecord record) {
        WireWriter out = new WireWriter();
        out.u8(FORMAT);
        out.list(record.epochs(), CoordinatorRecordCodec::epoch);
        out.flag(record.joined());
        out.flag(record.formed());
        out.flag(record.stepped());
        out.flag(record.released());
        out.nullable(record.committed(), ValueCodec::write);
        out.nullable(record.durable(), ValueCodec::write);
        out.list(record.processes(), CoordinatorRecordCodec::process);
        out.list(record.nextIncarnations(), ValueCodec::write);
        out.i32(record.recoveries());
        out.list(record.incidents(), CoordinatorRecordCodec::incident);
        out.list(record.changes(), CoordinatorRecordCodec::change);
        out.list(record.faults(), CoordinatorRecordCodec::fault);
        out.list(record.warnings(), WireWriter::text);
        out.nullable(record.summary(), ValueCodec::write);
        DistrustCodec.write(out, record.distrust());
        byte[] bytes = out.toBytes();
        if (bytes.length > MAX_BYTES) {
            throw new IllegalArgumentException(
                    "the coordinator's record takes " + bytes.length + " bytes; a store holds " + MAX_BYTES);
        }
        return bytes;
    }

    /**
     * Reads a record.
     *
     * @param bytes as {@link #encode} wrote them
     * @return the record
     * @throws ProtocolException if it is none
     */
    public static CoordinatorRecord decode(byte[] bytes) throws ProtocolException {
        if (bytes.length > MAX_BYTES) {
            throw new ProtocolException("a coordinator's record of " + bytes.length + " bytes; at most " + MAX_BYTES);
        }
        WireReader in = new WireReader(bytes);
        int format = in.u8();
        if (format != FORMAT) {
            throw new ProtocolException("coordinator's record of format " + format + "; this side reads " + FORMAT);
        }
        try {
            CoordinatorRecord record = read(in);
            in.end();
            return record;
        } catch (IllegalArgumentException impossibleValue) {
            throw new ProtocolException("coordinator's record: " + impossibleValue.getMessage(), impossibleValue);
        }
    }

    private static CoordinatorRecord read(WireReader in) throws ProtocolException {
        return new CoordinatorRecord(
                in.list(CoordinatorRecordCodec::epoch),
                in.flag(),
                in.flag(),
                in.flag(),
                in.flag(),
                in.nullable(ValueCodec::version),
                in.nullable(ValueCodec::version),
                in.list(CoordinatorRecordCodec::process),
                in.list(ValueCodec::member),
                in.i32(),
                in.list(CoordinatorRecordCodec::incident),
                in.list(CoordinatorRecordCodec::change),
                in.list(CoordinatorRecordCodec::fault),
                in.list(WireReader::string),
                in.nullable(ValueCodec::summary),
                DistrustCodec.read(in));
    }

    private static void epoch(WireWriter out, PublishedEpoch epoch) {
        out.i64(epoch.epoch());
        out.list(epoch.members(), ValueCodec::write);
        ValueCodec.write(out, epoch.domains());
    }

    private static PublishedEpoch epoch(WireReader in) throws ProtocolException {
        return new PublishedEpoch(in.i64(), in.list(ValueCodec::member), ValueCodec.domains(in));
    }

    private static void process(WireWriter out, KnownProcess process) {
        ValueCodec.write(out, process.id());
        ValueCodec.write(out, process.bornAs());
        out.i32(process.node());
        out.u8(process.role().ordinal());
        out.flag(process.member());
    }

    private static KnownProcess process(WireReader in) throws ProtocolException {
        return new KnownProcess(
                ValueCodec.member(in), ValueCodec.member(in), in.i32(), in.constant(Role.values()), in.flag());
    }

    private static void fault(WireWriter out, FiredFault fault) {
        out.string(fault.spec());
        out.nullable(fault.atNs(), WireWriter::i64);
    }

    private static FiredFault fault(WireReader in) throws ProtocolException {
        return new FiredFault(in.string(), in.nullable(WireReader::i64));
    }

    private static void incident(WireWriter out, Incident incident) {
        out.i64(incident.epoch());
        out.u8(incident.cause().ordinal());
        ranks(out, incident.ranks());
        out.u8(incident.detectedBy().ordinal());
        out.i64(incident.faultAtNs());
        out.i64(incident.detectedAtNs());
        out.nullable(incident.abortedAtNs(), WireWriter::i64);
        out.nullable(incident.agreedAtNs(), WireWriter::i64);
        out.nullable(incident.rebuiltAtNs(), WireWriter::i64);
        out.nullable(incident.restoredAtNs(), WireWriter::i64);
        out.nullable(incident.resumedAtNs(), WireWriter::i64);
        out.nullable(incident.restoredStep(), WireWriter::i64);
        out.nullable(incident.lostSteps(), WireWriter::i64);
        out.u8(incident.strategy().ordinal());
        out.nullable(incident.worldSize(), WireWriter::i32);
    }

    private static Incident incident(WireReader in) throws ProtocolException {
        return new Incident(
                in.i64(),
                in.constant(Incident.Cause.values()),
                ranks(in),
                in.constant(Incident.DetectedBy.values()),
                in.i64(),
                in.i64(),
                in.nullable(WireReader::i64),
                in.nullable(WireReader::i64),
                in.nullable(WireReader::i64),
                in.nullable(WireReader::i64),
                in.nullable(WireReader::i64),
                in.nullable(WireReader::i64),
                in.nullable(WireReader::i64),
                in.constant(RecoveryPolicy.values()),
                in.nullable(WireReader::i32));
    }

    private static void change(WireWriter out, MembershipChange change) {
        out.i64(change.epoch());
        ranks(out, change.joined());
        ranks(out, change.left());
        out.i64(change.askedAtNs());
        out.i64(change.stoppedAtNs());
        out.nullable(change.agreedAtNs(), WireWriter::i64);
        out.nullable(change.rebuiltAtNs(), WireWriter::i64);
        out.nullable(change.restoredAtNs(), WireWriter::i64);
        out.nullable(change.resumedAtNs(), WireWriter::i64);
        out.nullable(change.step(), WireWriter::i64);
        out.nullable(change.worldSize(), WireWriter::i32);
    }

    private static MembershipChange change(WireReader in) throws ProtocolException {
        return new MembershipChange(
                in.i64(),
                ranks(in),
                ranks(in),
                in.i64(),
                in.i64(),
                in.nullable(WireReader::i64),
                in.nullable(WireReader::i64),
                in.nullable(WireReader::i64),
                in.nullable(WireReader::i64),
                in.nullable(WireReader::i64),
                in.nullable(WireReader::i32));
    }

    private static void ranks(WireWriter out, List<Integer> ranks) {
        out.ints(ranks.stream().mapToInt(Integer::intValue).toArray());
    }

    private static List<Integer> ranks(WireReader in) throws ProtocolException {
        return Arrays.stream(in.ints()).boxed().toList();
    }
}
