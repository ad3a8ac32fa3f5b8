/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.convoy.DeviceBuffer;
import dev.convoy.fault.protocol.Redundancy;
import dev.convoy.fault.protocol.Version;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.constraints.IntRange;

/** Snapshots of states of which each step changes some places, or nothing, by ranks on the host runtime. */
class SnapshotterTest {
    private static final long CHUNK = ChunkSums.CHUNK;
    private static final StateShape SHAPE = new StateShape(
            List.of(new StateShape.Vector("weights", "FLOAT32", 4, CHUNK / 4 + 100)),
            List.of(),
            List.of(
                    new StateShape.Vector("moments", "UINT8", 1, 22 * CHUNK + 12_345),
                    new StateShape.Vector("few", "INT64", 8, 3)));

    @Property(tries = 16, shrinking = ShrinkingMode.OFF)
    void everySlotHoldsWhatTheOwnersHad(
            @ForAll long seed,
            @ForAll @IntRange(min = 1, max = 5) int worldSize,
            @ForAll @IntRange(min = 2, max = 4) int copies,
            @ForAll boolean fused)
            throws Exception {
        try (ThreadRanks all = new ThreadRanks(worldSize, SHAPE, new Redundancy.Copies(copies - 1), fused)) {
            all.all(rank -> fill(rank, seed));
            for (int step = 0; step < 6; step++) {
                int now = step;
                all.all(rank -> {
                    change(rank, new Random(seed + 31L * now + rank.members.rank()), new Random(seed + now));
                    rank.snapshotter.take(rank.members, now, Wishes.NONE);
                });
                for (ThreadRanks.Rank rank : all.ranks) {
                    assertThat(rank.slots.find(new Version(1, now)).heldShards())
                            .isEqualTo(Math.min(copies, worldSize));
                    check(all, rank, new Version(1, now));
                }
            }
        }
    }

    private static void fill(ThreadRanks.Rank rank, long seed) {
        for (DeviceBuffer shard : rank.shards()) {
            if (shard != null) {
                fill(shard, new Random(seed + rank.members.rank()));
            }
        }
        fill(rank.buffers().getFirst(), new Random(seed));
    }

    private static void fill(DeviceBuffer buffer, Random random) {
        byte[] content = new byte[(int) buffer.bytes()];
        random.nextBytes(content);
        view(buffer).copyFrom(MemorySegment.ofArray(content));
    }

    // In some steps nothing changes, in some everything, mostly a few bytes anywhere.
    private static void change(ThreadRanks.Rank rank, Random own, Random common) {
        DeviceBuffer shard = rank.shards().getFirst();
        switch (own.nextInt(5)) {
            case 0 -> {}
            case 1 -> fill(shard, own);
            default -> flipSome(shard, own);
        }
        flipSome(rank.buffers().getFirst(), common);
    }

    private static void flipSome(DeviceBuffer buffer, Random random) {
        MemorySegment memory = view(buffer);
        int flips = random.nextInt(4);
        for (int i = 0; i < flips; i++) {
            long at = random.nextLong(memory.byteSize());
            memory.set(ValueLayout.JAVA_BYTE, at, (byte) ~memory.get(ValueLayout.JAVA_BYTE, at));
        }
    }

    private static void check(ThreadRanks all, ThreadRanks.Rank rank, Version version) {
        Slot slot = rank.slots.find(version);
        assertThat(slot.stage()).isEqualTo(Slot.Stage.COMMITTED);
        assertThat(slot.replicatedBytes()
                        .asSlice(0, rank.buffers().getFirst().bytes())
                        .mismatch(view(rank.buffers().getFirst())))
                .isEqualTo(-1);
        assertThat(slot.replicatedChecksum()).isEqualTo(Checksum.of(slot.replicatedBytes()));
        for (int i = 0; i < slot.heldShards(); i++) {
            ThreadRanks.Rank owner = all.ranks.get(slot.shard(i));
            assertThat(slot.shardChecksum(i)).isEqualTo(Checksum.of(slot.shardBytes(i)));
            for (int state = 0; state < SHAPE.sharded().size(); state++) {
                DeviceBuffer shard = owner.shards().get(state);
                long offset = SHAPE.shardOffset(state, slot.shard(i), slot.shardCount());
                assertThat(shard == null
                                || slot.shardBytes(i)
                                                .asSlice(offset, shard.bytes())
                                                .mismatch(view(shard))
                                        < 0)
                        .as("state %d of shard %d at rank %d", state, slot.shard(i), rank.members.rank())
                        .isTrue();
            }
        }
    }

    private static MemorySegment view(DeviceBuffer buffer) {
        return buffer.hostView().orElseThrow();
    }
}
