/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.bindings.ffm;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.convoy.bindings.NativeMemory;
import dev.convoy.bindings.Nccl;
import dev.convoy.bindings.NcclLayouts;
import java.lang.invoke.MethodHandle;

/** NCCL through the Foreign Function and Memory API: a record, whose fields the JIT trusts. */
record FfmNccl(
        FunctionTable table,
        MethodHandle getVersionHandle,
        MethodHandle getUniqueIdHandle,
        MethodHandle getErrorStringHandle,
        MethodHandle getLastErrorHandle,
        MethodHandle commInitRankHandle,
        MethodHandle commInitRankConfigHandle,
        MethodHandle commInitRankScalableHandle,
        MethodHandle commInitAllHandle,
        MethodHandle commFinalizeHandle,
        MethodHandle commDestroyHandle,
        MethodHandle commAbortHandle,
        MethodHandle commRevokeHandle,
        MethodHandle commGetAsyncErrorHandle,
        MethodHandle commCountHandle,
        MethodHandle commCuDeviceHandle,
        MethodHandle commUserRankHandle,
        MethodHandle commSplitHandle,
        MethodHandle commShrinkHandle,
        MethodHandle commGetUniqueIdHandle,
        MethodHandle commGrowHandle,
        MethodHandle commSuspendHandle,
        MethodHandle commResumeHandle,
        MethodHandle commMemStatsHandle,
        MethodHandle commRegisterHandle,
        MethodHandle commDeregisterHandle,
        MethodHandle commWindowRegisterHandle,
        MethodHandle commWindowDeregisterHandle,
        MethodHandle memAllocHandle,
        MethodHandle memFreeHandle,
        MethodHandle redOpCreatePreMulSumHandle,
        MethodHandle redOpDestroyHandle,
        MethodHandle groupStartHandle,
        MethodHandle groupEndHandle,
        MethodHandle groupSimulateEndHandle,
        MethodHandle allReduceHandle,
        MethodHandle broadcastHandle,
        MethodHandle reduceHandle,
        MethodHandle allGatherHandle,
        MethodHandle reduceScatterHandle,
        MethodHandle allToAllHandle,
        MethodHandle gatherHandle,
        MethodHandle scatterHandle,
        MethodHandle sendHandle,
        MethodHandle recvHandle)
        implements Nccl, LinkedLibrary {
    static FfmNccl link(FunctionTable functions) {
        return new FfmNccl(
                functions,
                functions.status("ncclGetVersion", JAVA_LONG),
                functions.status("ncclGetUniqueId", JAVA_LONG),
                functions.text("ncclGetErrorString", JAVA_INT),
                functions.text("ncclGetLastError", JAVA_LONG),
                functions.status("ncclCommInitRank", JAVA_LONG, JAVA_INT, NcclLayouts.UNIQUE_ID, JAVA_INT),
                functions.status(
                        "ncclCommInitRankConfig", JAVA_LONG, JAVA_INT, NcclLayouts.UNIQUE_ID, JAVA_INT, JAVA_LONG),
                functions.status(
                        "ncclCommInitRankScalable", JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG),
                functions.status("ncclCommInitAll", JAVA_LONG, JAVA_INT, JAVA_LONG),
                functions.status("ncclCommFinalize", JAVA_LONG),
                functions.status("ncclCommDestroy", JAVA_LONG),
                functions.status("ncclCommAbort", JAVA_LONG),
                functions.status("ncclCommRevoke", JAVA_LONG, JAVA_INT),
                functions.status("ncclCommGetAsyncError", JAVA_LONG, JAVA_LONG),
                functions.status("ncclCommCount", JAVA_LONG, JAVA_LONG),
                functions.status("ncclCommCuDevice", JAVA_LONG, JAVA_LONG),
                functions.status("ncclCommUserRank", JAVA_LONG, JAVA_LONG),
                functions.status("ncclCommSplit", JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG),
                functions.status("ncclCommShrink", JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT),
                functions.status("ncclCommGetUniqueId", JAVA_LONG, JAVA_LONG),
                functions.status("ncclCommGrow", JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG),
                functions.status("ncclCommSuspend", JAVA_LONG, JAVA_INT),
                functions.status("ncclCommResume", JAVA_LONG),
                functions.status("ncclCommMemStats", JAVA_LONG, JAVA_INT, JAVA_LONG),
                functions.status("ncclCommRegister", JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG),
                functions.status("ncclCommDeregister", JAVA_LONG, JAVA_LONG),
                functions.status("ncclCommWindowRegister", JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_INT),
                functions.status("ncclCommWindowDeregister", JAVA_LONG, JAVA_LONG),
                functions.status("ncclMemAlloc", JAVA_LONG, JAVA_LONG),
                functions.status("ncclMemFree", JAVA_LONG),
                functions.status("ncclRedOpCreatePreMulSum", JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_LONG),
                functions.status("ncclRedOpDestroy", JAVA_INT, JAVA_LONG),
                functions.status("ncclGroupStart"),
                functions.status("ncclGroupEnd"),
                functions.status("ncclGroupSimulateEnd", JAVA_LONG),
                functions.status(
                        "ncclAllReduce", JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG),
                functions.status(
                        "ncclBroadcast", JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG),
                functions.status(
                        "ncclReduce",
                        JAVA_LONG,
                        JAVA_LONG,
                        JAVA_LONG,
                        JAVA_INT,
                        JAVA_INT,
                        JAVA_INT,
                        JAVA_LONG,
                        JAVA_LONG),
                functions.status("ncclAllGather", JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG),
                functions.status(
                        "ncclReduceScatter", JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG),
                functions.status("ncclAlltoAll", JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG),
                functions.status(
                        "ncclGather", JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG),
                functions.status(
                        "ncclScatter", JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG),
                functions.status("ncclSend", JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG),
                functions.status("ncclRecv", JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG));
    }

    @Override
    public int getVersion(long version) {
        try {
            return (int) getVersionHandle.invokeExact(version);
        } catch (Throwable e) {
            throw FunctionTable.unexpected(e);
        }
    }

    @Override
    public int getUniqueId(long id) {
        try {
            return (int) getUniqueIdHandle.invokeExact(id);
        } catch (Throwable e) {
            throw FunctionTable.unexpected(e);
        }
    }

    @Override
    public String getErrorString(int result) {
        try {
            return NativeMemory.text((long) getErrorStringHandle.invokeExact(result));
        } catch (Throwable e) {
            throw FunctionTable.unexpected(e);
        }
    }

    @Override
    public String getLastError(long comm) {
        try {
            return NativeMemory.text((long) getLastErrorHandle.invokeExact(comm));
        } catch (Throwable e) {
            throw FunctionTable.unexpected(e);
        }
    }

    @Override
    public int commInitRank(long newComm, int ranks, long uniqueId, int rank) {
        try {
            return (int) commInitRankHandle.invokeExact(
                    newComm, ranks, NativeMemory.view(uniqueId, NcclLayouts.UNIQUE_ID.byteSize()), rank);
        } catch (Throwable e) {
            throw FunctionTable.unexpected(e);
        }
    }

    @Override
    public int commInitRankConfig(long newComm, int ranks, long uniqueId, int rank, long config) {
        try {
            return (int) commInitRankConfigHandle.invokeExact(
                    newComm, ranks, NativeMemory.view(uniqueId, NcclLayouts.UNIQUE_ID.byteSize()), rank, config);
        } catch (Throwable e) {
            throw FunctionTable.unexpected(e);
        }
    }

    @Override
    public int commInitRankScalable(long newComm, int ranks, int rank, int idCount, long ids, long config) {
        try {
            return (int) commInitRankScalableHandle.invokeExact(newComm, ranks, rank, idCount, ids, config);
        } catch (Throwable e) {
            throw FunctionTable.unexpected(e);
        }
    }

    @Override
    public int commInitAll(long comms, int deviceCount, long devices) {
        try {
            return (int) commInitAllHandle.invokeExact(comms, deviceCount, devices);
        } catch (Throwable e) {
            throw FunctionTable.unexpected(e);
        }
    }

    @Override
    public int commFinalize(long comm) {
        try {
            return (int) commFinalizeHandle.invokeExact(comm);
        } catch (Throwable e) {
            throw FunctionTable.unexpected(e);
        }
    }

    @Override
    public int commDestroy(long comm) {
        try {
            return (int) commDestroyHandle.invokeExact(comm);
        } catch (Throwable e) {
            throw FunctionTable.unexpected(e);
        }
    }

    @Override
    public int commAbort(long comm) {
        try {
            return (int) commAbortHandle.invokeExact(comm);
        } catch (Throwable e) {
            throw FunctionTable.unexpected(e);
        }
    }

    @Override
    public int commRevoke(long comm, int flags) {
        try {
            return (int) commRevokeHandle.invokeExact(comm, flags);
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

    @Override
    public int commCount(long comm, long value) {
        try {
            return (int) commCountHandle.invokeExact(comm, value);
        } catch (Throwable e) {
            throw FunctionTable.unexpected(e);
        }
    }

    @Override
    public int commCuDevice(long comm, long value) {
        try {
            return (int) commCuDeviceHandle.invokeExact(comm, value);
        } catch (Throwable e) {
            throw FunctionTable.unexpected(e);
        }
    }

    @Override
    public int commUserRank(long comm, long value) {
        try {
            return (int) commUserRankHandle.invokeExact(comm, value);
        } catch (Throwable e) {
            throw FunctionTable.unexpected(e);
        }
    }

    @Override
    public int commSplit(long comm, int color, int key, long newComm, long config) {
        try {
            return (int) commSplitHandle.invokeExact(comm, color, key, newComm, config);
        } catch (Throwable e) {
            throw FunctionTable.unexpected(e);
        }
    }

    @Override
    public int commShrink(long comm, long excluded, int excludedCount, long newComm, long config, int flags) {
        try {
            return (int) commShrinkHandle.invokeExact(comm, excluded, excludedCount, newComm, config, flags);
        } catch (Throwable e) {
            throw FunctionTable.unexpected(e);
        }
    }

    @Override
    public int commGetUniqueId(long comm, long id) {
        try {
            return (int) commGetUniqueIdHandle.invokeExact(comm, id);
        } catch (Throwable e) {
            throw FunctionTable.unexpected(e);
        }
    }

    @Override
    public int commGrow(long comm, int ranks, long id, int rank, long newComm, long config) {
        try {
            return (int) commGrowHandle.invokeExact(comm, ranks, id, rank, newComm, config);
        } catch (Throwable e) {
            throw FunctionTable.unexpected(e);
        }
    }

    @Override
    public int commSuspend(long comm, int flags) {
        try {
            return (int) commSuspendHandle.invokeExact(comm, flags);
        } catch (Throwable e) {
            throw FunctionTable.unexpected(e);
        }
    }

    @Override
    public int commResume(long comm) {
        try {
            return (int) commResumeHandle.invokeExact(comm);
        } catch (Throwable e) {
            throw FunctionTable.unexpected(e);
        }
    }

    @Override
    public int commMemStats(long comm, int statistic, long value) {
        try {
            return (int) commMemStatsHandle.invokeExact(comm, statistic, value);
        } catch (Throwable e) {
            throw FunctionTable.unexpected(e);
        }
    }

    @Override
    public int commRegister(long comm, long address, long bytes, long handleOut) {
        try {
            return (int) commRegisterHandle.invokeExact(comm, address, bytes, handleOut);
        } catch (Throwable e) {
            throw FunctionTable.unexpected(e);
        }
    }

    @Override
    public int commDeregister(long comm, long handle) {
        try {
            return (int) commDeregisterHandle.invokeExact(comm, handle);
        } catch (Throwable e) {
            throw FunctionTable.unexpected(e);
        }
    }

    @Override
    public int commWindowRegister(long comm, long address, long bytes, long windowOut, int flags) {
        try {
            return (int) commWindowRegisterHandle.invokeExact(comm, address, bytes, windowOut, flags);
        } catch (Throwable e) {
            throw FunctionTable.unexpected(e);
        }
    }

    @Override
    public int commWindowDeregister(long comm, long window) {
        try {
            return (int) commWindowDeregisterHandle.invokeExact(comm, window);
        } catch (Throwable e) {
            throw FunctionTable.unexpected(e);
        }
    }

    @Override
    public int memAlloc(long pointer, long bytes) {
        try {
            return (int) memAllocHandle.invokeExact(pointer, bytes);
        } catch (Throwable e) {
            throw FunctionTable.unexpected(e);
        }
    }

    @Override
    public int memFree(long address) {
        try {
            return (int) memFreeHandle.invokeExact(address);
        } catch (Throwable e) {
            throw FunctionTable.unexpected(e);
        }
    }

    @Override
    public int redOpCreatePreMulSum(long opOut, long scalar, int dataType, int residence, long comm) {
        try {
            return (int) redOpCreatePreMulSumHandle.invokeExact(opOut, scalar, dataType, residence, comm);
        } catch (Throwable e) {
            throw FunctionTable.unexpected(e);
        }
    }

    @Override
    public int redOpDestroy(int op, long comm) {
        try {
            return (int) redOpDestroyHandle.invokeExact(op, comm);
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
            return (int) groupSimulateEndHandle.invokeExact(info);
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
    public int reduce(long send, long recv, long count, int dataType, int op, int root, long comm, long stream) {
        try {
            return (int) reduceHandle.invokeExact(send, recv, count, dataType, op, root, comm, stream);
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
    public int allToAll(long send, long recv, long count, int dataType, long comm, long stream) {
        try {
            return (int) allToAllHandle.invokeExact(send, recv, count, dataType, comm, stream);
        } catch (Throwable e) {
            throw FunctionTable.unexpected(e);
        }
    }

    @Override
    public int gather(long send, long recv, long count, int dataType, int root, long comm, long stream) {
        try {
            return (int) gatherHandle.invokeExact(send, recv, count, dataType, root, comm, stream);
        } catch (Throwable e) {
            throw FunctionTable.unexpected(e);
        }
    }

    @Override
    public int scatter(long send, long recv, long count, int dataType, int root, long comm, long stream) {
        try {
            return (int) scatterHandle.invokeExact(send, recv, count, dataType, root, comm, stream);
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
}
