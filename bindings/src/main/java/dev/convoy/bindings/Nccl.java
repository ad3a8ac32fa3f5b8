/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.bindings;

/**
 * The functions of NCCL up to 2.30.7, one to one: C names without their prefix, addresses as {@code long}, statuses as
 * they are.
 *
 * <p>A function that the loaded library lacks throws {@link AbsentFunctionException}; {@link #supports(String)} tells.
 * Nothing is checked here. NCCL's thread rules apply: one thread at a time drives a communicator.
 */
public interface Nccl extends NcclCommunicators, NcclMemory, NcclParameters {
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

    /** Reads the environment variables about logging again. NCCL itself no longer supports it. */
    void resetDebugInit();

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
     * Copies from the root to all ranks, in place: the older form of {@link #broadcast(long, long, long, int, int,
     * long, long)}.
     *
     * @param buffer address of the data
     * @param count number of elements
     * @param dataType an {@code ncclDataType_t}
     * @param root rank of the root
     * @param comm the communicator
     * @param stream the stream
     * @return an {@code ncclResult_t}
     */
    int bcast(long buffer, long count, int dataType, int root, long comm, long stream);

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
    int alltoAll(long send, long recv, long count, int dataType, long comm, long stream);

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
