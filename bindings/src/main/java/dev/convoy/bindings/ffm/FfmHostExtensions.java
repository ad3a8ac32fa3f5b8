/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.bindings.ffm;

import dev.convoy.bindings.HostExtensions;
import dev.convoy.bindings.HostFunction;
import dev.convoy.bindings.NativeMemory;
import java.lang.invoke.MethodHandle;

/** The extensions of the host runtime through the Foreign Function and Memory API; linked as {@link FfmNccl} is. */
record FfmHostExtensions(FunctionTable table, MethodHandle streamWaitHandle, MethodHandle eventWaitHandle)
        implements HostExtensions, LinkedLibrary {
    static FfmHostExtensions link(DynamicLibrary library) {
        FunctionTable table = new FunctionTable(library, HostFunction.values());
        // What tells of a failure is linked before there is one.
        table.prepare(HostFunction.COMM_WAIT_READY, HostFunction.COMM_FAILED_RANKS, HostFunction.COMM_PROGRESS);
        return new FfmHostExtensions(table, table.link(HostFunction.STREAM_WAIT), table.link(HostFunction.EVENT_WAIT));
    }

    @Override
    public String hostVersion() {
        try {
            return NativeMemory.text(
                    (long) table.handle(HostFunction.HOST_VERSION).invokeExact());
        } catch (Throwable e) {
            throw FunctionTable.unexpected(e);
        }
    }

    @Override
    public int streamWait(long stream, long maxNanos) {
        try {
            return (int) streamWaitHandle.invokeExact(stream, maxNanos);
        } catch (Throwable e) {
            throw FunctionTable.unexpected(e);
        }
    }

    @Override
    public int streamCounters(long stream, long out) {
        try {
            return (int) table.handle(HostFunction.STREAM_COUNTERS).invokeExact(stream, out);
        } catch (Throwable e) {
            throw FunctionTable.unexpected(e);
        }
    }

    @Override
    public int eventWait(long event, long maxNanos) {
        try {
            return (int) eventWaitHandle.invokeExact(event, maxNanos);
        } catch (Throwable e) {
            throw FunctionTable.unexpected(e);
        }
    }

    @Override
    public int commFailedRanks(long comm, long failed, int capacity, long countOut) {
        try {
            return (int) table.handle(HostFunction.COMM_FAILED_RANKS).invokeExact(comm, failed, capacity, countOut);
        } catch (Throwable e) {
            throw FunctionTable.unexpected(e);
        }
    }

    @Override
    public int commWaitReady(long comm, long maxNanos) {
        try {
            return (int) table.handle(HostFunction.COMM_WAIT_READY).invokeExact(comm, maxNanos);
        } catch (Throwable e) {
            throw FunctionTable.unexpected(e);
        }
    }

    @Override
    public int commProgress(long comm, long enqueued, long completed) {
        try {
            return (int) table.handle(HostFunction.COMM_PROGRESS).invokeExact(comm, enqueued, completed);
        } catch (Throwable e) {
            throw FunctionTable.unexpected(e);
        }
    }

    @Override
    public int kernelLaunch(int kernel, long arguments, long bytes, long stream) {
        try {
            return (int) table.handle(HostFunction.KERNEL_LAUNCH).invokeExact(kernel, arguments, bytes, stream);
        } catch (Throwable e) {
            throw FunctionTable.unexpected(e);
        }
    }

    @Override
    public int copyChecksum(long to, long from, long bytes, long checksum) {
        try {
            return (int) table.handle(HostFunction.COPY_CHECKSUM).invokeExact(to, from, bytes, checksum);
        } catch (Throwable e) {
            throw FunctionTable.unexpected(e);
        }
    }

    @Override
    public int recvChecksum(long buffer, long count, int type, int peer, long checksum, long comm, long stream) {
        try {
            return (int) table.handle(HostFunction.RECV_CHECKSUM)
                    .invokeExact(buffer, count, type, peer, checksum, comm, stream);
        } catch (Throwable e) {
            throw FunctionTable.unexpected(e);
        }
    }
}
