/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.snapshot;

import dev.convoy.DeviceBuffer;
import java.lang.foreign.MemorySegment;

/**
 * Memory of a snapshot that both the device and this process can reach.
 *
 * @param buffer the memory as the communicator and the device's copies take it, in bytes; null where there is no device
 *     (tests)
 * @param bytes the same memory as this process sees it
 */
public record Region(DeviceBuffer buffer, MemorySegment bytes) {
    /** A region without memory. */
    static final Region EMPTY = new Region(null, MemorySegment.ofArray(new byte[0]));

    void close() {
        if (buffer != null) {
            buffer.close();
        }
    }

    /** Where regions come from. */
    @FunctionalInterface
    public interface Source {
        /**
         * Gives memory of any content.
         *
         * @param bytes size, at least 1
         * @return a new region of at least that size
         */
        Region allocate(long bytes);
    }
}
