/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.bindings.ffm;

import dev.convoy.bindings.NativeMemory;
import dev.convoy.bindings.Nccl;
import dev.convoy.bindings.NcclFunction;
import java.lang.invoke.MethodHandle;

/**
 * NCCL through the Foreign Function and Memory API. What a step of a program calls again and again is linked at once
 * into a record, whose fields the JIT trusts, and so is what other ranks wait for. The rest is linked when it is first
 * called, since each shape of call costs a cold process a millisecond.
 */
record FfmNccl(
        FunctionTable table,
        MethodHandle commGetAsyncErrorHandle,
        MethodHandle groupStartHandle,
        MethodHandle groupEndHandle,
        MethodHandle allReduceHandle,
        MethodHandle broadcastHandle,
        MethodHandle allGatherHandle,
        MethodHandle reduceScatterHandle,
        MethodHandle sendHandle,
        MethodHandle recvHandle)
        implements Nccl, FfmNcclCommunicators, FfmNcclMemory, FfmNcclParameters {
    static FfmNccl link(DynamicLibrary library) {
        FunctionTable table = new FunctionTable(library, NcclFunction.values());
        // Other ranks wait while one forms a communicator, or asks why it failed and gives it up.
        table.prepare(
                NcclFunction.GET_UNIQUE_ID,
                NcclFunction.COMM_INIT_RANK_CONFIG,
                NcclFunction.GET_LAST_ERROR,
                NcclFunction.COMM_ABORT);
        return new FfmNccl(
                table,
                table.link(NcclFunction.COMM_GET_ASYNC_ERROR),
                table.link(NcclFunction.GROUP_START),
                table.link(NcclFunction.GROUP_END),
                table.link(NcclFunction.ALL_REDUCE),
                table.link(NcclFunction.BROADCAST),
                table.link(NcclFunction.ALL_GATHER),
                table.link(NcclFunction.REDUCE_SCATTER),
                table.link(NcclFunction.SEND),
                table.link(NcclFunction.RECV));
    }

    @Override
    public int getVersion(long version) {
        try {
            return (int) table.handle(NcclFunction.GET_VERSION).invokeExact(version);
        } catch (Throwable e) {
            throw FunctionTable.unexpected(e);
        }
    }

    @Override
    public int getUniqueId(long id) {
        try {
            return (int) table.handle(NcclFunction.GET_UNIQUE_ID).invokeExact(id);
        } catch (Throwable e) {
            throw FunctionTable.unexpected(e);
        }
    }

    @Override
    public String getErrorString(int result) {
        try {
            return NativeMemory.text(
                    (long) table.handle(NcclFunction.GET_ERROR_STRING).invokeExact(result));
        } catch (Throwable e) {
            throw FunctionTable.unexpected(e);
        }
    }

    @Override
    public String getLastError(long comm) {
        try {
            return NativeMemory.text(
                    (long) table.handle(NcclFunction.GET_LAST_ERROR).invokeExact(comm));
        } catch (Throwable e) {
            throw FunctionTable.unexpected(e);
        }
    }

    @Override
    public void resetDebugInit() {
        try {
            table.handle(NcclFunction.RESET_DEBUG_INIT).invokeExact();
        } catch (Throwable e) {
            throw FunctionTable.unexpected(e);
        }
    }

    @Override
    public int redOpCreatePreMulSum(long opOut, long scalar, int dataType, int residence, long comm) {
        try {
            return (int) table.handle(NcclFunction.RED_OP_CREATE_PRE_MUL_SUM)
                    .invokeExact(opOut, scalar, dataType, residence, comm);
        } catch (Throwable e) {
            throw FunctionTable.unexpected(e);
        }
    }

    @Override
    public int redOpDestroy(int op, long comm) {
        try {
            return (int) table.handle(NcclFunction.RED_OP_DESTROY).invokeExact(op, comm);
        } catch (Throwable e) {
            throw FunctionTable.unexpected(e);
        }
    }

    @Override
    public int groupStart() {
        try {
            return (int) groupStartHandle.invokeExact();
        } catch (Throwable e) {
            throw FunctionTable.unexpected(e);
        }
    }

    @Override
    public int groupEnd() {
        try {
            return (int) groupEndHandle.invokeExact();
        } catch (Throwable e) {
            throw FunctionTable.unexpected(e);
        }
    }

    @Override
    public int groupSimulateEnd(long info) {
        try {
            return (int) table.handle(NcclFunction.GROUP_SIMULATE_END).invokeExact(info);
        } catch (Throwable e) {
            throw FunctionTable.unexpected(e);
        }
    }

    @Override
    public int allReduce(long send, long recv, long count, int dataType, int op, long comm, long stream) {
        try {
            return (int) allReduceHandle.invokeExact(send, recv, count, dataType, op, comm, stream);
        } catch (Throwable e) {
            throw FunctionTable.unexpected(e);
        }
    }

    @Override
    public int broadcast(long send, long recv, long count, int dataType, int root, long comm, long stream) {
        try {
            return (int) broadcastHandle.invokeExact(send, recv, count, dataType, root, comm, stream);
        } catch (Throwable e) {
            throw FunctionTable.unexpected(e);
        }
    }

    @Override
    public int bcast(long buffer, long count, int dataType, int root, long comm, long stream) {
        try {
            return (int) table.handle(NcclFunction.BCAST).invokeExact(buffer, count, dataType, root, comm, stream);
        } catch (Throwable e) {
            throw FunctionTable.unexpected(e);
        }
    }

    @Override
    public int reduce(long send, long recv, long count, int dataType, int op, int root, long comm, long stream) {
        try {
            return (int)
                    table.handle(NcclFunction.REDUCE).invokeExact(send, recv, count, dataType, op, root, comm, stream);
        } catch (Throwable e) {
            throw FunctionTable.unexpected(e);
        }
    }

    @Override
    public int allGather(long send, long recv, long count, int dataType, long comm, long stream) {
        try {
            return (int) allGatherHandle.invokeExact(send, recv, count, dataType, comm, stream);
        } catch (Throwable e) {
            throw FunctionTable.unexpected(e);
        }
    }

    @Override
    public int reduceScatter(long send, long recv, long count, int dataType, int op, long comm, long stream) {
        try {
            return (int) reduceScatterHandle.invokeExact(send, recv, count, dataType, op, comm, stream);
        } catch (Throwable e) {
            throw FunctionTable.unexpected(e);
        }
    }

    @Override
    public int alltoAll(long send, long recv, long count, int dataType, long comm, long stream) {
        try {
            return (int) table.handle(NcclFunction.ALL_TO_ALL).invokeExact(send, recv, count, dataType, comm, stream);
        } catch (Throwable e) {
            throw FunctionTable.unexpected(e);
        }
    }

    @Override
    public int gather(long send, long recv, long count, int dataType, int root, long comm, long stream) {
        try {
            return (int) table.handle(NcclFunction.GATHER).invokeExact(send, recv, count, dataType, root, comm, stream);
        } catch (Throwable e) {
            throw FunctionTable.unexpected(e);
        }
    }

    @Override
    public int scatter(long send, long recv, long count, int dataType, int root, long comm, long stream) {
        try {
            return (int)
                    table.handle(NcclFunction.SCATTER).invokeExact(send, recv, count, dataType, root, comm, stream);
        } catch (Throwable e) {
            throw FunctionTable.unexpected(e);
        }
    }

    @Override
    public int send(long send, long count, int dataType, int peer, long comm, long stream) {
        try {
            return (int) sendHandle.invokeExact(send, count, dataType, peer, comm, stream);
        } catch (Throwable e) {
            throw FunctionTable.unexpected(e);
        }
    }

    @Override
    public int recv(long recv, long count, int dataType, int peer, long comm, long stream) {
        try {
            return (int) recvHandle.invokeExact(recv, count, dataType, peer, comm, stream);
        } catch (Throwable e) {
            throw FunctionTable.unexpected(e);
        }
    }

    @Override
    public int commGetAsyncError(long comm, long asyncError) {
        try {
            return (int) commGetAsyncErrorHandle.invokeExact(comm, asyncError);
        } catch (Throwable e) {
            throw FunctionTable.unexpected(e);
        }
    }
}
