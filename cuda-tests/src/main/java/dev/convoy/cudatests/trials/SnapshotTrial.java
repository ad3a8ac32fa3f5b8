/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.cudatests.trials;

import dev.convoy.DataType;
import dev.convoy.Device;
import dev.convoy.DeviceBuffer;
import dev.convoy.Stream;
import dev.convoy.cudatests.Bench;
import dev.convoy.cudatests.Trial;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.Arrays;
import java.util.SplittableRandom;

/** State of the device to pinned memory by a stream of its own, lost, and back: the same bits. */
public final class SnapshotTrial implements Trial {
    private static final long SEED = 7;
    private static final int QUICK = 1 << 20;
    private static final int BYTES = 1 << 28;
    private static final int ROUNDS = 5;
    private static final Duration SOON = Duration.ofSeconds(30);

    /** Made by the list of trials. */
    public SnapshotTrial() {}

    @Override
    public String name() {
        return "snapshot";
    }

    @Override
    public String run(Bench bench) {
        Device device = bench.device();
        int bytes = bench.isQuick() ? QUICK : BYTES;
        byte[] content = new byte[bytes];
        new SplittableRandom(SEED).nextBytes(content);
        byte[] after = new byte[bytes];
        try (Stream side = device.newStream();
                DeviceBuffer state = device.allocate(DataType.INT8, bytes);
                DeviceBuffer pinned = device.allocatePinned(DataType.INT8, bytes)) {
            state.copyFrom(MemorySegment.ofArray(content));
            double saved = best(() -> pinned.copyFromAsync(state, side), side);
            state.fill((byte) 0, side);
            side.synchronize(SOON);
            double restored = best(() -> state.copyFromAsync(pinned, side), side);
            state.copyTo(MemorySegment.ofArray(after));
            Check.equal(-1, Arrays.mismatch(content, after), "first byte that differs after the way there and back");
            bench.say("%d bytes: to pinned memory %.2f GB/s, back %.2f GB/s", bytes, bytes / saved, bytes / restored);
        }
        return bytes + " bytes there and back, the same bits";
    }

    /** Nanoseconds of the best of a few copies. */
    private static double best(Runnable copy, Stream stream) {
        double best = Double.MAX_VALUE;
        for (int i = 0; i < ROUNDS; i++) {
            long began = System.nanoTime();
            copy.run();
            stream.synchronize(SOON);
            best = Math.min(best, System.nanoTime() - began);
        }
        return best;
    }
}
