/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy;

import java.util.List;

/** What a runtime's libraries may or may not offer, depending on their version. */
public enum Capability {
    /** {@link Communicator#shrink(int[], boolean, CommunicatorOptions)}. */
    SHRINK("ncclCommShrink"),
    /** {@link Communicator#allToAll(DeviceBuffer, DeviceBuffer, Stream)}. */
    ALL_TO_ALL("ncclAlltoAll"),
    /** {@link Communicator#gather(DeviceBuffer, DeviceBuffer, int, Stream)}. */
    GATHER("ncclGather"),
    /** {@link Communicator#scatter(DeviceBuffer, DeviceBuffer, int, Stream)}. */
    SCATTER("ncclScatter"),
    /** {@link Communicator#failedRanks()} names the ranks that died; otherwise it is empty. */
    FAILED_RANKS("convoyCommFailedRanks"),
    /** Waits sleep in the native library, which wakes them; otherwise they poll. */
    NATIVE_WAIT("convoyEventWait", "convoyStreamWait", "convoyCommWaitReady");

    private final List<String> functions;

    Capability(String... functions) {
        this.functions = List.of(functions);
    }

    /** The C functions that all must be there. */
    List<String> functions() {
        return functions;
    }
}
