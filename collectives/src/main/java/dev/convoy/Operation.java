/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy;

/** What a communicator does; in errors and observations. */
public enum Operation {
    /** Forming a communicator. */
    INIT("ncclCommInitRankConfig"),
    /** Forming a communicator out of another's remaining ranks. */
    SHRINK("ncclCommShrink"),
    /** Flushing all operations before the end. */
    FINALIZE("ncclCommFinalize"),
    /** Starting the operations of a group. */
    GROUP("ncclGroupEnd"),
    /** Waiting for a stream under a communicator's watch. */
    SYNCHRONIZE("cudaStreamQuery"),
    /** Reduction over all ranks, to all ranks. */
    ALL_REDUCE("ncclAllReduce"),
    /** Copy from the root to all ranks. */
    BROADCAST("ncclBroadcast"),
    /** Reduction over all ranks, to the root. */
    REDUCE("ncclReduce"),
    /** Concatenation over all ranks, to all ranks. */
    ALL_GATHER("ncclAllGather"),
    /** Reduction over all ranks, a part to each. */
    REDUCE_SCATTER("ncclReduceScatter"),
    /** Part i goes to rank i. */
    ALL_TO_ALL("ncclAlltoAll"),
    /** Concatenation over all ranks, to the root. */
    GATHER("ncclGather"),
    /** Part i of the root goes to rank i. */
    SCATTER("ncclScatter"),
    /** Sending to one rank. */
    SEND("ncclSend"),
    /** Receiving from one rank. */
    RECV("ncclRecv"),
    /** Parts of varying size go to all ranks. */
    ALL_TO_ALL_V("ncclGroupEnd"),
    /** Concatenation of varying counts over all ranks, to all ranks. */
    ALL_GATHER_V("ncclGroupEnd"),
    /** Forming communicators out of the ranks of another. */
    SPLIT("ncclCommSplit"),
    /** Forming a communicator out of another and new ranks. */
    GROW("ncclCommGrow"),
    /** Ending all operations of this rank. */
    REVOKE("ncclCommRevoke"),
    /** Making an operator. */
    PRE_MUL_SUM("ncclRedOpCreatePreMulSum"),
    /** Registering a buffer. */
    REGISTER("ncclCommRegister"),
    /** Registering a window. */
    WINDOW("ncclCommWindowRegister"),
    /** Writing into another rank's window. */
    PUT("ncclPutSignal"),
    /** Signalling another rank. */
    SIGNAL("ncclSignal"),
    /** Waiting for another rank's signals. */
    WAIT_SIGNAL("ncclWaitSignal"),
    /** Doing what a {@link Graph} recorded. */
    GRAPH_LAUNCH("cudaGraphLaunch");

    private final String function;

    Operation(String function) {
        this.function = function;
    }

    /**
     * The C function behind the operation.
     *
     * @return such as {@code ncclAllReduce}
     */
    public String function() {
        return function;
    }
}
