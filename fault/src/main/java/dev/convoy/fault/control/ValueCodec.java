/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.control;

import dev.convoy.DataType;
import dev.convoy.Operation;
import dev.convoy.fault.detect.OperationRecord;
import dev.convoy.fault.protocol.Decoding;
import dev.convoy.fault.protocol.FailureDomains;
import dev.convoy.fault.protocol.HeldParity;
import dev.convoy.fault.protocol.Holding;
import dev.convoy.fault.protocol.MemberId;
import dev.convoy.fault.protocol.ParityRing;
import dev.convoy.fault.protocol.Redundancy;
import dev.convoy.fault.protocol.RestorePlan;
import dev.convoy.fault.protocol.RunSummary;
import dev.convoy.fault.protocol.Version;

/** The values that messages are made of, each with its writer and reader side by side. */
final class ValueCodec {
    private ValueCodec() {}

    static void write(WireWriter out, MemberId member) {
        out.i32(member.launchRank());
        out.i32(member.incarnation());
    }

    static MemberId member(WireReader in) throws ProtocolException {
        return new MemberId(in.i32(), in.i32());
    }

    static void write(WireWriter out, Version version) {
        out.i64(version.epoch());
        out.i64(version.step());
    }

    static Version version(WireReader in) throws ProtocolException {
        return new Version(in.i64(), in.i64());
    }

    static void write(WireWriter out, Holding holding) {
        write(out, holding.version());
        out.i32(holding.shardCount());
        out.ints(holding.shards());
        out.flag(holding.replicated());
        out.nullable(holding.parity(), ValueCodec::write);
    }

    static Holding holding(WireReader in) throws ProtocolException {
        return new Holding(version(in), in.i32(), in.ints(), in.flag(), in.nullable(ValueCodec::heldParity));
    }

    private static void write(WireWriter out, HeldParity parity) {
        out.i32(parity.code().data());
        out.i32(parity.code().parity());
        out.ints(parity.indices());
    }

    private static HeldParity heldParity(WireReader in) throws ProtocolException {
        return new HeldParity(new Redundancy.Parity(in.i32(), in.i32()), in.ints());
    }

    static void write(WireWriter out, FailureDomains domains) {
        out.ints(domains.starts());
        out.ints(domains.nodes());
    }

    static FailureDomains domains(WireReader in) throws ProtocolException {
        return new FailureDomains(in.ints(), in.ints());
    }

    private static void write(WireWriter out, Decoding decoding) {
        out.ints(decoding.ring().members());
        out.i32(decoding.ring().data());
        out.i32(decoding.ring().parity());
        out.ints(decoding.paritySource());
    }

    private static Decoding decoding(WireReader in) throws ProtocolException {
        return new Decoding(new ParityRing(in.ints(), in.i32(), in.i32()), in.ints());
    }

    static void write(WireWriter out, RestorePlan plan) {
        out.nullable(plan.version(), ValueCodec::write);
        out.i32(plan.shardCount());
        out.ints(plan.shardSource());
        out.i32(plan.replicatedSource());
        out.flags(plan.holdsReplicated());
        out.list(plan.decodings(), ValueCodec::write);
    }

    static RestorePlan plan(WireReader in) throws ProtocolException {
        return new RestorePlan(
                in.nullable(ValueCodec::version),
                in.i32(),
                in.ints(),
                in.i32(),
                in.flags(),
                in.list(ValueCodec::decoding));
    }

    static void write(WireWriter out, RunSummary summary) {
        out.i64(summary.step());
        out.i32(summary.worldSize());
        out.nullable(summary.testAccuracy(), WireWriter::f64);
        out.nullable(summary.parametersSha256(), WireWriter::string);
        out.nullable(summary.lossHistory(), WireWriter::doubles);
        out.i64(summary.consumed());
        out.i64(summary.skipped());
        out.i64(summary.duplicated());
        out.nullable(summary.samplesSha256(), WireWriter::string);
        out.i64(summary.vetoedSteps());
        out.i64(summary.vetoedSamples());
    }

    static RunSummary summary(WireReader in) throws ProtocolException {
        return new RunSummary(
                in.i64(),
                in.i32(),
                in.nullable(WireReader::f64),
                in.nullable(WireReader::string),
                in.nullable(WireReader::doubles),
                in.i64(),
                in.i64(),
                in.i64(),
                in.nullable(WireReader::string),
                in.i64(),
                in.i64());
    }

    static void write(WireWriter out, OperationRecord operation) {
        out.i64(operation.epoch());
        out.i64(operation.step());
        out.i64(operation.sequence());
        out.i64(operation.collective());
        out.u8(operation.operation().ordinal());
        out.nullable(operation.type(), (to, type) -> to.u8(type.ordinal()));
        out.i64(operation.count());
        out.i64(operation.enqueuedAtNs());
        out.i64(operation.completedAtNs());
    }

    static OperationRecord operation(WireReader in) throws ProtocolException {
        return new OperationRecord(
                in.i64(),
                in.i64(),
                in.i64(),
                in.i64(),
                in.constant(Operation.values()),
                in.nullable(from -> from.constant(DataType.values())),
                in.i64(),
                in.i64(),
                in.i64());
    }
}
