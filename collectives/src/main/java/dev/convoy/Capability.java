/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy;

import java.util.List;

/** What a runtime's libraries may or may not offer, depending on their version. */
public enum Capability {
    /** {@link Communicator#shrink(int[], boolean, CommunicatorOptions)}. */
    SHRINK("ncclCommShrink"),
    /** {@link Communicator#split(int, int, CommunicatorOptions)}. */
    SPLIT("ncclCommSplit"),
    /** {@link Communicator#grow(int, UniqueId, CommunicatorOptions)} and joining what grows. */
    GROW("ncclCommGrow", "ncclCommGetUniqueId"),
    /** {@link Communicator#stopOperations()}. */
    STOP_OPERATIONS("ncclCommRevoke"),
    /** {@link Communicator#init(Device, java.util.List, int, int, CommunicatorOptions)} with several ids. */
    SEVERAL_IDS("ncclCommInitRankScalable"),
    /** {@link Registration} and {@link Device#allocateShareable(DataType, long)}. */
    REGISTRATION("ncclCommRegister", "ncclCommDeregister", "ncclMemAlloc", "ncclMemFree"),
    /** {@link Window}. */
    WINDOWS("ncclCommWindowRegister", "ncclCommWindowDeregister"),
    /** {@link Window#put(DeviceBuffer, int, long, Stream)} and signals. */
    ONE_SIDED("ncclPutSignal", "ncclSignal", "ncclWaitSignal"),
    /** The library has all-to-all itself; otherwise it is a group of sends and receives. */
    ALL_TO_ALL("ncclAlltoAll"),
    /** The library gathers itself; otherwise it is a group of sends and receives. */
    GATHER("ncclGather"),
    /** The library scatters itself; otherwise it is a group of sends and receives. */
    SCATTER("ncclScatter"),
    /** {@link Communicator#capture(Stream, Runnable)}; the host runtime has no graphs. */
    GRAPHS(
            "cudaStreamBeginCapture",
            "cudaStreamEndCapture",
            "cudaGraphInstantiateWithFlags",
            "cudaGraphLaunch",
            "cudaGraphExecDestroy",
            "cudaGraphDestroy"),
    /** {@link Communicator#failedRanks()} names the ranks that died; otherwise it is empty. */
    FAILED_RANKS("convoyCommFailedRanks"),
    /** Waits sleep in the native library, which wakes them; otherwise they poll. */
    NATIVE_WAIT("convoyEventWait", "convoyStreamWait", "convoyCommWaitReady"),
    /**
     * {@link Communicator#recv(DeviceBuffer, int, DeviceBuffer, Stream)} and {@link CheckedCopy} read what they
     * checksum once.
     */
    CHECKED_COPY("convoyCopyChecksum", "convoyRecvChecksum");

    private final List<String> functions;

    Capability(String... functions) {
        this.functions = List.of(functions);
    }

    /** The C functions that all must be there. */
    List<String> functions() {
        return functions;
    }
}
