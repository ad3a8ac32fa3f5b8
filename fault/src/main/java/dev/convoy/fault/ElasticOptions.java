/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault;

import dev.convoy.fault.protocol.Redundancy;
import java.time.Duration;
import java.util.Objects;

/**
 * How a process takes part in an elastic group. All ranks must use the same values.
 *
 * @param snapshotEvery steps between snapshots; 1 snapshots before every step, so that at most the step in progress is
 *     lost; {@link #AUTO} chooses by what snapshots and failures cost
 * @param initDeadline bound of a communicator's initialisation
 * @param overlap what of a snapshot goes on while the next step is carried out
 * @param redundancy what other ranks keep of each shard, copies or parity: as many ranks as there are copies, or parity
 *     pieces, can be lost at once without losing a shard. A group smaller than that keeps as much as it can
 * @param onDivergence what is done when replicated state is not the same on all ranks
 * @param meanTimeBetweenFailures how long the whole group is expected to work before a rank is lost; what is seen of
 *     failures corrects it. Matters with {@link #AUTO} only
 */
public record ElasticOptions(
        int snapshotEvery,
        Duration initDeadline,
        SnapshotOverlap overlap,
        Redundancy redundancy,
        OnDivergence onDivergence,
        Duration meanTimeBetweenFailures) {
    /** Snapshots as seldom as costs least: they and the steps lost with a failure, added up. */
    public static final int AUTO = 0;

    /** Most copies of a shard beside its owner's. */
    public static final int MOST_REPLICAS = Redundancy.MOST_LOSSES;

    /**
     * Checks the values.
     *
     * @throws IllegalArgumentException if {@code snapshotEvery} is negative, or a duration is not positive
     */
    public ElasticOptions {
        Objects.requireNonNull(overlap, "overlap");
        Objects.requireNonNull(redundancy, "redundancy");
        Objects.requireNonNull(onDivergence, "onDivergence");
        if (snapshotEvery < 0) {
            throw new IllegalArgumentException("snapshotEvery must be at least 1, or AUTO, was " + snapshotEvery);
        }
        requirePositive("initDeadline", initDeadline);
        requirePositive("meanTimeBetweenFailures", meanTimeBetweenFailures);
    }

    private static void requirePositive(String name, Duration value) {
        if (value.isNegative() || value.isZero()) {
            throw new IllegalArgumentException(name + " must be positive, was " + value);
        }
    }

    /**
     * A snapshot before every step, committed before that begins; 60 seconds for an initialisation; a failure a day.
     *
     * @return the default options
     */
    public static ElasticOptions defaults() {
        return new ElasticOptions(
                1,
                Duration.ofSeconds(60),
                SnapshotOverlap.NONE,
                new Redundancy.Copies(1),
                OnDivergence.END,
                Duration.ofDays(1));
    }

    /**
     * These options with another snapshot interval.
     *
     * @param steps steps between snapshots, at least 1, or {@link #AUTO}
     * @return the changed options
     */
    public ElasticOptions withSnapshotEvery(int steps) {
        return new ElasticOptions(steps, initDeadline, overlap, redundancy, onDivergence, meanTimeBetweenFailures);
    }

    /**
     * These options with another overlap of snapshots and steps.
     *
     * @param what what goes on during a step; other than {@link SnapshotOverlap#NONE} needs
     *     {@link dev.convoy.Capability#SPLIT}
     * @return the changed options
     */
    public ElasticOptions withOverlap(SnapshotOverlap what) {
        return new ElasticOptions(snapshotEvery, initDeadline, what, redundancy, onDivergence, meanTimeBetweenFailures);
    }

    /**
     * These options with another number of copies of each shard.
     *
     * @param copies in other ranks' memory, 1 to {@value #MOST_REPLICAS}
     * @return the changed options
     * @throws IllegalArgumentException if the number is out of range
     */
    public ElasticOptions withReplicas(int copies) {
        return withRedundancy(new Redundancy.Copies(copies));
    }

    /**
     * These options with parity instead of copies: groups of {@code data + parity} ranks, each of which keeps
     * {@code parity / data} of a shard beside its own, whatever {@code parity} of them are lost at once. One parity
     * piece is an exclusive or, more are a Reed-Solomon code.
     *
     * @param data pieces of a shard, 1 to {@value Redundancy#MOST_DATA}
     * @param parity parity pieces, 1 to {@value Redundancy#MOST_LOSSES}
     * @return the changed options
     * @throws IllegalArgumentException if a number is out of range
     */
    public ElasticOptions withParity(int data, int parity) {
        return withRedundancy(new Redundancy.Parity(data, parity));
    }

    /**
     * These options with something else to keep of each shard.
     *
     * @param kept what other ranks keep
     * @return the changed options
     */
    public ElasticOptions withRedundancy(Redundancy kept) {
        return new ElasticOptions(snapshotEvery, initDeadline, overlap, kept, onDivergence, meanTimeBetweenFailures);
    }

    /**
     * These options with another answer to replicated state that is not the same on all ranks.
     *
     * @param answer what is done then
     * @return the changed options
     */
    public ElasticOptions withOnDivergence(OnDivergence answer) {
        return new ElasticOptions(snapshotEvery, initDeadline, overlap, redundancy, answer, meanTimeBetweenFailures);
    }

    /**
     * These options with another expectation of failures.
     *
     * @param expected how long the whole group works before a rank is lost, on average
     * @return the changed options
     */
    public ElasticOptions withMeanTimeBetweenFailures(Duration expected) {
        return new ElasticOptions(snapshotEvery, initDeadline, overlap, redundancy, onDivergence, expected);
    }
}
