/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

/**
 * Resharding from any world size to any other: every byte of every new shard has exactly one origin, and the right one.
 */
class TransferTest {
    @Provide
    Arbitrary<StateShape> shapes() {
        Arbitrary<StateShape.Vector> vectors = Combinators.combine(
                        Arbitraries.of(1, 2, 4, 8), Arbitraries.longs().between(1, 400))
                .as((bytes, count) -> new StateShape.Vector("v", "T", bytes, count));
        return vectors.list().ofMinSize(1).ofMaxSize(4).map(sharded -> new StateShape(List.of(), List.of(), sharded));
    }

    @Property(tries = 2_000)
    void everyElementArrivesExactlyOnce(
            @ForAll("shapes") StateShape shape,
            @ForAll @IntRange(min = 1, max = 17) int oldShards,
            @ForAll @IntRange(min = 1, max = 17) int newShards) {
        List<MemorySegment> old = regions(shape, oldShards);
        List<MemorySegment> fresh = regions(shape, newShards);
        List<byte[]> hits = new ArrayList<>();
        fresh.forEach(region -> hits.add(new byte[(int) region.byteSize()]));
        for (int shard = 0; shard < oldShards; shard++) {
            ShardContent.fill(shape, old.get(shard), shard, oldShards, 7);
        }

        long moved = 0;
        for (Transfer transfer : Transfer.plan(shape, oldShards, newShards)) {
            MemorySegment.copy(
                    old.get(transfer.oldShard()),
                    transfer.oldOffset(),
                    fresh.get(transfer.newShard()),
                    transfer.newOffset(),
                    transfer.bytes());
            byte[] hit = hits.get(transfer.newShard());
            for (long i = 0; i < transfer.bytes(); i++) {
                hit[(int) (transfer.newOffset() + i)]++;
            }
            moved += transfer.bytes();
        }

        long total = shape.sharded().stream()
                .mapToLong(vector -> vector.count() * vector.elementBytes())
                .sum();
        assertThat(moved).isEqualTo(total);
        for (int shard = 0; shard < newShards; shard++) {
            assertThat(ShardContent.matches(shape, fresh.get(shard), shard, newShards, 7))
                    .as("content of new shard %d", shard)
                    .isTrue();
            for (byte hit : hits.get(shard)) {
                assertThat(hit).as("writes to one byte").isBetween((byte) 0, (byte) 1);
            }
        }
    }

    private static List<MemorySegment> regions(StateShape shape, int shards) {
        List<MemorySegment> regions = new ArrayList<>();
        for (int shard = 0; shard < shards; shard++) {
            regions.add(MemorySegment.ofArray(new byte[(int) shape.shardBytes(shard, shards)]));
        }
        return regions;
    }
}
