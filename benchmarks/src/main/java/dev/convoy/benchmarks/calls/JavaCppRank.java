/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.benchmarks.calls;

import org.bytedeco.cuda.cudart.CUstream_st;
import org.bytedeco.cuda.nccl.ncclComm;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.Pointer;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** The objects of {@link OneRank} as JavaCPP's bindings want them. */
@State(Scope.Thread)
public class JavaCppRank {
    Pointer send;
    Pointer receive;
    ncclComm comm;
    CUstream_st stream;
    IntPointer cell;

    /** An address that somebody else frees. */
    private static final class Address extends Pointer {
        Address(long value) {
            address = value;
        }
    }

    /** Wraps the addresses. */
    @Setup(Level.Trial)
    public void begin(OneRank rank) {
        send = new Address(rank.send);
        receive = new Address(rank.receive);
        comm = new ncclComm(new Address(rank.comm));
        stream = new CUstream_st(new Address(rank.stream));
        cell = new IntPointer(1);
    }

    /** Frees what is JavaCPP's own. */
    @TearDown(Level.Trial)
    public void end() {
        cell.close();
    }
}
