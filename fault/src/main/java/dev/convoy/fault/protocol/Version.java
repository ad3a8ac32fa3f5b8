/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.protocol;

/**
 * Version of a snapshot: the state before {@code step}, cut in {@code epoch}.
 *
 * <p>The epoch is part of it so that step 201 cut four ways never mixes with step 201 cut three ways. Order is by epoch
 * first: whatever a later epoch committed descends from what it restored.
 *
 * @param epoch the epoch in which the snapshot was taken, from 1; 0 for what an earlier job left on disk
 * @param step the step that had not begun yet, from 0
 */
public record Version(long epoch, long step) implements Comparable<Version> {
    /**
     * Checks the version.
     *
     * @throws IllegalArgumentException if the epoch or the step is negative
     */
    public Version {
        if (epoch < 0 || step < 0) {
            throw new IllegalArgumentException("no such version: epoch " + epoch + ", step " + step);
        }
    }

    /** Orders by epoch, then step. */
    @Override
    public int compareTo(Version other) {
        int byEpoch = Long.compare(epoch, other.epoch);
        return byEpoch != 0 ? byEpoch : Long.compare(step, other.step);
    }

    /**
     * Name of the folder below the state directory that holds this version's durable parts.
     *
     * @return {@code e<epoch>-s<step>}
     */
    public String directoryName() {
        return "e" + epoch + "-s" + step;
    }

    @Override
    public String toString() {
        return "step " + step + " of epoch " + epoch;
    }
}
