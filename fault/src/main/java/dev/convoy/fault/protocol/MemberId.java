/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.protocol;

/**
 * Identity of one process of a job. The first replacement of launch rank 2 is {@code (2, 1)}.
 *
 * @param launchRank rank at launch, from 0; a replacement keeps it
 * @param incarnation 0 for the process started at launch, then 1, 2, … for its replacements
 */
public record MemberId(int launchRank, int incarnation) implements Comparable<MemberId> {
    /**
     * Checks the identity.
     *
     * @throws IllegalArgumentException if a component is negative
     */
    public MemberId {
        if (launchRank < 0 || incarnation < 0) {
            throw new IllegalArgumentException(
                    "launch rank and incarnation must not be negative: " + launchRank + ", " + incarnation);
        }
    }

    /** Orders by launch rank, then incarnation. */
    @Override
    public int compareTo(MemberId other) {
        int byRank = Integer.compare(launchRank, other.launchRank);
        return byRank != 0 ? byRank : Integer.compare(incarnation, other.incarnation);
    }

    /** The person's name of it: {@code rank 2}, or {@code rank 2 (replacement 1)}. */
    @Override
    public String toString() {
        return incarnation == 0 ? "rank " + launchRank : "rank " + launchRank + " (replacement " + incarnation + ")";
    }
}
