/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.protocol;

import java.util.Optional;

/**
 * Where the parity of shards lies: ranks form groups as large as a stripe, the last of which takes the remainder, too.
 * A world too small for a stripe has shorter ones, of as much parity as there are other ranks at most; a single rank
 * has none. Groups are of neighbours where all ranks lie on one node, and else of ranks on different nodes as far as
 * possible.
 */
public final class ParityPlacement {
    private final int data;
    private final int parity;
    private final Groups groups;

    /**
     * Places parity.
     *
     * @param worldSize ranks, at least 1; rank i owns shard i
     * @param code pieces of a stripe
     * @param domains where the ranks lie
     */
    public ParityPlacement(int worldSize, Redundancy.Parity code, FailureDomains domains) {
        parity = Math.min(code.parity(), worldSize - 1);
        data = Math.min(code.data(), worldSize - parity);
        groups = new Groups(worldSize, data + parity, domains);
    }

    /**
     * The group of a rank.
     *
     * @param rank the rank, which owns the shard of this number
     * @return empty if there is nobody to keep parity
     */
    public Optional<ParityRing> ring(int rank) {
        int group = groups.of(rank);
        return parity == 0 ? Optional.empty() : Optional.of(new ParityRing(groups.members(group), data, parity));
    }
}
