/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.bindings;

/**
 * The functions of NCCL, one to one: C names without their prefix, addresses as {@code long}, statuses as they are.
 *
 * <p>Functions newer than the loaded library throw {@link UnsupportedOperationException}; {@link #supports(String)}
 * tells. Nothing is checked here. NCCL's thread rules apply: one thread at a time drives a communicator.
 */
public interface Nccl extends NativeLibrary {
    /**
     * Reads the version of the library.
     *
     * @param version address of an {@code int} that receives the version
     * @return an {@code ncclResult_t}
     */
    int getVersion(long version);

    /**
     * Makes an id by which ranks find each other.
     *
     * @param id address of a {@code ncclUniqueId}
     * @return an {@code ncclResult_t}
     */
    int getUniqueId(long id);

    /**
     * Describes a status.
     *
     * @param result an {@code ncclResult_t}
     * @return the text
     */
    String getErrorString(int result);

    /**
     * Describes what last went wrong, as the library tells it.
     *
     * @param comm the communicator
     * @return the text
     */
    String getLastError(long comm);

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

    /**
     * Registers a buffer.
     *
     * @param comm the communicator
     * @param address address of the memory
     * @param bytes size in bytes
     * @param handleOut address that receives the handle
     * @return an {@code ncclResult_t}
     */
    int commRegister(long comm, long address, long bytes, long handleOut);

    /**
     * Ends a registration.
     *
     * @param comm the communicator
     * @param handle handle of the registration
     * @return an {@code ncclResult_t}
     */
    int commDeregister(long comm, long handle);

    /**
     * Registers a window, collectively.
     *
     * @param comm the communicator
     * @param address address of the memory
     * @param bytes size in bytes
     * @param windowOut address that receives the window
     * @param flags flags
     * @return an {@code ncclResult_t}
     */
    int commWindowRegister(long comm, long address, long bytes, long windowOut, int flags);

    /**
     * Ends a window.
     *
     * @param comm the communicator
     * @param window the window
     * @return an {@code ncclResult_t}
     */
    int commWindowDeregister(long comm, long window);

    /**
     * Allocates device memory that suits registration.
     *
     * @param pointer address of a {@code void*} that receives the address
     * @param bytes size in bytes
     * @return an {@code ncclResult_t}
     */
    int memAlloc(long pointer, long bytes);

    /**
     * Frees memory of {@code ncclMemAlloc}.
     *
     * @param address address of the memory
     * @return an {@code ncclResult_t}
     */
    int memFree(long address);

    /**
     * Makes an operator that multiplies by a scalar, then sums.
     *
     * @param opOut address of an {@code int} that receives the operator
     * @param scalar address of the scalar
     * @param dataType an {@code ncclDataType_t}
     * @param residence an {@code ncclScalarResidence_t}
     * @param comm the communicator
     * @return an {@code ncclResult_t}
     */
    int redOpCreatePreMulSum(long opOut, long scalar, int dataType, int residence, long comm);

    /**
     * Frees an operator.
     *
     * @param op an {@code ncclRedOp_t}
     * @param comm the communicator
     * @return an {@code ncclResult_t}
     */
    int redOpDestroy(int op, long comm);

    /**
     * Starts a group of the calling thread.
     *
     * @return an {@code ncclResult_t}
     */
    int groupStart();

    /**
     * Ends the group and starts its operations.
     *
     * @return an {@code ncclResult_t}
     */
    int groupEnd();

    /**
     * Ends the group and estimates its time.
     *
     * @param info address of an {@code ncclSimInfo_t}
     * @return an {@code ncclResult_t}
     */
    int groupSimulateEnd(long info);

    /**
     * Reduces over all ranks, to all ranks.
     *
     * @param send address of the data to send
     * @param recv address that receives the result
     * @param count number of elements
     * @param dataType an {@code ncclDataType_t}
     * @param op an {@code ncclRedOp_t}
     * @param comm the communicator
     * @param stream the stream
     * @return an {@code ncclResult_t}
     */
    int allReduce(long send, long recv, long count, int dataType, int op, long comm, long stream);

    /**
     * Copies from the root to all ranks.
     *
     * @param send address of the data to send
     * @param recv address that receives the result
     * @param count number of elements
     * @param dataType an {@code ncclDataType_t}
     * @param root rank of the root
     * @param comm the communicator
     * @param stream the stream
     * @return an {@code ncclResult_t}
     */
    int broadcast(long send, long recv, long count, int dataType, int root, long comm, long stream);

    /**
     * Reduces over all ranks, to the root.
     *
     * @param send address of the data to send
     * @param recv address that receives the result
     * @param count number of elements
     * @param dataType an {@code ncclDataType_t}
     * @param op an {@code ncclRedOp_t}
     * @param root rank of the root
     * @param comm the communicator
     * @param stream the stream
     * @return an {@code ncclResult_t}
     */
    int reduce(long send, long recv, long count, int dataType, int op, int root, long comm, long stream);

    /**
     * Concatenates over all ranks, to all ranks.
     *
     * @param send address of the data to send
     * @param recv address that receives the result
     * @param count number of elements
     * @param dataType an {@code ncclDataType_t}
     * @param comm the communicator
     * @param stream the stream
     * @return an {@code ncclResult_t}
     */
    int allGather(long send, long recv, long count, int dataType, long comm, long stream);

    /**
     * Reduces over all ranks, a part to each.
     *
     * @param send address of the data to send
     * @param recv address that receives the result
     * @param count number of elements
     * @param dataType an {@code ncclDataType_t}
     * @param op an {@code ncclRedOp_t}
     * @param comm the communicator
     * @param stream the stream
     * @return an {@code ncclResult_t}
     */
    int reduceScatter(long send, long recv, long count, int dataType, int op, long comm, long stream);

    /**
     * Sends part i to rank i.
     *
     * @param send address of the data to send
     * @param recv address that receives the result
     * @param count number of elements
     * @param dataType an {@code ncclDataType_t}
     * @param comm the communicator
     * @param stream the stream
     * @return an {@code ncclResult_t}
     */
    int allToAll(long send, long recv, long count, int dataType, long comm, long stream);

    /**
     * Concatenates over all ranks, to the root.
     *
     * @param send address of the data to send
     * @param recv address that receives the result
     * @param count number of elements
     * @param dataType an {@code ncclDataType_t}
     * @param root rank of the root
     * @param comm the communicator
     * @param stream the stream
     * @return an {@code ncclResult_t}
     */
    int gather(long send, long recv, long count, int dataType, int root, long comm, long stream);

    /**
     * Sends part i of the root to rank i.
     *
     * @param send address of the data to send
     * @param recv address that receives the result
     * @param count number of elements
     * @param dataType an {@code ncclDataType_t}
     * @param root rank of the root
     * @param comm the communicator
     * @param stream the stream
     * @return an {@code ncclResult_t}
     */
    int scatter(long send, long recv, long count, int dataType, int root, long comm, long stream);

    /**
     * Sends to one rank.
     *
     * @param send address of the data to send
     * @param count number of elements
     * @param dataType an {@code ncclDataType_t}
     * @param peer rank of the peer
     * @param comm the communicator
     * @param stream the stream
     * @return an {@code ncclResult_t}
     */
    int send(long send, long count, int dataType, int peer, long comm, long stream);

    /**
     * Receives from one rank.
     *
     * @param recv address that receives the result
     * @param count number of elements
     * @param dataType an {@code ncclDataType_t}
     * @param peer rank of the peer
     * @param comm the communicator
     * @param stream the stream
     * @return an {@code ncclResult_t}
     */
    int recv(long recv, long count, int dataType, int peer, long comm, long stream);
}
