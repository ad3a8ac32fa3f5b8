/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.protocol;

import java.util.Arrays;

/**
 * What is left of a group some of whose shards nobody holds: what they are computed from. Immutable; arrays are copied.
 *
 * @param ring the group, by the numbers of its shards
 * @param paritySource for each stripe and each of its parity pieces, the rank of the new epoch that holds it; −1 if
 *     nobody does
 */
public record Decoding(ParityRing ring, int[] paritySource) {
    /**
     * Checks and copies.
     *
     * @throws IllegalArgumentException if there are not as many sources as pieces
     */
    public Decoding {
        paritySource = paritySource.clone();
        if (paritySource.length != ring.size() * ring.parity()) {
            throw new IllegalArgumentException(
                    paritySource.length + " sources of parity for " + ring.size() + " times " + ring.parity());
        }
    }

    /**
     * Who holds a parity piece.
     *
     * @param stripe the stripe
     * @param index which of its parity pieces
     * @return rank of the new epoch, or −1
     */
    public int paritySource(int stripe, int index) {
        return paritySource[stripe * ring.parity() + index];
    }

    /**
     * Whether a shard is of this group.
     *
     * @param shard its number
     * @return true if this says what it is computed from
     */
    public boolean covers(int shard) {
        return Arrays.stream(ring.members()).anyMatch(member -> member == shard);
    }

    /**
     * Whether each piece of each shard of the group is there or follows from others.
     *
     * @param shardSource for each shard of the version, the rank that holds it, or −1
     * @return whether the group can be restored
     */
    boolean isPossible(int[] shardSource) {
        for (int stripe = 0; stripe < ring.size(); stripe++) {
            int left = 0;
            for (int piece = 0; piece < ring.data(); piece++) {
                left += shardSource[ring.member(ring.dataPlace(stripe, piece))] >= 0 ? 1 : 0;
            }
            boolean whole = left == ring.data();
            for (int index = 0; index < ring.parity(); index++) {
                left += paritySource(stripe, index) >= 0 ? 1 : 0;
            }
            if (!whole && left < ring.data()) {
                return false;
            }
        }
        return true;
    }

    /**
     * Who can say what checksums the group's shards had: every member was told.
     *
     * @param shardSource for each shard of the version, the rank that holds it, or −1
     * @return the lowest rank of the new epoch that has something of the group
     */
    public int witness(int[] shardSource) {
        int lowest = Integer.MAX_VALUE;
        for (int shard : ring.members()) {
            lowest = shardSource[shard] >= 0 ? Math.min(lowest, shardSource[shard]) : lowest;
        }
        for (int source : paritySource) {
            lowest = source >= 0 ? Math.min(lowest, source) : lowest;
        }
        return lowest;
    }

    /**
     * Sources of parity.
     *
     * @return a copy
     */
    @Override
    public int[] paritySource() {
        return paritySource.clone();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Decoding that
                && ring.equals(that.ring)
                && Arrays.equals(paritySource, that.paritySource);
    }

    @Override
    public int hashCode() {
        return 31 * ring.hashCode() + Arrays.hashCode(paritySource);
    }

    @Override
    public String toString() {
        return ring + " with parity from " + Arrays.toString(paritySource);
    }
}
