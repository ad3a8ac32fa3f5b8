/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.protocol;

import java.util.Arrays;
import java.util.Objects;

/**
 * One complete, checksum-verified snapshot slot in the memory of one rank. Immutable; arrays are copied.
 *
 * @param version the version in that slot
 * @param shardCount into how many shards the version was cut: the world size of its epoch if the job has sharded state,
 *     else 0
 * @param shards numbers of the shards held with a valid checksum (the own one and replicas), each in [0, shardCount)
 * @param replicated whether the replicated state lies there with a valid checksum; also true if the job has none
 * @param parity the parity held with a valid checksum; null if there is none
 */
public record Holding(Version version, int shardCount, int[] shards, boolean replicated, HeldParity parity) {
    /**
     * Checks and copies.
     *
     * @throws IllegalArgumentException if a shard number lies outside [0, shardCount)
     */
    public Holding {
        Objects.requireNonNull(version, "version");
        shards = shards.clone();
        for (int shard : shards) {
            if (shard < 0 || shard >= shardCount) {
                throw new IllegalArgumentException("shard " + shard + " of " + shardCount);
            }
        }
        if (shardCount < 0) {
            throw new IllegalArgumentException("shard count must not be negative: " + shardCount);
        }
    }

    /**
     * A slot without parity.
     *
     * @param version the version in that slot
     * @param shardCount into how many shards the version was cut
     * @param shards numbers of the shards held with a valid checksum
     * @param replicated whether the replicated state lies there with a valid checksum
     */
    public Holding(Version version, int shardCount, int[] shards, boolean replicated) {
        this(version, shardCount, shards, replicated, null);
    }

    /**
     * Shard numbers held.
     *
     * @return a copy
     */
    @Override
    public int[] shards() {
        return shards.clone();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Holding that
                && version.equals(that.version)
                && shardCount == that.shardCount
                && Arrays.equals(shards, that.shards)
                && replicated == that.replicated
                && Objects.equals(parity, that.parity);
    }

    @Override
    public int hashCode() {
        return Objects.hash(version, shardCount, Arrays.hashCode(shards), replicated, parity);
    }

    @Override
    public String toString() {
        return "Holding[" + version + ", shards " + Arrays.toString(shards) + " of " + shardCount
                + (replicated ? ", replicated" : "") + (parity == null ? "]" : ", " + parity + "]");
    }
}
