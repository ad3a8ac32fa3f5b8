/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.protocol;

import java.util.Arrays;
import java.util.Objects;

/**
 * What every member of a new epoch restores, and from whom. All members get the same plan. Immutable; arrays are
 * copied.
 *
 * @param version version to restore; null means that the job starts from its initial state
 * @param shardCount into how many shards the version was cut; 0 if the job has no sharded state
 * @param shardSource for each old shard, the rank in the new epoch that serves it
 * @param replicatedSource the rank in the new epoch that serves replicated state; −1 in the initial plan
 * @param holdsReplicated for each rank of the new epoch, whether it has the version's replicated state itself; empty in
 *     the initial plan
 */
public record RestorePlan(
        Version version, int shardCount, int[] shardSource, int replicatedSource, boolean[] holdsReplicated) {
    /**
     * Checks and copies.
     *
     * @throws IllegalArgumentException if the sizes or ranks contradict each other
     */
    public RestorePlan {
        shardSource = shardSource.clone();
        holdsReplicated = holdsReplicated.clone();
        if (shardSource.length != shardCount) {
            throw new IllegalArgumentException(shardSource.length + " sources for " + shardCount + " shards");
        }
        if (version == null) {
            requireInitial(shardCount, replicatedSource, holdsReplicated);
        } else {
            requireRanks(shardSource, replicatedSource, holdsReplicated);
        }
    }

    private static void requireInitial(int shardCount, int replicatedSource, boolean[] holdsReplicated) {
        if (shardCount != 0 || replicatedSource != -1 || holdsReplicated.length != 0) {
            throw new IllegalArgumentException("the initial plan names no sources");
        }
    }

    private static void requireRanks(int[] shardSource, int replicatedSource, boolean[] holdsReplicated) {
        int worldSize = holdsReplicated.length;
        for (int source : shardSource) {
            if (source < 0 || source >= worldSize) {
                throw new IllegalArgumentException("shard source " + source + " of " + worldSize + " ranks");
            }
        }
        if (replicatedSource < 0 || replicatedSource >= worldSize || !holdsReplicated[replicatedSource]) {
            throw new IllegalArgumentException("replicated source " + replicatedSource + " does not hold the state");
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
                && Arrays.equals(holdsReplicated, that.holdsReplicated);
    }

    @Override
    public int hashCode() {
        return Objects.hash(
                version, shardCount, Arrays.hashCode(shardSource), replicatedSource, Arrays.hashCode(holdsReplicated));
    }

    @Override
    public String toString() {
        return version == null
                ? "RestorePlan[initial state]"
                : "RestorePlan[" + version + ", shards from " + Arrays.toString(shardSource) + ", replicated from "
                        + replicatedSource + "]";
    }
}
