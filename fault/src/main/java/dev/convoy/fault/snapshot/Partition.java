/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.snapshot;

/** Cutting of a vector into contiguous, nearly equal shards: shard i of n holds [i·total/n, (i+1)·total/n). */
public final class Partition {
    /** Longest vector; the product with any world size stays within a long. */
    public static final long MAX_TOTAL = 1L << 48;

    private Partition() {}

    /**
     * First element of a shard.
     *
     * @param total length of the vector, at most {@link #MAX_TOTAL}
     * @param shard 0 to {@code shards}; {@code shards} itself gives {@code total}
     * @param shards number of shards, at most 2^14
     * @return global index
     */
    public static long start(long total, int shard, int shards) {
        return total * shard / shards;
    }

    /**
     * Length of a shard.
     *
     * @param total length of the vector, at most {@link #MAX_TOTAL}
     * @param shard 0 to {@code shards} − 1
     * @param shards number of shards, at most 2^14
     * @return elements, perhaps 0
     */
    public static long count(long total, int shard, int shards) {
        return start(total, shard + 1, shards) - start(total, shard, shards);
    }
}
