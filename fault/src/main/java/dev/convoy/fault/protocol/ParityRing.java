/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.protocol;

import java.util.Arrays;

/**
 * The members of a group in a ring, and which of them has what of each stripe. There are as many stripes as members.
 * Stripe s has its parity at the members at places s, s + 1, … and its data at those that follow: {@code parity} and
 * {@code data} of them, in a larger group the rest have no part in it. So each member has one piece of its shard in
 * each of {@code data} stripes and parity of {@code parity} others, as much as everybody else, and no two pieces of a
 * stripe: whichever {@code parity} members are lost, each stripe has enough left.
 *
 * @param members ranks in the order of the ring; rank i owns shard i
 * @param data pieces of a shard
 * @param parity parity pieces of a stripe; no more than members besides the data
 */
public record ParityRing(int[] members, int data, int parity) {
    /**
     * Checks and copies.
     *
     * @throws IllegalArgumentException if there are too few members
     */
    public ParityRing {
        members = members.clone();
        if (data < 1 || parity < 1 || data > members.length - parity) {
            throw new IllegalArgumentException(members.length + " members for " + data + "+" + parity);
        }
    }

    /**
     * How many members there are.
     *
     * @return as many as stripes
     */
    public int size() {
        return members.length;
    }

    /**
     * A member.
     *
     * @param place in the ring; counted round it if too large or negative
     * @return its rank
     */
    public int member(int place) {
        return members[Math.floorMod(place, members.length)];
    }

    /**
     * Place of a rank.
     *
     * @param rank a member
     * @return from 0
     * @throws IllegalArgumentException if it is no member
     */
    public int placeOf(int rank) {
        for (int place = 0; place < members.length; place++) {
            if (members[place] == rank) {
                return place;
            }
        }
        throw new IllegalArgumentException("rank " + rank + " is not of the group " + Arrays.toString(members));
    }

    /**
     * The stripe that a piece of a member's shard is part of; it is data number {@code piece} there.
     *
     * @param place the member's
     * @param piece from 0, below {@code data}
     * @return the stripe
     */
    public int stripeOfData(int place, int piece) {
        return Math.floorMod(place - parity - piece, members.length);
    }

    /**
     * The stripe of which a member has parity number {@code index}.
     *
     * @param place the member's
     * @param index from 0, below {@code parity}
     * @return the stripe
     */
    public int stripeOfParity(int place, int index) {
        return Math.floorMod(place - index, members.length);
    }

    /**
     * Who has data of a stripe.
     *
     * @param stripe the stripe
     * @param piece from 0, below {@code data}
     * @return its place
     */
    public int dataPlace(int stripe, int piece) {
        return (stripe + parity + piece) % members.length;
    }

    /**
     * Who has parity of a stripe.
     *
     * @param stripe the stripe
     * @param index from 0, below {@code parity}
     * @return its place
     */
    public int parityPlace(int stripe, int index) {
        return (stripe + index) % members.length;
    }

    /**
     * Ranks in the order of the ring.
     *
     * @return a copy
     */
    @Override
    public int[] members() {
        return members.clone();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ParityRing that
                && Arrays.equals(members, that.members)
                && data == that.data
                && parity == that.parity;
    }

    @Override
    public int hashCode() {
        return (Arrays.hashCode(members) * 31 + data) * 31 + parity;
    }

    @Override
    public String toString() {
        return "ParityRing[" + data + "+" + parity + " of ranks " + Arrays.toString(members) + "]";
    }
}
