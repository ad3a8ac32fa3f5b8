/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.snapshot;

import java.util.ArrayList;
import java.util.List;

/**
 * A run of bytes that must get from an old shard's region to a new shard's region when the number of shards changes.
 *
 * @param state position of the sharded state that the bytes belong to
 * @param oldShard shard of the snapshot
 * @param newShard shard of the new epoch, which is the new rank that needs it
 * @param oldOffset byte offset in the old shard's region
 * @param newOffset byte offset in the new shard's region
 * @param bytes length, at least 1
 */
public record Transfer(int state, int oldShard, int newShard, long oldOffset, long newOffset, long bytes) {
    /**
     * Every transfer that turns {@code oldShards} shards into {@code newShards}, in the same order on every rank: each
     * byte of each new shard is the target of exactly one.
     *
     * @param shape the states
     * @param oldShards number of shards in the snapshot
     * @param newShards number of shards in the new epoch
     * @return transfers ordered by state, then by global position
     */
    public static List<Transfer> plan(StateShape shape, int oldShards, int newShards) {
        List<Transfer> transfers = new ArrayList<>();
        for (int state = 0; state < shape.sharded().size(); state++) {
            planOne(shape, state, oldShards, newShards, transfers);
        }
        return transfers;
    }

    private static void planOne(StateShape shape, int state, int oldShards, int newShards, List<Transfer> into) {
        StateShape.Vector vector = shape.sharded().get(state);
        long total = vector.count();
        int from = 0;
        int to = 0;
        long position = 0;
        while (position < total) {
            while (Partition.start(total, from + 1, oldShards) <= position) {
                from++;
            }
            while (Partition.start(total, to + 1, newShards) <= position) {
                to++;
            }
            long oldStart = Partition.start(total, from, oldShards);
            long newStart = Partition.start(total, to, newShards);
            long end = Math.min(Partition.start(total, from + 1, oldShards), Partition.start(total, to + 1, newShards));
            int size = vector.elementBytes();
            into.add(new Transfer(
                    state,
                    from,
                    to,
                    shape.shardOffset(state, from, oldShards) + (position - oldStart) * size,
                    shape.shardOffset(state, to, newShards) + (position - newStart) * size,
                    (end - position) * size));
            position = end;
        }
    }
}
