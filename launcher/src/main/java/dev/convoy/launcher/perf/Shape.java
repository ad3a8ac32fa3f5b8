/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.launcher.perf;

/**
 * How many elements a rank passes to a collective. In place, a rank's part begins at its rank times a stride.
 *
 * @param sendCount elements of the send buffer
 * @param recvCount elements of the receive buffer
 * @param count elements as the C function counts them, which is what the table shows
 * @param sendStride distance of two ranks' send parts in place
 * @param recvStride distance of two ranks' receive parts in place
 */
record Shape(long sendCount, long recvCount, long count, long sendStride, long recvStride) {
    /** What the table calls size. */
    long largestCount() {
        return Math.max(sendCount, recvCount);
    }
}
