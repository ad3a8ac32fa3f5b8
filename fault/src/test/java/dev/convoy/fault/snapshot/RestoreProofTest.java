/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.convoy.fault.protocol.RestorePlan;
import dev.convoy.fault.protocol.Version;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/**
 * Whatever the old and the new cut, the pieces as they arrived prove the shards as they were stored, and only those.
 */
class RestoreProofTest {
    private static final StateShape SHAPE = new StateShape(
            List.of(),
            List.of(),
            List.of(new StateShape.Vector("bytes", "INT8", 1, 131), new StateShape.Vector("longs", "INT64", 8, 29)));

    @Property(tries = 300)
    void piecesProveWhatWasStored(
            @ForAll @IntRange(min = 1, max = 9) int oldShards,
            @ForAll @IntRange(min = 1, max = 9) int newShards,
            @ForAll @IntRange(min = 0) int damaged,
            @ForAll @IntRange(min = 0, max = 7) int bit) {
        List<Transfer> transfers = Transfer.plan(SHAPE, oldShards, newShards);
        RestoreProof proof = new RestoreProof(SHAPE, plan(oldShards, newShards), transfers);
        List<MemorySegment> old = regions(oldShards);
        long[] numbers = proof.unknown();
        assertThat((long) numbers.length).isLessThanOrEqualTo(RestoreProof.mostNumbers(SHAPE, 9));
        for (int shard = 0; shard < oldShards; shard++) {
            ShardContent.fill(SHAPE, old.get(shard), shard, oldShards, 5);
            proof.putShard(numbers, shard, Checksum.of(old.get(shard)));
        }
        List<MemorySegment> fresh = move(transfers, old, newShards, proof, numbers);

        assertThatCode(() -> proof.requireWhole(numbers)).doesNotThrowAnyException();
        for (int shard = 0; shard < newShards; shard++) {
            assertThat(proof.newShard(numbers, shard, newShards)).isEqualTo(Checksum.of(fresh.get(shard)));
        }

        Transfer hit = transfers.get(damaged % transfers.size());
        flip(old.get(hit.oldShard()), hit.oldOffset() + damaged % hit.bytes(), bit);
        move(transfers, old, newShards, proof, numbers);
        assertThatThrownBy(() -> proof.requireWhole(numbers))
                .isInstanceOf(DamagedTransferException.class)
                .hasMessageContaining("shard " + hit.oldShard() + " of snapshot");
    }

    private static List<MemorySegment> move(
            List<Transfer> transfers, List<MemorySegment> old, int newShards, RestoreProof proof, long[] numbers) {
        List<MemorySegment> fresh = regions(newShards);
        for (int i = 0; i < transfers.size(); i++) {
            Transfer transfer = transfers.get(i);
            MemorySegment target = fresh.get(transfer.newShard()).asSlice(transfer.newOffset(), transfer.bytes());
            target.copyFrom(old.get(transfer.oldShard()).asSlice(transfer.oldOffset(), transfer.bytes()));
            proof.putPiece(numbers, i, Checksum.of(target));
        }
        return fresh;
    }

    private static RestorePlan plan(int oldShards, int newShards) {
        boolean[] holds = new boolean[newShards];
        holds[0] = true;
        return new RestorePlan(new Version(1, 5), oldShards, new int[oldShards], 0, holds);
    }

    private static void flip(MemorySegment memory, long at, int bit) {
        byte before = memory.get(ValueLayout.JAVA_BYTE, at);
        memory.set(ValueLayout.JAVA_BYTE, at, (byte) (before ^ (1 << bit)));
    }

    private static List<MemorySegment> regions(int shards) {
        List<MemorySegment> regions = new ArrayList<>();
        for (int shard = 0; shard < shards; shard++) {
            regions.add(MemorySegment.ofArray(new byte[(int) SHAPE.shardBytes(shard, shards)]));
        }
        return regions;
    }
}
