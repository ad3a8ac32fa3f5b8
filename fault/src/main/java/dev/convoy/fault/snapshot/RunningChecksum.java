/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.snapshot;

import java.lang.foreign.MemorySegment;
import java.util.zip.CRC32C;

/**
 * The CRC32C of a region that is filled from front to back. It follows the filling by a piece, so that it reads from
 * the cache what would otherwise have to come from memory once more.
 */
final class RunningChecksum {
    private final MemorySegment region;
    private final CRC32C crc = new CRC32C();
    private long done;

    RunningChecksum(MemorySegment region) {
        this.region = region;
    }

    /**
     * Takes in what lies before a position; the bytes must be there, and stay.
     *
     * @param position not beyond the region; nothing happens where the checksum is further already
     */
    void through(long position) {
        while (done < position) {
            long length = Math.min(Checksum.PIECE, position - done);
            crc.update(region.asSlice(done, length).asByteBuffer());
            done += length;
        }
    }

    /** The checksum of the whole region, the rest of which must be there now. */
    long value() {
        through(region.byteSize());
        return crc.getValue();
    }
}
