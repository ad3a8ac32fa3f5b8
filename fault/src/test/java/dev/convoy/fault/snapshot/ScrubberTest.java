/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.convoy.fault.protocol.Redundancy;
import dev.convoy.fault.protocol.RestorePlan;
import dev.convoy.fault.protocol.Version;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class ScrubberTest {
    private static final StateShape SHAPE = new StateShape(
            List.of(new StateShape.Vector("weights", "UINT8", 1, ChunkSums.CHUNK + 100)),
            List.of(),
            List.of(new StateShape.Vector("moments", "UINT8", 1, 4 * ChunkSums.CHUNK + 77)));

    @Property(tries = 20, shrinking = ShrinkingMode.OFF)
    void whatOneRankLostAnotherHas(@ForAll long seed, @ForAll @IntRange(min = 2, max = 5) int worldSize)
            throws Exception {
        try (ThreadRanks all = new ThreadRanks(worldSize, SHAPE)) {
            all.all(rank -> rank.snapshotter.take(rank.members, 0, Wishes.NONE));
            Random random = new Random(seed);
            int damaged = random.nextInt(worldSize);
            int hits = 1 + random.nextInt(3);
            for (int i = 0; i < hits; i++) {
                damage(all.ranks.get(damaged).slots.newestCommitted(), random);
            }
            List<Scrubber.Repair> repairs = scrub(all);

            assertThat(repairs).isNotEmpty().allSatisfy(repair -> {
                assertThat(repair.isDone()).isTrue();
                assertThat(repair.origin()).isNotEqualTo("rank " + damaged);
                assertThat(repair.what()).contains("of step 0 of epoch 1");
            });
            all.ranks.forEach(rank -> requireSound(rank.slots.newestCommitted()));
            assertThat(scrub(all)).isEmpty();
        }
    }

    @Property(tries = 20, shrinking = ShrinkingMode.OFF)
    void whatOneRankLostFollowsFromParity(
            @ForAll long seed,
            @ForAll @IntRange(min = 2, max = 6) int worldSize,
            @ForAll @IntRange(min = 1, max = 3) int data,
            @ForAll @IntRange(min = 1, max = 2) int parity)
            throws Exception {
        try (ThreadRanks all = new ThreadRanks(worldSize, SHAPE, new Redundancy.Parity(data, parity), true)) {
            all.all(rank -> {
                MemorySegment shard = rank.shards().getFirst().hostView().orElseThrow();
                byte[] content = new byte[(int) shard.byteSize()];
                new Random(seed + rank.members.rank()).nextBytes(content);
                shard.copyFrom(MemorySegment.ofArray(content));
                rank.snapshotter.take(rank.members, 0, Wishes.NONE);
            });
            List<byte[]> before = contents(all);
            Random random = new Random(seed);
            // Two at once, of which none need serve for the other where there is parity for both.
            int damaged = random.nextInt(worldSize);
            damageParityOrShard(all.ranks.get(damaged).slots.newestCommitted(), random);
            if (Math.min(parity, worldSize - 1) > 1) {
                damageParityOrShard(
                        all.ranks.get((damaged + 1) % worldSize).slots.newestCommitted(), random);
            }
            List<Scrubber.Repair> repairs = scrub(all);

            assertThat(repairs).isNotEmpty().allSatisfy(repair -> {
                assertThat(repair.isDone()).isTrue();
                assertThat(repair.origin()).isEqualTo("the rest of its stripe");
            });
            assertThat(contents(all)).containsExactlyElementsOf(before);
            assertThat(scrub(all)).isEmpty();
        }
    }

    /** One piece each of two groups, in the stripe and the row of the same number. */
    @Test
    void damageInOneGroupDoesNotKeepAnotherFromRepair() throws Exception {
        try (ThreadRanks all = new ThreadRanks(6, SHAPE, new Redundancy.Parity(2, 1), true)) {
            all.all(rank -> rank.snapshotter.take(rank.members, 0, Wishes.NONE));
            Slot first = all.ranks.get(0).slots.newestCommitted();
            flip(first.shardBytes(0), 5);
            flip(
                    all.ranks.get(4).slots.newestCommitted().shardBytes(0),
                    first.custody().grid().chunk() + 5);

            assertThat(scrub(all)).hasSize(2).allMatch(Scrubber.Repair::isDone);
            all.ranks.forEach(rank -> requireSound(rank.slots.newestCommitted()));
        }
    }

    @Property(tries = 6, shrinking = ShrinkingMode.OFF)
    void theFirstSnapshotAfterARestoreIsLookedThroughToo(
            @ForAll long seed, @ForAll @IntRange(min = 2, max = 4) int worldSize, @ForAll boolean parity)
            throws Exception {
        Redundancy redundancy = parity ? new Redundancy.Parity(2, 1) : new Redundancy.Copies(1);
        try (ThreadRanks all = new ThreadRanks(worldSize, SHAPE, redundancy, true)) {
            all.all(rank -> rank.snapshotter.take(rank.members, 3, Wishes.NONE));
            boolean[] holds = new boolean[worldSize];
            Arrays.fill(holds, true);
            int[] sources = IntStream.range(0, worldSize).toArray();
            RestorePlan plan = new RestorePlan(new Version(1, 3), worldSize, sources, 0, holds);
            List<Restorer> restorers = Collections.synchronizedList(new ArrayList<>());
            all.all(rank -> {
                Restorer restorer =
                        new Restorer(rank, rank.slots, rank.stream.device(), rank.stream, ThreadRanks.BOUND, worldSize);
                restorers.add(restorer);
                restorer.restore(second(rank), plan);
            });
            // Here, not in the ranks' threads: to free memory waits for all of the one device's work, and so for the
            // ranks that have gone on to what waits for this one.
            restorers.forEach(Restorer::close);
            all.all(rank -> rank.snapshotter.take(second(rank), 3, Wishes.NONE));
            Random random = new Random(seed);
            Slot damaged = all.ranks.get(random.nextInt(worldSize)).slots.newestCommitted();
            assertThat(damaged.version()).isEqualTo(new Version(2, 3));
            flip(damaged.shardBytes(0), random.nextLong(damaged.shardBytes(0).byteSize()));

            assertThat(scrub(all)).hasSize(1).allMatch(Scrubber.Repair::isDone);
            all.ranks.forEach(rank -> requireSound(rank.slots.newestCommitted()));
        }
    }

    private static Membership second(ThreadRanks.Rank rank) {
        Membership first = rank.members;
        return new Membership(2, first.rank(), first.worldSize(), first.communicator());
    }

    private static void damageParityOrShard(Slot slot, Random random) {
        int part = random.nextInt(1 + slot.custody().grid().ring().parity());
        MemorySegment memory = part == 0 ? slot.shardBytes(0) : slot.parityBytes(part - 1);
        flip(memory, random.nextLong(memory.byteSize()));
    }

    private static List<byte[]> contents(ThreadRanks all) {
        List<byte[]> contents = new ArrayList<>();
        for (ThreadRanks.Rank rank : all.ranks) {
            Slot slot = rank.slots.newestCommitted();
            contents.add(slot.shardBytes(0).toArray(ValueLayout.JAVA_BYTE));
            for (int i = 0; i < slot.custody().grid().ring().parity(); i++) {
                contents.add(slot.parityBytes(i).toArray(ValueLayout.JAVA_BYTE));
            }
        }
        return contents;
    }

    @Test
    void moreThanParityCanRepairIsSaidToBeLost() throws Exception {
        try (ThreadRanks all = new ThreadRanks(3, SHAPE, new Redundancy.Parity(2, 1), true)) {
            all.all(rank -> rank.snapshotter.take(rank.members, 0, Wishes.NONE));
            // Chunk 0 of a shard is of the stripe of which the rank before keeps the parity.
            flip(all.ranks.get(1).slots.newestCommitted().shardBytes(0), 5);
            flip(all.ranks.get(0).slots.newestCommitted().parityBytes(0), 5);
            assertThat(scrub(all)).hasSize(2).noneMatch(Scrubber.Repair::isDone);
        }
    }

    @Test
    void whatAllHaveLostIsSaidToBeLost() throws Exception {
        try (ThreadRanks all = new ThreadRanks(2, SHAPE)) {
            all.all(rank -> rank.snapshotter.take(rank.members, 0, Wishes.NONE));
            for (ThreadRanks.Rank rank : all.ranks) {
                Slot slot = rank.slots.newestCommitted();
                flip(slot.shardBytes(slot.positionOf(1)), 5);
            }
            assertThat(scrub(all)).hasSize(2).noneMatch(Scrubber.Repair::isDone);
        }
    }

    private static List<Scrubber.Repair> scrub(ThreadRanks all) throws Exception {
        List<Scrubber.Repair> repairs = Collections.synchronizedList(new ArrayList<>());
        all.all(rank -> {
            try (Scrubber scrubber =
                    new Scrubber(rank.slots, rank.stream.device(), rank.stream, rank.members.worldSize())) {
                repairs.addAll(scrubber.run(rank.members));
            }
        });
        return repairs;
    }

    private static void damage(Slot slot, Random random) {
        int part = random.nextInt(1 + slot.heldShards());
        MemorySegment memory = part == 0 ? slot.replicatedBytes() : slot.shardBytes(part - 1);
        flip(memory, random.nextLong(memory.byteSize()));
    }

    private static void flip(MemorySegment memory, long at) {
        memory.set(ValueLayout.JAVA_BYTE, at, (byte) (memory.get(ValueLayout.JAVA_BYTE, at) ^ 0x10));
    }

    // The live states are zeros.
    private static void requireSound(Slot slot) {
        assertThat(isZero(slot.replicatedBytes())).isTrue();
        for (int i = 0; i < slot.heldShards(); i++) {
            assertThat(isZero(slot.shardBytes(i))).as("shard %d", slot.shard(i)).isTrue();
        }
    }

    private static boolean isZero(MemorySegment memory) {
        byte[] bytes = memory.toArray(ValueLayout.JAVA_BYTE);
        return Arrays.equals(bytes, new byte[bytes.length]);
    }
}
