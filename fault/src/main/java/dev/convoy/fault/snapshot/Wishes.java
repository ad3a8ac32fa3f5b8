/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.snapshot;

/**
 * What a rank wants beside the snapshot that is voted on, and what all ranks agree on by that vote.
 *
 * @param durable to write the version to disk; rank 0's wish decides
 * @param boundary to stop at this step boundary, for the membership shall change; any rank's wish decides
 */
public record Wishes(boolean durable, boolean boundary) {
    /** Nothing beside the snapshot. */
    public static final Wishes NONE = new Wishes(false, false);

    private static final int DURABLE = 1;
    private static final int BOUNDARY = 2;

    long bits() {
        return (durable ? DURABLE : 0) | (boundary ? BOUNDARY : 0);
    }

    /** What is agreed on; {@code first} is rank 0's word and {@code any} what at least one rank wants. */
    static Wishes agreed(long first, long any) {
        return new Wishes((first & DURABLE) != 0, (any & BOUNDARY) != 0);
    }
}
