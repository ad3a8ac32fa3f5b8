/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.protocol;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * What every member of a new epoch restores, and from whom. All members get the same plan. Immutable; arrays are
 * copied.
 *
 * @param version version to restore; null means that the job starts from its initial state
 * @param shardCount into how many shards the version was cut; 0 if the job has no sharded state
 * @param shardSource for each old shard, the rank in the new epoch that serves it; −1 if whoever needs of it computes
 *     that
 * @param replicatedSource the rank in the new epoch that serves replicated state; −1 in the initial plan
 * @param holdsReplicated for each rank of the new epoch, whether it has the version's replicated state itself; empty in
 *     the initial plan
 * @param decodings what the shards without a source are computed from; each of them is covered by one
 */
public record RestorePlan(
        Version version,
        int shardCount,
        int[] shardSource,
        int replicatedSource,
        boolean[] holdsReplicated,
        List<Decoding> decodings) {
    /**
     * Checks and copies.
     *
     * @throws IllegalArgumentException if the sizes or ranks contradict each other
     */
    public RestorePlan {
        shardSource = shardSource.clone();
        holdsReplicated = holdsReplicated.clone();
        decodings = List.copyOf(decodings);
        if (shardSource.length != shardCount) {
            throw new IllegalArgumentException(shardSource.length + " sources for " + shardCount + " shards");
        }
        if (version == null) {
            requireInitial(shardCount, replicatedSource, holdsReplicated);
        } else {
            requireRanks(shardSource, replicatedSource, holdsReplicated, decodings);
        }
        requireDecodable(shardSource, holdsReplicated.length, decodings);
    }

    /**
     * A plan in which every shard has a source.
     *
     * @param version version to restore
     * @param shardCount into how many shards the version was cut
     * @param shardSource for each old shard, the rank in the new epoch that serves it
     * @param replicatedSource the rank in the new epoch that serves replicated state
     * @param holdsReplicated for each rank of the new epoch, whether it has the version's replicated state itself
     */
    public RestorePlan(
            Version version, int shardCount, int[] shardSource, int replicatedSource, boolean[] holdsReplicated) {
        this(version, shardCount, shardSource, replicatedSource, holdsReplicated, List.of());
    }

    private static void requireInitial(int shardCount, int replicatedSource, boolean[] holdsReplicated) {
        if (shardCount != 0 || replicatedSource != -1 || holdsReplicated.length != 0) {
            throw new IllegalArgumentException("the initial plan names no sources");
        }
    }

    private static void requireRanks(
            int[] shardSource, int replicatedSource, boolean[] holdsReplicated, List<Decoding> decodings) {
        int worldSize = holdsReplicated.length;
        for (int shard = 0; shard < shardSource.length; shard++) {
            int source = shardSource[shard];
            int number = shard;
            boolean computed = source == -1 && decodings.stream().anyMatch(decoding -> decoding.covers(number));
            if (!computed && (source < 0 || source >= worldSize)) {
                throw new IllegalArgumentException("shard source " + source + " of " + worldSize + " ranks");
            }
        }
        if (replicatedSource < 0 || replicatedSource >= worldSize || !holdsReplicated[replicatedSource]) {
            throw new IllegalArgumentException("replicated source " + replicatedSource + " does not hold the state");
        }
    }

    private static void requireDecodable(int[] shardSource, int worldSize, List<Decoding> decodings) {
        for (Decoding decoding : decodings) {
            for (int shard : decoding.ring().members()) {
                if (shard < 0 || shard >= shardSource.length) {
                    throw new IllegalArgumentException("shard " + shard + " of " + shardSource.length);
                }
            }
            for (int source : decoding.paritySource()) {
                if (source < -1 || source >= worldSize) {
                    throw new IllegalArgumentException("parity source " + source + " of " + worldSize + " ranks");
                }
            }
            if (!decoding.isPossible(shardSource)) {
                throw new IllegalArgumentException("too little is left to compute shards from: " + decoding);
            }
        }
    }

    /**
     * The plan of a job that starts from its initial state.
     *
     * @return a plan without a version
     */
    public static RestorePlan initial() {
        return new RestorePlan(null, 0, new int[0], -1, new boolean[0]);
    }

    /**
     * Whether the job starts from its initial state.
     *
     * @return true if there is no version to restore
     */
    public boolean isInitial() {
        return version == null;
    }

    /**
     * The step that runs first under this plan.
     *
     * @return the version's step, 0 for the initial plan
     */
    public long step() {
        return version == null ? 0 : version.step();
    }

    /**
     * What a shard is computed from.
     *
     * @param shard a shard without a source
     * @return its group
     */
    public Decoding decoding(int shard) {
        return decodings.stream()
                .filter(decoding -> decoding.covers(shard))
                .findFirst()
                .orElseThrow();
    }

    /**
     * Source of each old shard.
     *
     * @return a copy
     */
    @Override
    public int[] shardSource() {
        return shardSource.clone();
    }

    /**
     * Who holds replicated state.
     *
     * @return a copy
     */
    @Override
    public boolean[] holdsReplicated() {
        return holdsReplicated.clone();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof RestorePlan that
                && Objects.equals(version, that.version)
                && shardCount == that.shardCount
                && Arrays.equals(shardSource, that.shardSource)
                && replicatedSource == that.replicatedSource
                && Arrays.equals(holdsReplicated, that.holdsReplicated)
                && decodings.equals(that.decodings);
    }

    @Override
    public int hashCode() {
        return Objects.hash(
                version,
                shardCount,
                Arrays.hashCode(shardSource),
                replicatedSource,
                Arrays.hashCode(holdsReplicated),
                decodings);
    }

    @Override
    public String toString() {
        return version == null
                ? "RestorePlan[initial state]"
                : "RestorePlan[" + version + ", shards from " + Arrays.toString(shardSource) + ", replicated from "
                        + replicatedSource + (decodings.isEmpty() ? "]" : ", " + decodings + "]");
    }
}
