/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.bindings;

/** NCCL's functions that make, ask and end communicators, as {@link Nccl} describes. */
public interface NcclCommunicators extends NativeLibrary {
    /**
     * Joins a communicator, blocking.
     *
     * @param newComm address of an {@code ncclComm_t} that receives the communicator
     * @param ranks number of ranks
     * @param uniqueId address of the {@code ncclUniqueId}; it is passed by value
     * @param rank rank of the caller
     * @return an {@code ncclResult_t}
     */
    int commInitRank(long newComm, int ranks, long uniqueId, int rank);

    /**
     * Joins a communicator.
     *
     * @param newComm address of an {@code ncclComm_t} that receives the communicator
     * @param ranks number of ranks
     * @param uniqueId address of the {@code ncclUniqueId}; it is passed by value
     * @param rank rank of the caller
     * @param config address of an {@code ncclConfig_t}, or 0
     * @return an {@code ncclResult_t}
     */
    int commInitRankConfig(long newComm, int ranks, long uniqueId, int rank, long config);

    /**
     * Joins a communicator by several ids.
     *
     * @param newComm address of an {@code ncclComm_t} that receives the communicator
     * @param ranks number of ranks
     * @param rank rank of the caller
     * @param idCount number of ids
     * @param ids address of the array of {@code ncclUniqueId}
     * @param config address of an {@code ncclConfig_t}, or 0
     * @return an {@code ncclResult_t}
     */
    int commInitRankScalable(long newComm, int ranks, int rank, int idCount, long ids, long config);

    /**
     * Makes a communicator of several devices of this process.
     *
     * @param comms address of the array of {@code ncclComm_t} that receives the communicators
     * @param deviceCount number of devices
     * @param devices address of the array of device indices, or 0
     * @return an {@code ncclResult_t}
     */
    int commInitAll(long comms, int deviceCount, long devices);

    /**
     * Flushes all operations.
     *
     * @param comm the communicator
     * @return an {@code ncclResult_t}
     */
    int commFinalize(long comm);

    /**
     * Frees a healthy communicator.
     *
     * @param comm the communicator
     * @return an {@code ncclResult_t}
     */
    int commDestroy(long comm);

    /**
     * Ends what is in flight and frees the communicator.
     *
     * @param comm the communicator
     * @return an {@code ncclResult_t}
     */
    int commAbort(long comm);

    /**
     * Stops all operations, so that the communicator can be shrunk or destroyed.
     *
     * @param comm the communicator
     * @param flags flags
     * @return an {@code ncclResult_t}
     */
    int commRevoke(long comm, int flags);

    /**
     * Reads the asynchronous status of a communicator.
     *
     * @param comm the communicator
     * @param asyncError address of an {@code int} that receives the status
     * @return an {@code ncclResult_t}
     */
    int commGetAsyncError(long comm, long asyncError);

    /**
     * Reads the number of ranks.
     *
     * @param comm the communicator
     * @param value address that receives the value
     * @return an {@code ncclResult_t}
     */
    int commCount(long comm, long value);

    /**
     * Reads the device.
     *
     * @param comm the communicator
     * @param value address that receives the value
     * @return an {@code ncclResult_t}
     */
    int commCuDevice(long comm, long value);

    /**
     * Reads the rank.
     *
     * @param comm the communicator
     * @param value address that receives the value
     * @return an {@code ncclResult_t}
     */
    int commUserRank(long comm, long value);

    /**
     * Splits a communicator by color.
     *
     * @param comm the communicator
     * @param color color of the caller
     * @param key key that orders ranks of one color
     * @param newComm address of an {@code ncclComm_t} that receives the communicator
     * @param config address of an {@code ncclConfig_t}, or 0
     * @return an {@code ncclResult_t}
     */
    int commSplit(long comm, int color, int key, long newComm, long config);

    /**
     * Makes a communicator without some ranks.
     *
     * @param comm the communicator
     * @param excluded address of the array of excluded ranks, sorted in place
     * @param excludedCount number of excluded ranks
     * @param newComm address of an {@code ncclComm_t} that receives the communicator
     * @param config address of an {@code ncclConfig_t}, or 0
     * @param flags flags
     * @return an {@code ncclResult_t}
     */
    int commShrink(long comm, long excluded, int excludedCount, long newComm, long config, int flags);

    /**
     * Makes an id by which a communicator grows.
     *
     * @param comm the communicator
     * @param id address of a {@code ncclUniqueId}
     * @return an {@code ncclResult_t}
     */
    int commGetUniqueId(long comm, long id);

    /**
     * Makes a communicator with more ranks.
     *
     * @param comm the communicator
     * @param ranks number of ranks
     * @param id address of a {@code ncclUniqueId}
     * @param rank rank of the caller
     * @param newComm address of an {@code ncclComm_t} that receives the communicator
     * @param config address of an {@code ncclConfig_t}, or 0
     * @return an {@code ncclResult_t}
     */
    int commGrow(long comm, int ranks, long id, int rank, long newComm, long config);

    /**
     * Gives back resources of an idle communicator.
     *
     * @param comm the communicator
     * @param flags flags
     * @return an {@code ncclResult_t}
     */
    int commSuspend(long comm, int flags);

    /**
     * Takes the resources of a suspended communicator again.
     *
     * @param comm the communicator
     * @return an {@code ncclResult_t}
     */
    int commResume(long comm);

    /**
     * Reads how much memory a communicator holds.
     *
     * @param comm the communicator
     * @param statistic an {@code ncclCommMemStat_t}
     * @param value address that receives the value
     * @return an {@code ncclResult_t}
     */
    int commMemStats(long comm, int statistic, long value);
}
