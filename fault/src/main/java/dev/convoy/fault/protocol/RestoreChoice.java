/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.protocol;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Chooses what a new epoch restores: the newest version that its members' verified holdings cover completely, whether
 * or not anybody saw it committed.
 */
final class RestoreChoice {
    private final List<MemberId> members;
    private final List<List<Holding>> inventories;
    private final Epochs epochs;

    /** Inventories in the order of the members, whose places are their ranks in the new epoch. */
    RestoreChoice(List<MemberId> members, List<List<Holding>> inventories, Epochs epochs) {
        this.members = members;
        this.inventories = inventories.stream()
                .map(held -> held.stream()
                        .filter(holding -> isCredible(holding, epochs))
                        .toList())
                .toList();
        this.epochs = epochs;
    }

    /** A version is cut into as many shards as its epoch had members; anything else is a leftover or rubbish. */
    private static boolean isCredible(Holding holding, Epochs epochs) {
        int worldSize = epochs.members(holding.version().epoch()).size();
        return worldSize > 0
                && !epochs.isRefused(holding.version())
                && (holding.shardCount() == 0 || holding.shardCount() == worldSize);
    }

    /** The newest version of which every shard is held, or follows from what is. */
    Optional<RestorePlan> newestCoverable() {
        return versions().flatMap(version -> plan(version).stream()).findFirst();
    }

    /** The newest version of which every shard is held: nobody can compute one without a communicator. */
    Optional<RestorePlan> newestHeld() {
        return versions()
                .flatMap(version -> plan(version).stream())
                .filter(plan -> plan.decodings().isEmpty())
                .findFirst();
    }

    private Stream<Version> versions() {
        return inventories.stream()
                .flatMap(List::stream)
                .map(Holding::version)
                .distinct()
                .sorted(Comparator.reverseOrder());
    }

    private Optional<RestorePlan> plan(Version version) {
        Holding[] held = held(version);
        int shardCount = shardCount(held);
        boolean[] holdsReplicated = new boolean[held.length];
        int replicatedSource = -1;
        for (int rank = held.length - 1; rank >= 0; rank--) {
            holdsReplicated[rank] = held[rank] != null && held[rank].replicated();
            replicatedSource = holdsReplicated[rank] ? rank : replicatedSource;
        }
        int[] sources = sources(version, held, shardCount);
        if (replicatedSource < 0) {
            return Optional.empty();
        }
        int replicated = replicatedSource;
        return decodings(version, held, sources)
                .map(decodings ->
                        new RestorePlan(version, shardCount, sources, replicated, holdsReplicated, decodings));
    }

    private Optional<List<Decoding>> decodings(Version version, Holding[] held, int[] sources) {
        return Arrays.stream(sources).allMatch(source -> source >= 0)
                ? Optional.of(List.of())
                : decoding(version, held).decodings(sources);
    }

    private DecodingChoice decoding(Version version, Holding[] held) {
        return new DecodingChoice(epochs.members(version.epoch()), epochs.domains(version.epoch()), members, held);
    }

    private Holding[] held(Version version) {
        return inventories.stream()
                .map(inventory -> inventory.stream()
                        .filter(holding -> holding.version().equals(version))
                        .findFirst()
                        .orElse(null))
                .toArray(Holding[]::new);
    }

    private static int shardCount(Holding[] held) {
        return Arrays.stream(held)
                .mapToInt(holding -> holding == null ? 0 : holding.shardCount())
                .max()
                .orElse(0);
    }

    /** For each shard its former owner if that still holds it, else the holder with the least to serve; −1 if none. */
    private int[] sources(Version version, Holding[] held, int shardCount) {
        List<MemberId> owners = epochs.members(version.epoch());
        List<List<Integer>> holders = holders(held, shardCount);
        int[] load = new int[held.length];
        int[] sources = new int[shardCount];
        for (int shard = 0; shard < shardCount; shard++) {
            MemberId owner = owners.get(shard);
            sources[shard] = holders.get(shard).stream()
                    .min(Comparator.comparing(
                                    (Integer rank) -> !members.get(rank).equals(owner))
                            .thenComparingInt(rank -> load[rank]))
                    .orElse(-1);
            if (sources[shard] >= 0) {
                load[sources[shard]]++;
            }
        }
        return sources;
    }

    /** Ranks that hold each shard, ascending. */
    private static List<List<Integer>> holders(Holding[] held, int shardCount) {
        List<List<Integer>> holders = new ArrayList<>();
        for (int shard = 0; shard < shardCount; shard++) {
            holders.add(new ArrayList<>());
        }
        for (int rank = 0; rank < held.length; rank++) {
            int[] shards = held[rank] == null ? new int[0] : held[rank].shards();
            for (int shard : shards) {
                holders.get(shard).add(rank);
            }
        }
        return holders;
    }

    /** Why a version cannot be restored: the first shard without a holder, and who held it. */
    String whyNot(Version version) {
        Holding[] held = held(version);
        List<MemberId> former = epochs.members(version.epoch());
        String head = version + " cannot be restored: ";
        List<List<Integer>> left = holders(held, shardCount(held));
        for (int shard = 0; shard < left.size(); shard++) {
            if (left.get(shard).isEmpty()) {
                int[] sources = sources(version, held, left.size());
                Optional<Decoding> decoding = decoding(version, held).decoding(shard);
                if (decoding.isEmpty()) {
                    return head + "shard " + shard + " lay only at " + holders(version, held, shard)
                            + ", lost or damaged there";
                }
                if (!decoding.get().isPossible(sources)) {
                    ParityRing ring = decoding.get().ring();
                    return head + "shard " + shard + " cannot be computed, for of " + named(former, ring.members())
                            + " more than " + ring.parity() + " are lost or damaged";
                }
            }
        }
        return head + "no survivor holds its replicated state";
    }

    private String holders(Version version, Holding[] held, int shard) {
        List<MemberId> former = epochs.members(version.epoch());
        FailureDomains domains = epochs.domains(version.epoch());
        return named(former, new GroupPlacement(former.size(), copies(held), domains).holders(shard));
    }

    private static String named(List<MemberId> former, int[] ranks) {
        return Arrays.stream(ranks)
                .mapToObj(rank -> former.get(rank).toString())
                .collect(Collectors.joining(" and "));
    }

    /** How many copies of each shard there were, as far as what is left tells. */
    private static int copies(Holding[] held) {
        return Arrays.stream(held)
                .mapToInt(holding -> holding == null ? 0 : holding.shards().length)
                .reduce(GroupPlacement.DEFAULT_COPIES, Math::max);
    }

    /**
     * Who writes parts of a version to disk, each the shards that it holds, the load spread evenly.
     *
     * @return empty if there is a part that nobody holds
     */
    Optional<List<Share>> shares(Version version, List<Integer> shards, boolean replicated) {
        Holding[] held = held(version);
        List<List<Integer>> holders = holders(held, shardCount(held));
        Map<Integer, List<Integer>> shardsOf = new TreeMap<>();
        for (int shard : shards) {
            Optional<Integer> writer = shard >= holders.size()
                    ? Optional.empty()
                    : holders.get(shard).stream()
                            .min(Comparator.comparingInt(rank ->
                                    shardsOf.getOrDefault(rank, List.of()).size()));
            if (writer.isEmpty()) {
                return Optional.empty();
            }
            shardsOf.computeIfAbsent(writer.get(), rank -> new ArrayList<>()).add(shard);
        }
        OptionalInt replicatedWriter = IntStream.range(0, held.length)
                .filter(rank -> held[rank] != null && held[rank].replicated())
                .findFirst();
        if (replicated && replicatedWriter.isEmpty()) {
            return Optional.empty();
        }
        if (replicated) {
            shardsOf.computeIfAbsent(replicatedWriter.getAsInt(), rank -> new ArrayList<>());
        }
        List<Share> shares = new ArrayList<>();
        shardsOf.forEach((rank, written) -> shares.add(
                new Share(members.get(rank), List.copyOf(written), replicated && rank == replicatedWriter.getAsInt())));
        return Optional.of(shares);
    }

    /** Part of a version that one member writes. */
    record Share(MemberId member, List<Integer> shards, boolean replicated) {}
}
