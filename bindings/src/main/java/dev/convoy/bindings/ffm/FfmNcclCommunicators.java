/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.bindings.ffm;

import dev.convoy.bindings.NativeMemory;
import dev.convoy.bindings.NcclCommunicators;
import dev.convoy.bindings.NcclFunction;
import dev.convoy.bindings.NcclLayouts;

/** {@link NcclCommunicators} by handles that are linked at their first call. */
interface FfmNcclCommunicators extends NcclCommunicators, LinkedLibrary {
    @Override
    default int commInitRank(long newComm, int ranks, long uniqueId, int rank) {
        try {
            return (int) table().handle(NcclFunction.COMM_INIT_RANK)
                    .invokeExact(newComm, ranks, NativeMemory.view(uniqueId, NcclLayouts.UNIQUE_ID.byteSize()), rank);
        } catch (Throwable e) {
            throw FunctionTable.unexpected(e);
        }
    }

    @Override
    default int commInitRankConfig(long newComm, int ranks, long uniqueId, int rank, long config) {
        try {
            return (int) table().handle(NcclFunction.COMM_INIT_RANK_CONFIG)
                    .invokeExact(
                            newComm,
                            ranks,
                            NativeMemory.view(uniqueId, NcclLayouts.UNIQUE_ID.byteSize()),
                            rank,
                            config);
        } catch (Throwable e) {
            throw FunctionTable.unexpected(e);
        }
    }

    @Override
    default int commInitRankScalable(long newComm, int ranks, int rank, int idCount, long ids, long config) {
        try {
            return (int) table().handle(NcclFunction.COMM_INIT_RANK_SCALABLE)
                    .invokeExact(newComm, ranks, rank, idCount, ids, config);
        } catch (Throwable e) {
            throw FunctionTable.unexpected(e);
        }
    }

    @Override
    default int commInitAll(long comms, int deviceCount, long devices) {
        try {
            return (int) table().handle(NcclFunction.COMM_INIT_ALL).invokeExact(comms, deviceCount, devices);
        } catch (Throwable e) {
            throw FunctionTable.unexpected(e);
        }
    }

    @Override
    default int commFinalize(long comm) {
        try {
            return (int) table().handle(NcclFunction.COMM_FINALIZE).invokeExact(comm);
        } catch (Throwable e) {
            throw FunctionTable.unexpected(e);
        }
    }

    @Override
    default int commDestroy(long comm) {
        try {
            return (int) table().handle(NcclFunction.COMM_DESTROY).invokeExact(comm);
        } catch (Throwable e) {
            throw FunctionTable.unexpected(e);
        }
    }

    @Override
    default int commAbort(long comm) {
        try {
            return (int) table().handle(NcclFunction.COMM_ABORT).invokeExact(comm);
        } catch (Throwable e) {
            throw FunctionTable.unexpected(e);
        }
    }

    @Override
    default int commRevoke(long comm, int flags) {
        try {
            return (int) table().handle(NcclFunction.COMM_REVOKE).invokeExact(comm, flags);
        } catch (Throwable e) {
            throw FunctionTable.unexpected(e);
        }
    }

    @Override
    default int commCount(long comm, long value) {
        try {
            return (int) table().handle(NcclFunction.COMM_COUNT).invokeExact(comm, value);
        } catch (Throwable e) {
            throw FunctionTable.unexpected(e);
        }
    }

    @Override
    default int commCuDevice(long comm, long value) {
        try {
            return (int) table().handle(NcclFunction.COMM_CU_DEVICE).invokeExact(comm, value);
        } catch (Throwable e) {
            throw FunctionTable.unexpected(e);
        }
    }

    @Override
    default int commUserRank(long comm, long value) {
        try {
            return (int) table().handle(NcclFunction.COMM_USER_RANK).invokeExact(comm, value);
        } catch (Throwable e) {
            throw FunctionTable.unexpected(e);
        }
    }

    @Override
    default int commSplit(long comm, int color, int key, long newComm, long config) {
        try {
            return (int) table().handle(NcclFunction.COMM_SPLIT).invokeExact(comm, color, key, newComm, config);
        } catch (Throwable e) {
            throw FunctionTable.unexpected(e);
        }
    }

    @Override
    default int commShrink(long comm, long excluded, int excludedCount, long newComm, long config, int flags) {
        try {
            return (int) table().handle(NcclFunction.COMM_SHRINK)
                    .invokeExact(comm, excluded, excludedCount, newComm, config, flags);
        } catch (Throwable e) {
            throw FunctionTable.unexpected(e);
        }
    }

    @Override
    default int commGetUniqueId(long comm, long id) {
        try {
            return (int) table().handle(NcclFunction.COMM_GET_UNIQUE_ID).invokeExact(comm, id);
        } catch (Throwable e) {
            throw FunctionTable.unexpected(e);
        }
    }

    @Override
    default int commGrow(long comm, int ranks, long id, int rank, long newComm, long config) {
        try {
            return (int) table().handle(NcclFunction.COMM_GROW).invokeExact(comm, ranks, id, rank, newComm, config);
        } catch (Throwable e) {
            throw FunctionTable.unexpected(e);
        }
    }

    @Override
    default int commSuspend(long comm, int flags) {
        try {
            return (int) table().handle(NcclFunction.COMM_SUSPEND).invokeExact(comm, flags);
        } catch (Throwable e) {
            throw FunctionTable.unexpected(e);
        }
    }

    @Override
    default int commResume(long comm) {
        try {
            return (int) table().handle(NcclFunction.COMM_RESUME).invokeExact(comm);
        } catch (Throwable e) {
            throw FunctionTable.unexpected(e);
        }
    }

    @Override
    default int commMemStats(long comm, int statistic, long value) {
        try {
            return (int) table().handle(NcclFunction.COMM_MEM_STATS).invokeExact(comm, statistic, value);
        } catch (Throwable e) {
            throw FunctionTable.unexpected(e);
        }
    }
}
