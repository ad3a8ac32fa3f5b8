/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.snapshot;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Content of sharded states that can be computed for any element alone, so that a shard is checked without another
 * shard.
 */
final class ShardContent {
    private ShardContent() {}

    static byte expected(int state, long globalByte, long salt) {
        long mixed = (globalByte * 31 + state) * 0x9E3779B97F4A7C15L + salt;
        return (byte) (mixed >>> 32);
    }

    static void fill(StateShape shape, MemorySegment region, int shard, int shards, long salt) {
        for (int state = 0; state < shape.sharded().size(); state++) {
            StateShape.Vector vector = shape.sharded().get(state);
            long first = firstByte(vector, shard, shards);
            long offset = shape.shardOffset(state, shard, shards);
            for (long i = 0; i < lengthInBytes(vector, shard, shards); i++) {
                region.set(ValueLayout.JAVA_BYTE, offset + i, expected(state, first + i, salt));
            }
        }
    }

    static boolean matches(StateShape shape, MemorySegment region, int shard, int shards, long salt) {
        for (int state = 0; state < shape.sharded().size(); state++) {
            StateShape.Vector vector = shape.sharded().get(state);
            long first = firstByte(vector, shard, shards);
            long offset = shape.shardOffset(state, shard, shards);
            for (long i = 0; i < lengthInBytes(vector, shard, shards); i++) {
                if (region.get(ValueLayout.JAVA_BYTE, offset + i) != expected(state, first + i, salt)) {
                    return false;
                }
            }
        }
        return true;
    }

    // Written down by the definition [rL/N, (r+1)L/N), not by the class under test.
    private static long firstByte(StateShape.Vector vector, int shard, int shards) {
        return Math.floorDiv(vector.count() * shard, (long) shards) * vector.elementBytes();
    }

    private static long lengthInBytes(StateShape.Vector vector, int shard, int shards) {
        return firstByte(vector, shard + 1, shards) - firstByte(vector, shard, shards);
    }
}
