/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy;

import java.util.Arrays;

/**
 * How a buffer is cut into one part for each rank: what goes to it, or comes from it. Immutable, for all threads.
 *
 * @see Collectives#allToAllV(DeviceBuffer, Parts, DeviceBuffer, Parts, Stream)
 * @see Collectives#allGatherV(DeviceBuffer, DeviceBuffer, Parts, Stream)
 */
public final class Parts {
    private final long[] counts;
    private final long[] offsets;

    private Parts(long[] counts, long[] offsets) {
        this.counts = counts;
        this.offsets = offsets;
    }

    /**
     * Parts that lie one after the other.
     *
     * @param counts number of elements of each rank's part, in rank order; may be 0
     * @return the parts
     * @throws IllegalArgumentException if a count is negative, or all together are too many
     */
    public static Parts of(long... counts) {
        long[] offsets = new long[counts.length];
        long end = 0;
        for (int rank = 0; rank < counts.length; rank++) {
            offsets[rank] = end;
            end = endOf(rank, end, counts[rank]);
        }
        return new Parts(counts.clone(), offsets);
    }

    /**
     * Parts anywhere in the buffer.
     *
     * @param counts number of elements of each rank's part, in rank order; may be 0
     * @param offsets index of the first element of each rank's part
     * @return the parts
     * @throws IllegalArgumentException if there are not as many of one as of the other, or one is negative or too large
     */
    public static Parts of(long[] counts, long[] offsets) {
        if (counts.length != offsets.length) {
            throw new IllegalArgumentException(counts.length + " counts and " + offsets.length
                    + " offsets; there must be one of each for every rank");
        }
        for (int rank = 0; rank < counts.length; rank++) {
            endOf(rank, offsets[rank], counts[rank]);
        }
        return new Parts(counts.clone(), offsets.clone());
    }

    private static long endOf(int rank, long offset, long count) {
        if (offset < 0 || count < 0 || offset > Long.MAX_VALUE - count) {
            throw new IllegalArgumentException(
                    "the part of rank " + rank + " has " + count + " elements from " + offset + " on");
        }
        return offset + count;
    }

    /**
     * For how many ranks there is a part.
     *
     * @return the number of parts
     */
    public int size() {
        return counts.length;
    }

    /**
     * How long a part is.
     *
     * @param rank whose part
     * @return number of elements
     * @throws IndexOutOfBoundsException if there is no such part
     */
    public long count(int rank) {
        return counts[rank];
    }

    /**
     * Where a part begins.
     *
     * @param rank whose part
     * @return index of its first element
     * @throws IndexOutOfBoundsException if there is no such part
     */
    public long offset(int rank) {
        return offsets[rank];
    }

    @Override
    public String toString() {
        return "Parts[counts " + Arrays.toString(counts) + ", offsets " + Arrays.toString(offsets) + "]";
    }
}
