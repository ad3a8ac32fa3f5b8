/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.snapshot;

import java.lang.foreign.MemorySegment;

/** CRC32C of memory outside or on the heap. */
public final class Checksum {
    /** Bytes taken at once: a thread that is inside holds a garbage collection up. */
    static final long PIECE = 1L << 20;

    private Checksum() {}

    /**
     * Checksum of a whole segment.
     *
     * @param memory any size
     * @return the checksum, 0 to 2^32 − 1
     */
    public static long of(MemorySegment memory) {
        return new RunningChecksum(memory).value();
    }
}
