/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.convoy.DeviceBuffer;
import dev.convoy.fault.protocol.Decoding;
import dev.convoy.fault.protocol.FailureDomains;
import dev.convoy.fault.protocol.Holding;
import dev.convoy.fault.protocol.ParityPlacement;
import dev.convoy.fault.protocol.ParityRing;
import dev.convoy.fault.protocol.Redundancy;
import dev.convoy.fault.protocol.RestorePlan;
import dev.convoy.fault.protocol.Version;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** Snapshots with parity, by ranks on the host runtime, and restores after losses of as many as there is parity for. */
class ParityTest {
    private static final StateShape SHAPE = new StateShape(
            List.of(new StateShape.Vector("weights", "FLOAT32", 4, 100)),
            List.of(),
            List.of(
                    new StateShape.Vector("moments", "UINT8", 1, 9 * ChunkSums.CHUNK + 12_345),
                    new StateShape.Vector("few", "INT64", 8, 3)));

    @Property(tries = 10, shrinking = ShrinkingMode.OFF)
    void whateverParityIsForComesBack(
            @ForAll long seed,
            @ForAll @IntRange(min = 1, max = 8) int worldSize,
            @ForAll @IntRange(min = 1, max = 4) int data,
            @ForAll @IntRange(min = 1, max = 3) int parity,
            @ForAll boolean fused)
            throws Exception {
        Redundancy.Parity code = new Redundancy.Parity(data, parity);
        Random random = new Random(seed);
        try (ThreadRanks all = new ThreadRanks(worldSize, SHAPE, code, fused)) {
            for (int step = 0; step < 4; step++) {
                int now = step;
                all.all(rank -> {
                    change(rank.shards().getFirst(), now, new Random(seed + 31L * now + rank.members.rank()));
                    rank.snapshotter.take(rank.members, now, Wishes.NONE);
                });
                requireMemoryAsAnnounced(all, RestorePlan.initial());
            }
            all.ranks.forEach(rank -> requireParity(all, rank));
            Set<Integer> lost = losses(worldSize, code, random);
            List<byte[]> before = contents(all);
            RestorePlan plan = plan(all, code, lost);
            loseAndForget(all, lost, random);
            restore(all, plan);
            assertThat(contents(all)).as("lost %s", lost).containsExactlyElementsOf(before);

            requireMemoryAsAnnounced(all, plan);
            all.all(rank -> rank.snapshotter.take(next(rank), 3, Wishes.NONE));
            requireParity(all, all.ranks.get(random.nextInt(worldSize)));
        }
    }

    @Test
    void aChunkThatIsNotWhatParityWasMadeOfIsFoundByTheRestore() throws Exception {
        Redundancy.Parity code = new Redundancy.Parity(2, 1);
        try (ThreadRanks all = new ThreadRanks(3, SHAPE, code, true)) {
            all.all(rank -> rank.snapshotter.take(rank.members, 3, Wishes.NONE));
            RestorePlan plan = plan(all, code, Set.of(1));
            loseAndForget(all, Set.of(1), new Random(1));
            MemorySegment memory = all.ranks.getFirst().slots.newestCommitted().parityBytes(0);
            memory.set(ValueLayout.JAVA_BYTE, 77, (byte) 1);

            assertThatExceptionOfType(ExecutionException.class)
                    .isThrownBy(() -> restore(all, plan))
                    .withCauseInstanceOf(DamagedTransferException.class)
                    .withMessageContaining("shard 1 of snapshot step 3 of epoch 1 was computed from parity");
            List<String> damage = new ArrayList<>();
            assertThat(all.ranks.getFirst().slots.inventory(damage::add))
                    .singleElement()
                    .satisfies(holding -> assertThat(holding.parity().indices()).isEmpty());
            assertThat(damage).containsExactly("the parity of step 3 of epoch 1");
        }
    }

    @Test
    void parityTakesItsShareOfAShardAndNoMore() {
        for (int data = 1; data <= 8; data++) {
            for (int parity = 1; parity <= 3; parity++) {
                long bytes = 100 * ChunkSums.CHUNK + 64;
                int worldSize = data + parity;
                StateShape shape = new StateShape(
                        List.of(), List.of(), List.of(new StateShape.Vector("v", "UINT8", 1, bytes * worldSize)));
                Custody custody = Protection.of(
                                new Redundancy.Parity(data, parity), shape, worldSize, FailureDomains.ONE)
                        .custody(0);
                long share = Slot.bytes(shape, custody) - bytes;
                assertThat(share).isBetween(parity * bytes / data, parity * (bytes / data + 64 * (100 / data + 2)));
            }
        }
    }

    private static Membership next(ThreadRanks.Rank rank) {
        return new Membership(2, rank.members.rank(), rank.members.worldSize(), rank.members.communicator());
    }

    // In some steps nothing changes, in some everything, mostly a few bytes anywhere.
    private static void change(DeviceBuffer shard, int step, Random random) {
        MemorySegment memory = shard.hostView().orElseThrow();
        int kind = step == 0 ? 1 : random.nextInt(4);
        if (kind == 1) {
            byte[] content = new byte[(int) memory.byteSize()];
            random.nextBytes(content);
            memory.copyFrom(MemorySegment.ofArray(content));
        } else if (kind > 1) {
            memory.set(ValueLayout.JAVA_BYTE, random.nextLong(memory.byteSize()), (byte) random.nextInt());
        }
    }

    /** Of each group some, as many as there is parity for. */
    private static Set<Integer> losses(int worldSize, Redundancy.Parity code, Random random) {
        ParityPlacement placement = new ParityPlacement(worldSize, code, FailureDomains.ONE);
        Set<Integer> lost = new HashSet<>();
        for (int rank = 0; rank < worldSize; rank++) {
            ParityRing ring = placement.ring(rank).orElse(null);
            if (ring != null) {
                long gone = Arrays.stream(ring.members()).filter(lost::contains).count();
                if (gone < ring.parity() && random.nextBoolean()) {
                    lost.add(rank);
                }
            }
        }
        return lost;
    }

    private static RestorePlan plan(ThreadRanks all, Redundancy.Parity code, Set<Integer> lost) {
        int worldSize = all.ranks.size();
        ParityPlacement placement = new ParityPlacement(worldSize, code, FailureDomains.ONE);
        int[] sources = new int[worldSize];
        boolean[] holds = new boolean[worldSize];
        List<Decoding> decodings = new ArrayList<>();
        int survivor = -1;
        for (int rank = 0; rank < worldSize; rank++) {
            int number = rank;
            sources[rank] = lost.contains(rank) ? -1 : rank;
            holds[rank] = !lost.contains(rank);
            survivor = holds[rank] ? rank : survivor;
            if (lost.contains(rank) && decodings.stream().noneMatch(decoding -> decoding.covers(number))) {
                decodings.add(decoding(all, placement.ring(rank).orElseThrow(), lost));
            }
        }
        return new RestorePlan(new Version(1, 3), worldSize, sources, survivor, holds, decodings);
    }

    private static Decoding decoding(ThreadRanks all, ParityRing ring, Set<Integer> lost) {
        int[] sources = new int[ring.size() * ring.parity()];
        for (int place = 0; place < ring.size(); place++) {
            int rank = ring.member(place);
            Holding holding = all.ranks.get(rank).slots.newest().orElseThrow();
            for (int index : holding.parity().indices()) {
                sources[ring.stripeOfParity(place, index) * ring.parity() + index] = lost.contains(rank) ? -1 : rank;
            }
        }
        return new Decoding(ring, sources);
    }

    private static void loseAndForget(ThreadRanks all, Set<Integer> lost, Random random) {
        for (ThreadRanks.Rank rank : all.ranks) {
            if (lost.contains(rank.members.rank())) {
                rank.slots.agree(null);
            }
            for (DeviceBuffer shard : rank.shards()) {
                if (shard != null) {
                    shard.hostView().orElseThrow().fill((byte) random.nextInt());
                }
            }
        }
    }

    private static void restore(ThreadRanks all, RestorePlan plan) throws Exception {
        all.all(rank -> {
            try (Restorer restorer = new Restorer(
                    rank, rank.slots, rank.stream.device(), rank.stream, ThreadRanks.BOUND, rank.members.worldSize())) {
                restorer.restore(next(rank), plan);
            }
        });
    }

    private static void requireMemoryAsAnnounced(ThreadRanks all, RestorePlan plan) {
        for (ThreadRanks.Rank rank : all.ranks) {
            assertThat(rank.slots.usedBytes()).isLessThanOrEqualTo(rank.slots.announcedBytes(rank.members, plan));
        }
    }

    private static List<byte[]> contents(ThreadRanks all) {
        List<byte[]> contents = new ArrayList<>();
        for (ThreadRanks.Rank rank : all.ranks) {
            for (DeviceBuffer shard : rank.shards()) {
                contents.add(
                        shard == null
                                ? new byte[0]
                                : shard.hostView().orElseThrow().toArray(ValueLayout.JAVA_BYTE));
            }
        }
        return contents;
    }

    /** Parity byte by byte, from the definition of the field and the matrix. */
    private static void requireParity(ThreadRanks all, ThreadRanks.Rank rank) {
        Slot slot = rank.slots.newestCommitted();
        ParityGrid grid = slot.custody().grid();
        if (grid == null) {
            assertThat(all.ranks).hasSize(1);
            return;
        }
        ParityRing ring = grid.ring();
        for (int index = 0; index < ring.parity(); index++) {
            byte[] expected = new byte[(int) grid.parityBytes()];
            int stripe = ring.stripeOfParity(slot.custody().place(), index);
            for (int piece = 0; piece < ring.data(); piece++) {
                Slot owner = all.ranks
                        .get(ring.member(ring.dataPlace(stripe, piece)))
                        .slots
                        .newestCommitted();
                assertThat(owner).isNotSameAs(slot);
                add(expected, owner.shardBytes(0), piece, grid, coefficient(ring, index, piece));
            }
            assertThat(slot.parityBytes(index).toArray(ValueLayout.JAVA_BYTE)).isEqualTo(expected);
        }
    }

    private static void add(byte[] parity, MemorySegment shard, int piece, ParityGrid grid, int coefficient) {
        byte[] products = new byte[256];
        for (int i = 0; i < 256; i++) {
            products[i] = (byte) product(i, coefficient);
        }
        byte[] content = shard.toArray(ValueLayout.JAVA_BYTE);
        for (int i = 0; i < parity.length; i++) {
            long row = i / grid.chunk();
            long from = (row * grid.ring().data() + piece) * grid.chunk() + i % grid.chunk();
            parity[i] ^= from < content.length ? products[Byte.toUnsignedInt(content[(int) from])] : 0;
        }
    }

    /** (data xor piece) / ((data + index) xor piece), found by trying all. */
    private static int coefficient(ParityRing ring, int index, int piece) {
        int found = 0;
        while (product(found, (ring.data() + index) ^ piece) != (ring.data() ^ piece)) {
            found++;
        }
        return found;
    }

    private static int product(int a, int b) {
        int product = 0;
        for (int i = 7; i >= 0; i--) {
            product <<= 1;
            product ^= (product & 0x100) != 0 ? 0x11d : 0;
            product ^= (b >> i & 1) != 0 ? a : 0;
        }
        return product;
    }
}
