/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.control;

import dev.convoy.fault.protocol.Distrust;
import dev.convoy.fault.protocol.Distrust.Conduct;
import dev.convoy.fault.protocol.Distrust.Divergence;
import dev.convoy.fault.protocol.Distrust.NodeConduct;

/** The bytes of what, and whom, a job has ceased to trust. */
final class DistrustCodec {
    private DistrustCodec() {}

    static void write(WireWriter out, Distrust distrust) {
        out.list(distrust.refused(), ValueCodec::write);
        out.list(distrust.divergences(), DistrustCodec::divergence);
        out.nullable(distrust.undecided(), ValueCodec::write);
        out.list(distrust.replaced(), WireWriter::i32);
        out.list(distrust.nodes(), DistrustCodec::node);
    }

    static Distrust read(WireReader in) throws ProtocolException {
        return new Distrust(
                in.list(ValueCodec::version),
                in.list(DistrustCodec::divergence),
                in.nullable(ValueCodec::version),
                in.list(WireReader::i32),
                in.list(DistrustCodec::node));
    }

    private static void divergence(WireWriter out, Divergence divergence) {
        ValueCodec.write(out, divergence.who());
        ValueCodec.write(out, divergence.at());
    }

    private static Divergence divergence(WireReader in) throws ProtocolException {
        return new Divergence(ValueCodec.member(in), ValueCodec.version(in));
    }

    private static void node(WireWriter out, NodeConduct node) {
        out.i32(node.node());
        out.list(node.conduct().agesNs(), WireWriter::i64);
        out.i64(node.conduct().barredNs());
        out.i32(node.conduct().times());
    }

    private static NodeConduct node(WireReader in) throws ProtocolException {
        return new NodeConduct(in.i32(), new Conduct(in.list(WireReader::i64), in.i64(), in.i32()));
    }
}
