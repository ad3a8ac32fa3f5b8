/* SPDX-License-Identifier: Apache-2.0 */

import dev.convoy.DataType;
import dev.convoy.DeviceBuffer;
import dev.convoy.ReduceOp;
import dev.convoy.fault.ElasticGroup;
import dev.convoy.fault.ElasticOptions;
import dev.convoy.fault.ShardedState;
import dev.convoy.fault.SnapshotMemory;
import dev.convoy.fault.SnapshotOverlap;
import dev.convoy.fault.Step;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * A rank with a large sharded state and hardly any work: {@code LargeState MIB STEPS QUIET STATE-DIR FILE}, MIB for
 * each rank. Before step QUIET it waits until the first snapshot is on disk, so that nothing else is measured with the
 * recovery. LARGE_STATE_CHANGING says how many of 100 bytes lie in a MiB that each step changes (100),
 * LARGE_STATE_STEP_MS how long a step takes besides, waiting, or computing with LARGE_STATE_BUSY=1; LARGE_STATE_OVERLAP
 * and LARGE_STATE_EVERY are options of snapshots. Writes what it measured to FILE: the times of snapshots, the speed of
 * a plain copy, and the memory.
 */
public final class LargeState {
    private static final long MIB = 1L << 20;
    private static final double GIB = 1L << 30;
    private static final int COPIES = 5;
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final ElasticGroup group;
    private final ShardedState state;
    private final DeviceBuffer sum;
    private final long bytes;
    private final long changing;
    private final long stepNs;
    private final boolean busy;
    private final long quiet;
    private final Path stateDirectory;
    private final List<Double> snapshotMs = new ArrayList<>();
    private final List<Double> periodMs = new ArrayList<>();
    private long beganNs;
    private long endedNs;

    private LargeState(ElasticGroup group, DeviceBuffer sum, String[] arguments) {
        this.group = group;
        this.sum = sum;
        bytes = Long.parseLong(arguments[0]) * MIB;
        changing = bytes / 100 * setting("CHANGING", 100);
        stepNs = setting("STEP_MS", 0) * 1_000_000;
        busy = setting("BUSY", 0) != 0;
        quiet = Long.parseLong(arguments[2]);
        stateDirectory = Path.of(arguments[3]);
        int ranks = Integer.parseInt(System.getenv("CONVOY_WORLD_SIZE"));
        state = group.sharded(
                "state",
                DataType.UINT8,
                bytes * ranks,
                (offset, shard) -> shard.hostView().orElseThrow().fill(content(offset)));
    }

    public static void main(String[] arguments) throws Exception {
        long steps = Long.parseLong(arguments[1]);
        String overlap = System.getenv().getOrDefault("LARGE_STATE_OVERLAP", "NONE");
        ElasticOptions options = ElasticOptions.defaults()
                .withOverlap(SnapshotOverlap.valueOf(overlap))
                .withSnapshotEvery((int) setting("EVERY", 1));
        try (ElasticGroup group = ElasticGroup.join(options);
                DeviceBuffer sum = group.device().allocate(DataType.INT64, 1)) {
            LargeState program = new LargeState(group, sum, arguments);
            group.run(steps, program::step);
            program.report(Path.of(arguments[4]));
            group.finish(null);
        }
    }

    private static long setting(String name, long otherwise) {
        String value = System.getenv("LARGE_STATE_" + name);
        return value == null ? otherwise : Long.parseLong(value);
    }

    private byte content(long offset) {
        return (byte) (offset / bytes + 1);
    }

    // The snapshot before a step is what passes between two calls; the first of an epoch comes after a restore.
    private void step(Step step) throws IOException, InterruptedException {
        long now = System.nanoTime();
        if (endedNs != 0 && step.index() > 1 && step.index() < quiet) {
            snapshotMs.add((now - endedNs) / 1e6);
            periodMs.add((now - beganNs) / 1e6);
        }
        beganNs = now;
        compute();
        group.awaitCopied();
        change(step.index());
        if (step.epoch() == 1 && step.index() == quiet - 1) {
            awaitDisk();
        }
        step.communicator().allReduce(sum, ReduceOp.SUM, step.stream()).await();
        endedNs = System.nanoTime();
    }

    // As long as it is to last: by a device, while this process waits, or by this process's CPU.
    private void compute() {
        long end = beganNs + stepNs;
        if (!busy && stepNs > 0) {
            LockSupport.parkNanos(stepNs);
        }
        while (busy && System.nanoTime() < end) {
            Thread.onSpinWait();
        }
    }

    private void change(long index) {
        MemorySegment shard = state.buffer().hostView().orElseThrow();
        for (long at = 0; at < shard.byteSize(); at += MIB) {
            long offset = state.offset() + at;
            // However it is cut by now: of what one rank had at first.
            boolean changes = offset % bytes < changing;
            byte expected = (byte) (content(offset) + (changes ? index : 0));
            if (shard.get(ValueLayout.JAVA_BYTE, at) != expected) {
                throw new IllegalStateException("byte " + at + " is wrong");
            }
            if (changes) {
                shard.set(ValueLayout.JAVA_BYTE, at, (byte) (expected + 1));
            }
        }
    }

    /** The agent writes for a while; a disk that is full must not keep the other ranks waiting for ever. */
    private void awaitDisk() throws IOException, InterruptedException {
        boolean there = false;
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!there) {
            if (System.nanoTime() > deadline) {
                throw new IOException("nothing complete in " + stateDirectory + " within " + PATIENCE);
            }
            try (Stream<Path> files = Files.walk(stateDirectory)) {
                there = files.anyMatch(file -> file.endsWith("MANIFEST"));
            }
            Thread.sleep(20);
        }
    }

    private void report(Path file) throws IOException {
        double together = copySpeed(true);
        double alone = group.rank() == 0 ? copySpeed(false) : 0;
        // Nobody ends, and frees gigabytes, while rank 0 measures.
        group.communicator().allReduce(sum, ReduceOp.SUM, group.stream()).await();
        if (group.rank() == 0) {
            SnapshotMemory memory = group.snapshotMemory();
            Properties measured = new Properties();
            snapshotMs.sort(null);
            measured.setProperty("snapshotMs", "" + snapshotMs.get(snapshotMs.size() / 2));
            periodMs.sort(null);
            measured.setProperty("periodMs", "" + periodMs.get(periodMs.size() / 2));
            measured.setProperty("copyTogether", "" + together);
            measured.setProperty("copyAlone", "" + alone);
            measured.setProperty("announced", "" + memory.announcedBytes());
            measured.setProperty("used", "" + memory.usedBytes());
            try (var out = Files.newBufferedWriter(file)) {
                measured.store(out, null);
            }
        }
    }

    // GiB/s between two warm halves of this rank's own shard, the best of some.
    private double copySpeed(boolean together) {
        MemorySegment shard = state.buffer().hostView().orElseThrow();
        long half = shard.byteSize() / 2;
        double best = 0;
        for (int i = 0; i < COPIES; i++) {
            if (together) {
                group.communicator()
                        .allReduce(sum, ReduceOp.SUM, group.stream())
                        .await();
            }
            long start = System.nanoTime();
            MemorySegment.copy(shard, 0, shard, half, half);
            best = Math.max(best, half / GIB / ((System.nanoTime() - start) / 1e9));
        }
        return best;
    }
}
