/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.snapshot;

/**
 * What a rank wants beside the snapshot that is voted on, and what all ranks agree on by that vote.
 *
 * @param durable to write the version to disk; rank 0's wish decides, unless a rank is still writing
 * @param writing that none goes to disk, for this rank still writes an earlier one: without its part none is complete
 * @param boundary to stop at this step boundary, for the membership shall change; any rank's wish decides
 * @param interval steps to the next snapshot, at least 1; the least of all ranks' decides
 */
public record Wishes(boolean durable, boolean writing, boolean boundary, long interval) {
    /** Nothing beside the snapshot. */
    public static final Wishes NONE = new Wishes(false, false, false, 1);

    private static final int DURABLE = 1;
    private static final int BOUNDARY = 2;
    private static final int WRITING = 4;

    long bits() {
        return (durable ? DURABLE : 0) | (boundary ? BOUNDARY : 0) | (writing ? WRITING : 0);
    }

    /**
     * What is agreed on; {@code first} is rank 0's word, {@code any} what at least one rank wants, and
     * {@code leastInterval} the least of all.
     */
    static Wishes agreed(long first, long any, long leastInterval) {
        boolean writing = (any & WRITING) != 0;
        return new Wishes((first & DURABLE) != 0 && !writing, writing, (any & BOUNDARY) != 0, leastInterval);
    }
}
