/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.protocol;

import java.util.Arrays;
import java.util.Objects;

/**
 * Parity in the memory of one rank. Of which stripes it is follows from the rank's place in the version's epoch.
 * Immutable; arrays are copied.
 *
 * @param code pieces of a stripe, as they are in the version's epoch
 * @param indices which of its parity pieces have a valid checksum, each in [0, parity of the code)
 */
public record HeldParity(Redundancy.Parity code, int[] indices) {
    /**
     * Checks and copies.
     *
     * @throws IllegalArgumentException if there is no such piece
     */
    public HeldParity {
        Objects.requireNonNull(code, "code");
        indices = indices.clone();
        for (int index : indices) {
            if (index < 0 || index >= code.parity()) {
                throw new IllegalArgumentException("parity piece " + index + " of " + code);
            }
        }
    }

    /**
     * Pieces held.
     *
     * @return a copy
     */
    @Override
    public int[] indices() {
        return indices.clone();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof HeldParity that && code.equals(that.code) && Arrays.equals(indices, that.indices);
    }

    @Override
    public int hashCode() {
        return 31 * code.hashCode() + Arrays.hashCode(indices);
    }

    @Override
    public String toString() {
        return "parity " + Arrays.toString(indices) + " of " + code;
    }
}
