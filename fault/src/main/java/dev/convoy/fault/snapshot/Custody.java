/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.snapshot;

import java.util.Arrays;
import java.util.Objects;

/**
 * What a rank keeps of the sharded states of a version. Immutable; arrays are copied.
 *
 * @param shardCount number of shards, 0 if the job has no sharded state
 * @param shards the shards kept whole, this rank's own first; empty if the job has no sharded state
 * @param grid how the shards of this rank's group and their parity are cut; null where there is no parity
 * @param place this rank's place in that group's ring
 */
public record Custody(int shardCount, int[] shards, ParityGrid grid, int place) {
    /** Of a job without sharded state. */
    static final Custody NONE = new Custody(0, new int[0]);

    /** Copies the shards. */
    public Custody {
        shards = shards.clone();
    }

    /**
     * Whole shards only.
     *
     * @param shardCount number of shards
     * @param shards the shards kept, this rank's own first
     */
    public Custody(int shardCount, int[] shards) {
        this(shardCount, shards, null, 0);
    }

    /** Chunks of a shard that the members of a group exchange at once. */
    int chunksAtOnce() {
        return grid == null
                ? Replication.BATCH
                : grid.rowsAtOnce() * grid.ring().data();
    }

    /** How many times so many, until all members have exchanged all. */
    int batches(int ownChunks) {
        return grid == null
                ? (ownChunks + Replication.BATCH - 1) / Replication.BATCH
                : (grid.rows() + grid.rowsAtOnce() - 1) / grid.rowsAtOnce();
    }

    /**
     * Shards kept whole.
     *
     * @return a copy
     */
    @Override
    public int[] shards() {
        return shards.clone();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Custody that
                && shardCount == that.shardCount
                && Arrays.equals(shards, that.shards)
                && Objects.equals(grid, that.grid)
                && place == that.place;
    }

    @Override
    public int hashCode() {
        return Objects.hash(shardCount, Arrays.hashCode(shards), grid, place);
    }
}
