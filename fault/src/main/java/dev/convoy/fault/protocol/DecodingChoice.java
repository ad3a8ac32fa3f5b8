/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.protocol;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Finds out what the shards that nobody holds can be computed from. */
final class DecodingChoice {
    private final List<MemberId> former;
    private final Holding[] held;
    private final Map<MemberId, Integer> ranks = new HashMap<>();
    private final ParityPlacement placement;

    /**
     * Looks at what is left of a version.
     *
     * @param former members of its epoch, in rank order
     * @param domains on which nodes they were
     * @param members of the new epoch, in rank order
     * @param held what each of these holds of the version, or null
     */
    DecodingChoice(List<MemberId> former, FailureDomains domains, List<MemberId> members, Holding[] held) {
        this.former = former;
        this.held = held;
        for (int rank = 0; rank < members.size(); rank++) {
            ranks.put(members.get(rank), rank);
        }
        placement = code(held)
                .map(code -> new ParityPlacement(former.size(), code, domains))
                .orElse(null);
    }

    /** All hold by one code, or somebody is wrong and nothing can be relied on. */
    private static Optional<Redundancy.Parity> code(Holding[] held) {
        List<Redundancy.Parity> codes = Arrays.stream(held)
                .filter(holding -> holding != null && holding.parity() != null)
                .map(holding -> holding.parity().code())
                .distinct()
                .toList();
        return codes.size() == 1 ? Optional.of(codes.getFirst()) : Optional.empty();
    }

    /**
     * What the missing shards are computed from.
     *
     * @param shardSource for each shard its holder in the new epoch, or −1
     * @return empty if one of them is lost
     */
    Optional<List<Decoding>> decodings(int[] shardSource) {
        List<Decoding> decodings = new ArrayList<>();
        for (int shard = 0; shard < shardSource.length; shard++) {
            int missing = shard;
            if (shardSource[shard] < 0 && decodings.stream().noneMatch(decoding -> decoding.covers(missing))) {
                Optional<Decoding> decoding = decoding(shard).filter(group -> group.isPossible(shardSource));
                if (decoding.isEmpty()) {
                    return Optional.empty();
                }
                decodings.add(decoding.get());
            }
        }
        return Optional.of(decodings);
    }

    /** The group of a shard and what is left of its parity; empty where there is none. */
    Optional<Decoding> decoding(int shard) {
        return placement == null ? Optional.empty() : placement.ring(shard).map(this::decoding);
    }

    private Decoding decoding(ParityRing ring) {
        int[] sources = new int[ring.size() * ring.parity()];
        for (int stripe = 0; stripe < ring.size(); stripe++) {
            for (int index = 0; index < ring.parity(); index++) {
                int holder = ranks.getOrDefault(former.get(ring.member(ring.parityPlace(stripe, index))), -1);
                sources[stripe * ring.parity() + index] = holds(holder, index) ? holder : -1;
            }
        }
        return new Decoding(ring, sources);
    }

    private boolean holds(int rank, int index) {
        return rank >= 0
                && held[rank] != null
                && held[rank].parity() != null
                && Arrays.stream(held[rank].parity().indices()).anyMatch(each -> each == index);
    }
}
