/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault;

import java.time.Duration;
import java.util.Objects;

/**
 * How a process takes part in an elastic group. All ranks must use the same values.
 *
 * @param snapshotEvery steps between snapshots; 1 snapshots before every step, so that at most the step in progress is
 *     lost
 * @param initDeadline bound of a communicator's initialisation
 * @param overlap what of a snapshot goes on while the next step is carried out
 * @param replicas copies of each shard in other ranks' memory: so many ranks can be lost at once without losing a
 *     shard. A group smaller than that has as many as it has other ranks
 */
public record ElasticOptions(int snapshotEvery, Duration initDeadline, SnapshotOverlap overlap, int replicas) {
    /** Most copies of a shard beside its owner's. */
    public static final int MOST_REPLICAS = 7;

    /**
     * Checks the values.
     *
     * @throws IllegalArgumentException if {@code snapshotEvery} is below 1, {@code initDeadline} is not positive, or
     *     {@code replicas} is not from 1 to {@value #MOST_REPLICAS}
     */
    public ElasticOptions {
        Objects.requireNonNull(overlap, "overlap");
        if (replicas < 1 || replicas > MOST_REPLICAS) {
            throw new IllegalArgumentException(
                    "replicas must lie between 1 and " + MOST_REPLICAS + ", was " + replicas);
        }
        if (snapshotEvery < 1) {
            throw new IllegalArgumentException("snapshotEvery must be at least 1, was " + snapshotEvery);
        }
        if (initDeadline.isNegative() || initDeadline.isZero()) {
            throw new IllegalArgumentException("initDeadline must be positive, was " + initDeadline);
        }
    }

    /**
     * A snapshot before every step, committed before that begins; 60 seconds for an initialisation.
     *
     * @return the default options
     */
    public static ElasticOptions defaults() {
        return new ElasticOptions(1, Duration.ofSeconds(60), SnapshotOverlap.NONE, 1);
    }

    /**
     * These options with another snapshot interval.
     *
     * @param steps steps between snapshots, at least 1
     * @return the changed options
     */
    public ElasticOptions withSnapshotEvery(int steps) {
        return new ElasticOptions(steps, initDeadline, overlap, replicas);
    }

    /**
     * These options with another overlap of snapshots and steps.
     *
     * @param what what goes on during a step; other than {@link SnapshotOverlap#NONE} needs
     *     {@link dev.convoy.Capability#SPLIT}
     * @return the changed options
     */
    public ElasticOptions withOverlap(SnapshotOverlap what) {
        return new ElasticOptions(snapshotEvery, initDeadline, what, replicas);
    }

    /**
     * These options with another number of copies of each shard.
     *
     * @param copies in other ranks' memory, 1 to {@value #MOST_REPLICAS}
     * @return the changed options
     */
    public ElasticOptions withReplicas(int copies) {
        return new ElasticOptions(snapshotEvery, initDeadline, overlap, copies);
    }
}
