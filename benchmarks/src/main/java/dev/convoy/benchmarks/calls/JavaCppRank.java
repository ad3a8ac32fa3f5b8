/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.benchmarks.calls;

import dev.convoy.bindings.BindingProvider;
import dev.convoy.bindings.Cuda;
import dev.convoy.bindings.LibraryRefusedException;
import dev.convoy.bindings.Nccl;
import java.nio.file.Path;
import java.util.Optional;
import java.util.ServiceLoader;
import org.bytedeco.cuda.cudart.CUstream_st;
import org.bytedeco.cuda.nccl.ncclComm;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.Pointer;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** The objects of {@link OneRank} as JavaCPP's bindings want them, and these by way of Convoy's tables. */
@State(Scope.Thread)
public class JavaCppRank {
    /** Convoy's tables over JavaCPP's bindings. */
    static final BindingProvider.Tables TABLES = open();

    static final Nccl NCCL = TABLES.nccl();
    static final Cuda CUDA = TABLES.cuda();

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

    /** The library that {@link OneRank} has made its objects with. */
    private static BindingProvider.Tables open() {
        try {
            return ServiceLoader.load(BindingProvider.class)
                    .findFirst()
                    .orElseThrow()
                    .open(Optional.of(Path.of(OneRank.NATIVES.library())));
        } catch (LibraryRefusedException e) {
            throw new IllegalStateException(e);
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
