/* SPDX-License-Identifier: Apache-2.0 */

import dev.convoy.DataType;
import dev.convoy.DeviceBuffer;
import dev.convoy.ReduceOp;
import dev.convoy.fault.ElasticGroup;
import dev.convoy.fault.ShardedState;
import dev.convoy.fault.protocol.RunSummary;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * A rank with a large sharded state and hardly any work: {@code java LargeState.java MIB STEPS}, MIB for each rank. Its
 * result's accuracy is abused for the speed of a plain copy of the same size, in GiB/s over 1,000.
 */
public final class LargeState {
    private static final long MIB = 1L << 20;

    private LargeState() {}

    public static void main(String[] arguments) throws Exception {
        long bytes = Long.parseLong(arguments[0]) * MIB;
        long steps = Long.parseLong(arguments[1]);
        int ranks = Integer.parseInt(System.getenv("CONVOY_WORLD_SIZE"));
        try (ElasticGroup group = ElasticGroup.join();
                DeviceBuffer sum = group.device().allocate(DataType.INT64, 1)) {
            ShardedState state = group.sharded(
                    "state",
                    DataType.UINT8,
                    bytes * ranks,
                    (offset, shard) -> shard.hostView().orElseThrow().fill((byte) (offset / bytes + 1)));
            group.run(steps, step -> {
                MemorySegment shard = state.buffer().hostView().orElseThrow();
                byte expected = (byte) (state.offset() / bytes + 1);
                for (long at = 0; at < shard.byteSize(); at += MIB) {
                    if (shard.get(java.lang.foreign.ValueLayout.JAVA_BYTE, at) != expected) {
                        throw new IllegalStateException("byte " + at + " is wrong");
                    }
                }
                step.communicator().allReduce(sum, ReduceOp.SUM, step.stream()).await();
            });
            boolean first = group.rank() == 0;
            group.finish(
                    first
                            ? new RunSummary(steps, ranks, copySpeed(bytes) / 1_000, null, null, -1, -1, -1, null)
                            : null);
        }
    }

    // GiB/s of a copy between two warm pieces of memory, the best of some.
    private static double copySpeed(long bytes) {
        double best = 0;
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment from = arena.allocate(bytes).fill((byte) 1);
            MemorySegment to = arena.allocate(bytes).fill((byte) 2);
            for (int i = 0; i < 5; i++) {
                long start = System.nanoTime();
                to.copyFrom(from);
                best = Math.max(best, bytes / (double) (System.nanoTime() - start) * 1e9 / (1L << 30));
            }
        }
        return best;
    }
}
