/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.launcher.perf;

import dev.convoy.DataType;
import dev.convoy.DeviceBuffer;

/**
 * The two buffers of one pass over a case: what is sent, what is received, in place parts of one.
 *
 * @param send what this rank sends
 * @param recv where it receives
 */
record Buffers(DeviceBuffer send, DeviceBuffer recv) {
    /**
     * Cuts the buffers of a case.
     *
     * @param first a rank's first buffer, of the case's type
     * @param second its second one
     * @param shape how many elements
     * @param rank the rank
     * @param inPlace whether both lie in the second buffer
     */
    static Buffers of(DeviceBuffer first, DeviceBuffer second, Shape shape, int rank, boolean inPlace) {
        if (!inPlace) {
            return new Buffers(first.slice(0, shape.sendCount()), second.slice(0, shape.recvCount()));
        }
        return new Buffers(
                second.slice(rank * shape.sendStride(), shape.sendCount()),
                second.slice(rank * shape.recvStride(), shape.recvCount()));
    }

    /** Bytes that overwrite what is received; an element that nobody writes is wrong then. */
    void spoil() {
        DataType type = recv.type();
        Pattern.of(type, 0, recv.count(), index -> -0x5A5A5A5A5A5A5A5BL).fill(recv);
    }
}
