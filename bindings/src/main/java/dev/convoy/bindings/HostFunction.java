/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.bindings;

/** What the host runtime exports beyond NCCL and CUDA. */
public enum HostFunction implements NativeFunction {
    /** {@code convoyHostVersion}. */
    HOST_VERSION("convoyHostVersion", "()T"),
    /** {@code convoyStreamWait}. */
    STREAM_WAIT("convoyStreamWait", "(LL)I"),
    /** {@code convoyStreamCounters}. */
    STREAM_COUNTERS("convoyStreamCounters", "(LL)I"),
    /** {@code convoyEventWait}. */
    EVENT_WAIT("convoyEventWait", "(LL)I"),
    /** {@code convoyCommFailedRanks}. */
    COMM_FAILED_RANKS("convoyCommFailedRanks", "(LLIL)I"),
    /** {@code convoyCommWaitReady}. */
    COMM_WAIT_READY("convoyCommWaitReady", "(LL)I"),
    /** {@code convoyCommProgress}. */
    COMM_PROGRESS("convoyCommProgress", "(LLL)I"),
    /** {@code convoyKernelLaunch}. */
    KERNEL_LAUNCH("convoyKernelLaunch", "(ILLL)I"),
    /** {@code convoyCopyChecksum}. */
    COPY_CHECKSUM("convoyCopyChecksum", "(LLLL)I"),
    /** {@code convoyRecvChecksum}. */
    RECV_CHECKSUM("convoyRecvChecksum", "(LLIILLL)I");

    private final Prototype prototype;

    HostFunction(String symbol, String signature) {
        prototype = new Prototype(symbol, 0, signature);
    }

    @Override
    public Origin origin() {
        return Origin.HOST;
    }

    @Override
    public Prototype prototype() {
        return prototype;
    }
}
