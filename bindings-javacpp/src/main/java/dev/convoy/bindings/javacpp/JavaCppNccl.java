/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.bindings.javacpp;

import dev.convoy.bindings.Nccl;
import dev.convoy.bindings.NcclFunction;
import dev.convoy.bindings.ffm.DynamicLibrary;
import org.bytedeco.cuda.global.nccl;

/** NCCL through JavaCPP, whose bindings are those of 2.29.3. */
final class JavaCppNccl extends JavaCppLibrary implements Nccl, AbsentParameters {
    /** The release whose header JavaCPP was given. */
    private static final int NEWEST = 2_29_03;

    JavaCppNccl(DynamicLibrary library) {
        super(library, NcclFunction.values(), NEWEST);
    }

    @Override
    public int getVersion(long version) {
        Arguments arguments = arguments(NcclFunction.GET_VERSION);
        return nccl.ncclGetVersion(arguments.ints.at(version));
    }

    @Override
    public int getUniqueId(long id) {
        Arguments arguments = arguments(NcclFunction.GET_UNIQUE_ID);
        return nccl.ncclGetUniqueId(arguments.id.at(id));
    }

    @Override
    public String getErrorString(int result) {
        require(NcclFunction.GET_ERROR_STRING);
        return text(nccl.ncclGetErrorString(result));
    }

    @Override
    public String getLastError(long comm) {
        Arguments arguments = arguments(NcclFunction.GET_LAST_ERROR);
        return text(nccl.ncclGetLastError(arguments.comm.at(comm)));
    }

    @Override
    public void resetDebugInit() {
        require(NcclFunction.RESET_DEBUG_INIT);
        nccl.ncclResetDebugInit();
    }

    @Override
    public int commInitRank(long newComm, int ranks, long uniqueId, int rank) {
        Arguments arguments = arguments(NcclFunction.COMM_INIT_RANK);
        return nccl.ncclCommInitRank(arguments.pointers.at(newComm), ranks, arguments.id.at(uniqueId), rank);
    }

    @Override
    public int commInitRankConfig(long newComm, int ranks, long uniqueId, int rank, long config) {
        Arguments arguments = arguments(NcclFunction.COMM_INIT_RANK_CONFIG);
        return nccl.ncclCommInitRankConfig(
                arguments.pointers.at(newComm), ranks, arguments.id.at(uniqueId), rank, arguments.config.at(config));
    }

    @Override
    public int commInitRankScalable(long newComm, int ranks, int rank, int idCount, long ids, long config) {
        Arguments arguments = arguments(NcclFunction.COMM_INIT_RANK_SCALABLE);
        return nccl.ncclCommInitRankScalable(
                arguments.pointers.at(newComm),
                ranks,
                rank,
                idCount,
                arguments.id.at(ids),
                arguments.config.at(config));
    }

    @Override
    public int commInitAll(long comms, int deviceCount, long devices) {
        Arguments arguments = arguments(NcclFunction.COMM_INIT_ALL);
        return nccl.ncclCommInitAll(arguments.pointers.at(comms), deviceCount, arguments.ints.at(devices));
    }

    @Override
    public int commFinalize(long comm) {
        Arguments arguments = arguments(NcclFunction.COMM_FINALIZE);
        return nccl.ncclCommFinalize(arguments.comm.at(comm));
    }

    @Override
    public int commDestroy(long comm) {
        Arguments arguments = arguments(NcclFunction.COMM_DESTROY);
        return nccl.ncclCommDestroy(arguments.comm.at(comm));
    }

    @Override
    public int commAbort(long comm) {
        Arguments arguments = arguments(NcclFunction.COMM_ABORT);
        return nccl.ncclCommAbort(arguments.comm.at(comm));
    }

    @Override
    public int commRevoke(long comm, int flags) {
        Arguments arguments = arguments(NcclFunction.COMM_REVOKE);
        return nccl.ncclCommRevoke(arguments.comm.at(comm), flags);
    }

    @Override
    public int commGetAsyncError(long comm, long asyncError) {
        Arguments arguments = arguments(NcclFunction.COMM_GET_ASYNC_ERROR);
        return nccl.ncclCommGetAsyncError(arguments.comm.at(comm), arguments.ints.at(asyncError));
    }

    @Override
    public int commCount(long comm, long value) {
        Arguments arguments = arguments(NcclFunction.COMM_COUNT);
        return nccl.ncclCommCount(arguments.comm.at(comm), arguments.ints.at(value));
    }

    @Override
    public int commCuDevice(long comm, long value) {
        Arguments arguments = arguments(NcclFunction.COMM_CU_DEVICE);
        return nccl.ncclCommCuDevice(arguments.comm.at(comm), arguments.ints.at(value));
    }

    @Override
    public int commUserRank(long comm, long value) {
        Arguments arguments = arguments(NcclFunction.COMM_USER_RANK);
        return nccl.ncclCommUserRank(arguments.comm.at(comm), arguments.ints.at(value));
    }

    @Override
    public int commSplit(long comm, int color, int key, long newComm, long config) {
        Arguments arguments = arguments(NcclFunction.COMM_SPLIT);
        return nccl.ncclCommSplit(
                arguments.comm.at(comm), color, key, arguments.pointers.at(newComm), arguments.config.at(config));
    }

    @Override
    public int commShrink(long comm, long excluded, int excludedCount, long newComm, long config, int flags) {
        Arguments arguments = arguments(NcclFunction.COMM_SHRINK);
        return nccl.ncclCommShrink(
                arguments.comm.at(comm),
                arguments.ints.at(excluded),
                excludedCount,
                arguments.pointers.at(newComm),
                arguments.config.at(config),
                flags);
    }

    @Override
    public int commGetUniqueId(long comm, long id) {
        Arguments arguments = arguments(NcclFunction.COMM_GET_UNIQUE_ID);
        return nccl.ncclCommGetUniqueId(arguments.comm.at(comm), arguments.id.at(id));
    }

    @Override
    public int commGrow(long comm, int ranks, long id, int rank, long newComm, long config) {
        Arguments arguments = arguments(NcclFunction.COMM_GROW);
        return nccl.ncclCommGrow(
                arguments.comm.at(comm),
                ranks,
                arguments.id.at(id),
                rank,
                arguments.pointers.at(newComm),
                arguments.config.at(config));
    }

    @Override
    public int commSuspend(long comm, int flags) {
        throw absent(NcclFunction.COMM_SUSPEND);
    }

    @Override
    public int commResume(long comm) {
        throw absent(NcclFunction.COMM_RESUME);
    }

    @Override
    public int commMemStats(long comm, int statistic, long value) {
        throw absent(NcclFunction.COMM_MEM_STATS);
    }

    @Override
    public int commRegister(long comm, long address, long bytes, long handleOut) {
        Arguments arguments = arguments(NcclFunction.COMM_REGISTER);
        return nccl.ncclCommRegister(
                arguments.comm.at(comm), arguments.first.at(address), bytes, arguments.pointers.at(handleOut));
    }

    @Override
    public int commDeregister(long comm, long handle) {
        Arguments arguments = arguments(NcclFunction.COMM_DEREGISTER);
        return nccl.ncclCommDeregister(arguments.comm.at(comm), arguments.first.at(handle));
    }

    @Override
    public int memAlloc(long pointer, long bytes) {
        Arguments arguments = arguments(NcclFunction.MEM_ALLOC);
        return nccl.ncclMemAlloc(arguments.pointers.at(pointer), bytes);
    }

    @Override
    public int memFree(long address) {
        Arguments arguments = arguments(NcclFunction.MEM_FREE);
        return nccl.ncclMemFree(arguments.first.at(address));
    }

    @Override
    public int commWindowRegister(long comm, long address, long bytes, long windowOut, int flags) {
        Arguments arguments = arguments(NcclFunction.COMM_WINDOW_REGISTER);
        return nccl.ncclCommWindowRegister(
                arguments.comm.at(comm), arguments.first.at(address), bytes, arguments.pointers.at(windowOut), flags);
    }

    @Override
    public int commWindowDeregister(long comm, long window) {
        Arguments arguments = arguments(NcclFunction.COMM_WINDOW_DEREGISTER);
        return nccl.ncclCommWindowDeregister(arguments.comm.at(comm), arguments.window.at(window));
    }

    @Override
    public int winGetUserPtr(long comm, long window, long pointer) {
        Arguments arguments = arguments(NcclFunction.WIN_GET_USER_PTR);
        return nccl.ncclWinGetUserPtr(
                arguments.comm.at(comm), arguments.window.at(window), arguments.pointers.at(pointer));
    }

    @Override
    public int putSignal(
            long local,
            long count,
            int dataType,
            int peer,
            long window,
            long offset,
            int signal,
            int context,
            int flags,
            long comm,
            long stream) {
        Arguments arguments = arguments(NcclFunction.PUT_SIGNAL);
        return nccl.ncclPutSignal(
                arguments.first.at(local),
                count,
                dataType,
                peer,
                arguments.window.at(window),
                offset,
                signal,
                context,
                flags,
                arguments.comm.at(comm),
                arguments.stream.at(stream));
    }

    @Override
    public int signal(int peer, int signal, int context, int flags, long comm, long stream) {
        Arguments arguments = arguments(NcclFunction.SIGNAL);
        return nccl.ncclSignal(peer, signal, context, flags, arguments.comm.at(comm), arguments.stream.at(stream));
    }

    @Override
    public int waitSignal(int count, long descriptors, long comm, long stream) {
        Arguments arguments = arguments(NcclFunction.WAIT_SIGNAL);
        return nccl.ncclWaitSignal(
                count, arguments.signals.at(descriptors), arguments.comm.at(comm), arguments.stream.at(stream));
    }

    @Override
    public int redOpCreatePreMulSum(long opOut, long scalar, int dataType, int residence, long comm) {
        Arguments arguments = arguments(NcclFunction.RED_OP_CREATE_PRE_MUL_SUM);
        return nccl.ncclRedOpCreatePreMulSum(
                arguments.ints.at(opOut), arguments.first.at(scalar), dataType, residence, arguments.comm.at(comm));
    }

    @Override
    public int redOpDestroy(int op, long comm) {
        Arguments arguments = arguments(NcclFunction.RED_OP_DESTROY);
        return nccl.ncclRedOpDestroy(op, arguments.comm.at(comm));
    }

    @Override
    public int groupStart() {
        require(NcclFunction.GROUP_START);
        return nccl.ncclGroupStart();
    }

    @Override
    public int groupEnd() {
        require(NcclFunction.GROUP_END);
        return nccl.ncclGroupEnd();
    }

    @Override
    public int groupSimulateEnd(long info) {
        Arguments arguments = arguments(NcclFunction.GROUP_SIMULATE_END);
        return nccl.ncclGroupSimulateEnd(arguments.simulation.at(info));
    }

    @Override
    public int allReduce(long send, long recv, long count, int dataType, int op, long comm, long stream) {
        Arguments arguments = arguments(NcclFunction.ALL_REDUCE);
        return nccl.ncclAllReduce(
                arguments.first.at(send),
                arguments.second.at(recv),
                count,
                dataType,
                op,
                arguments.comm.at(comm),
                arguments.stream.at(stream));
    }

    @Override
    public int broadcast(long send, long recv, long count, int dataType, int root, long comm, long stream) {
        Arguments arguments = arguments(NcclFunction.BROADCAST);
        return nccl.ncclBroadcast(
                arguments.first.at(send),
                arguments.second.at(recv),
                count,
                dataType,
                root,
                arguments.comm.at(comm),
                arguments.stream.at(stream));
    }

    @Override
    public int bcast(long buffer, long count, int dataType, int root, long comm, long stream) {
        Arguments arguments = arguments(NcclFunction.BCAST);
        return nccl.ncclBcast(
                arguments.first.at(buffer),
                count,
                dataType,
                root,
                arguments.comm.at(comm),
                arguments.stream.at(stream));
    }

    @Override
    public int reduce(long send, long recv, long count, int dataType, int op, int root, long comm, long stream) {
        Arguments arguments = arguments(NcclFunction.REDUCE);
        return nccl.ncclReduce(
                arguments.first.at(send),
                arguments.second.at(recv),
                count,
                dataType,
                op,
                root,
                arguments.comm.at(comm),
                arguments.stream.at(stream));
    }

    @Override
    public int allGather(long send, long recv, long count, int dataType, long comm, long stream) {
        Arguments arguments = arguments(NcclFunction.ALL_GATHER);
        return nccl.ncclAllGather(
                arguments.first.at(send),
                arguments.second.at(recv),
                count,
                dataType,
                arguments.comm.at(comm),
                arguments.stream.at(stream));
    }

    @Override
    public int reduceScatter(long send, long recv, long count, int dataType, int op, long comm, long stream) {
        Arguments arguments = arguments(NcclFunction.REDUCE_SCATTER);
        return nccl.ncclReduceScatter(
                arguments.first.at(send),
                arguments.second.at(recv),
                count,
                dataType,
                op,
                arguments.comm.at(comm),
                arguments.stream.at(stream));
    }

    @Override
    public int alltoAll(long send, long recv, long count, int dataType, long comm, long stream) {
        Arguments arguments = arguments(NcclFunction.ALL_TO_ALL);
        return nccl.ncclAlltoAll(
                arguments.first.at(send),
                arguments.second.at(recv),
                count,
                dataType,
                arguments.comm.at(comm),
                arguments.stream.at(stream));
    }

    @Override
    public int gather(long send, long recv, long count, int dataType, int root, long comm, long stream) {
        Arguments arguments = arguments(NcclFunction.GATHER);
        return nccl.ncclGather(
                arguments.first.at(send),
                arguments.second.at(recv),
                count,
                dataType,
                root,
                arguments.comm.at(comm),
                arguments.stream.at(stream));
    }

    @Override
    public int scatter(long send, long recv, long count, int dataType, int root, long comm, long stream) {
        Arguments arguments = arguments(NcclFunction.SCATTER);
        return nccl.ncclScatter(
                arguments.first.at(send),
                arguments.second.at(recv),
                count,
                dataType,
                root,
                arguments.comm.at(comm),
                arguments.stream.at(stream));
    }

    @Override
    public int send(long send, long count, int dataType, int peer, long comm, long stream) {
        Arguments arguments = arguments(NcclFunction.SEND);
        return nccl.ncclSend(
                arguments.first.at(send), count, dataType, peer, arguments.comm.at(comm), arguments.stream.at(stream));
    }

    @Override
    public int recv(long recv, long count, int dataType, int peer, long comm, long stream) {
        Arguments arguments = arguments(NcclFunction.RECV);
        return nccl.ncclRecv(
                arguments.first.at(recv), count, dataType, peer, arguments.comm.at(comm), arguments.stream.at(stream));
    }

    @Override
    int version() {
        return read(this::getVersion);
    }
}
