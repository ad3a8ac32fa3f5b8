/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.snapshot;

import dev.convoy.CheckedCopy;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * The checksums of a region, chunk by chunk. A chunk is what is copied, compared, exchanged and repaired at once. The
 * checksum of the whole is joined from them, without a look at the bytes.
 */
final class ChunkSums {
    /** Bytes of a chunk; large beside a meeting of two ranks, and small enough for a core's cache. */
    static final long CHUNK = 1L << 20;

    private static final long UNKNOWN = -1;

    private final MemorySegment region;
    private final long chunkBytes;
    private final long[] sums;

    /**
     * Starts without any checksum.
     *
     * @param region what is checksummed
     */
    ChunkSums(MemorySegment region) {
        this(region, CHUNK);
    }

    /**
     * Starts without any checksum.
     *
     * @param region what is checksummed
     * @param chunkBytes length of all chunks but the last, not more than {@link #CHUNK}
     */
    ChunkSums(MemorySegment region, long chunkBytes) {
        this.region = region;
        this.chunkBytes = chunkBytes;
        sums = new long[Math.toIntExact((region.byteSize() + chunkBytes - 1) / chunkBytes)];
        Arrays.fill(sums, UNKNOWN);
    }

    int count() {
        return sums.length;
    }

    MemorySegment bytes(int chunk) {
        return region.asSlice(offset(chunk), length(chunk));
    }

    long offset(int chunk) {
        return chunk * chunkBytes;
    }

    long length(int chunk) {
        return Math.min(chunkBytes, region.byteSize() - offset(chunk));
    }

    /** Notes the checksum of what was put into a chunk. */
    void put(int chunk, long checksum) {
        sums[chunk] = checksum;
    }

    /** The checksum of a chunk; one that was not noted is that of what lies there now. */
    long of(int chunk) {
        if (sums[chunk] == UNKNOWN) {
            sums[chunk] = CheckedCopy.checksum(bytes(chunk));
        }
        return sums[chunk];
    }

    /** Whether a chunk still is what it was when its checksum was noted; reads it. */
    boolean holds(int chunk) {
        return sums[chunk] == UNKNOWN || sums[chunk] == CheckedCopy.checksum(bytes(chunk));
    }

    /** The checksum of the whole region. */
    long whole() {
        JoinedChecksum joined = new JoinedChecksum();
        for (int chunk = 0; chunk < sums.length; chunk++) {
            joined.add(of(chunk), length(chunk));
        }
        return joined.value();
    }
}
