/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.protocol;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What is kept of a shard beside its owner's, so that the loss of ranks loses no shard. */
public sealed interface Redundancy {
    /** Most ranks of a group that can be lost at once without losing a shard, as far as there is room to say so. */
    int MOST_LOSSES = 7;

    /** Most pieces that parity is made of: so many ranks take part in the repair of one. */
    int MOST_DATA = 16;

    /**
     * How many ranks of a group can be lost at once.
     *
     * @return 1 or more
     */
    int losses();

    /**
     * Whole copies in other ranks' memory.
     *
     * @param replicas copies beside the owner's, 1 to {@value #MOST_LOSSES}
     */
    record Copies(int replicas) implements Redundancy {
        /**
         * Checks the number.
         *
         * @throws IllegalArgumentException if it is out of range
         */
        public Copies {
            if (replicas < 1 || replicas > MOST_LOSSES) {
                throw new IllegalArgumentException(
                        "replicas must lie between 1 and " + MOST_LOSSES + ", was " + replicas);
            }
        }

        @Override
        public int losses() {
            return replicas;
        }

        @Override
        public String toString() {
            return Integer.toString(replicas);
        }
    }

    /**
     * Parity: a shard is cut into {@code data} pieces, and of each piece and those of other ranks, as many as there are
     * pieces, {@code parity} more of the same size are computed, which lie on further ranks. One parity piece is an
     * exclusive or; more are a Reed-Solomon code.
     *
     * @param data pieces of a shard, 1 to {@value #MOST_DATA}
     * @param parity parity pieces, 1 to {@value #MOST_LOSSES}
     */
    record Parity(int data, int parity) implements Redundancy {
        private static final Pattern TEXT = Pattern.compile("(\\d{1,3})\\+(\\d{1,3})");

        /**
         * Checks the numbers.
         *
         * @throws IllegalArgumentException if one is out of range
         */
        public Parity {
            if (data < 1 || data > MOST_DATA || parity < 1 || parity > MOST_LOSSES) {
                throw new IllegalArgumentException("parity is written M+K, with M from 1 to " + MOST_DATA
                        + " and K from 1 to " + MOST_LOSSES + "; was " + data + "+" + parity);
            }
        }

        /**
         * Reads what {@link #toString} writes.
         *
         * @param text such as {@code 4+2}
         * @return the same numbers
         * @throws IllegalArgumentException if it is not of that form, or a number is out of range
         */
        public static Parity parse(String text) {
            Matcher matcher = TEXT.matcher(text);
            if (!matcher.matches()) {
                throw new IllegalArgumentException("parity is written M+K, such as 4+2; was " + text);
            }
            return new Parity(Integer.parseInt(matcher.group(1)), Integer.parseInt(matcher.group(2)));
        }

        @Override
        public int losses() {
            return parity;
        }

        @Override
        public String toString() {
            return data + "+" + parity;
        }
    }
}
