/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.snapshot;

import dev.convoy.fault.protocol.ParityRing;
import java.util.Arrays;

/**
 * How the shards of a group are cut for their parity. A shard's chunks, all of one length but the last, are dealt to
 * its pieces one by one; those that are dealt together are a row, and a row of a stripe has a chunk of the same length
 * for each of its parity pieces. What a shard lacks in length beside the longest counts as zeros. Chunks are as long as
 * elsewhere at most, and no longer than they must be for the rows that there are: so parity is not larger than its
 * share of the longest shard, but for the rounding of a row to {@value StateShape#ALIGNMENT} bytes. Immutable.
 */
final class ParityGrid {
    private static final int CHUNKS_AT_ONCE = 8;

    private final ParityRing ring;
    private final long[] bytes;
    private final int rows;
    private final long chunk;

    private ParityGrid(ParityRing ring, long[] bytes) {
        this.ring = ring;
        this.bytes = bytes;
        long longest = Arrays.stream(bytes).max().orElse(0);
        long row = ring.data() * ChunkSums.CHUNK;
        rows = Math.toIntExact(Math.max(1, (longest + row - 1) / row));
        long pieces = (long) rows * ring.data();
        long most = (longest + pieces - 1) / pieces;
        chunk = Math.max(1, (most + StateShape.ALIGNMENT - 1) / StateShape.ALIGNMENT) * StateShape.ALIGNMENT;
    }

    /**
     * The grid of a group.
     *
     * @param shape the states
     * @param ring the group, by the numbers of its shards
     * @param shardCount number of all shards
     */
    static ParityGrid of(StateShape shape, ParityRing ring, int shardCount) {
        return new ParityGrid(
                ring,
                Arrays.stream(ring.members())
                        .mapToLong(shard -> shape.shardBytes(shard, shardCount))
                        .toArray());
    }

    ParityRing ring() {
        return ring;
    }

    int rows() {
        return rows;
    }

    /** Bytes of a chunk. */
    long chunk() {
        return chunk;
    }

    /** Rows whose chunks are exchanged at once. */
    int rowsAtOnce() {
        return Math.min(rows, Math.max(1, CHUNKS_AT_ONCE / ring.data()));
    }

    /** Bytes of one parity piece. */
    long parityBytes() {
        return rows * chunk;
    }

    /** Bytes of a member's shard. */
    long shardBytes(int place) {
        return bytes[place];
    }

    /** Bytes of a chunk of a member's shard: fewer at its end, perhaps none. */
    long length(int place, int number) {
        return Math.clamp(bytes[place] - number * chunk, 0, chunk);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ParityGrid that && ring.equals(that.ring) && Arrays.equals(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
        return 31 * ring.hashCode() + Arrays.hashCode(bytes);
    }
}
