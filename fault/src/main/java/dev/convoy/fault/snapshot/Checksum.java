/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.snapshot;

import java.lang.foreign.MemorySegment;
import java.util.zip.CRC32C;

/** CRC32C of memory outside or on the heap. */
public final class Checksum {
    private static final long CHUNK = 1L << 30;

    private Checksum() {}

    /**
     * Checksum of a whole segment.
     *
     * @param memory any size
     * @return the checksum, 0 to 2^32 − 1
     */
    public static long of(MemorySegment memory) {
        return of(memory, 0, memory.byteSize());
    }

    /**
     * Checksum of a part of a segment.
     *
     * @param memory any size
     * @param offset first byte
     * @param bytes length
     * @return the checksum, 0 to 2^32 − 1
     */
    public static long of(MemorySegment memory, long offset, long bytes) {
        CRC32C crc = new CRC32C();
        for (long done = 0; done < bytes; ) {
            long length = Math.min(CHUNK, bytes - done);
            crc.update(memory.asSlice(offset + done, length).asByteBuffer());
            done += length;
        }
        return crc.getValue();
    }
}
