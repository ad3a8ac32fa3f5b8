/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.snapshot;

import dev.convoy.CheckedCopy;
import dev.convoy.Communicator;
import dev.convoy.DataType;
import dev.convoy.Device;
import dev.convoy.DeviceBuffer;
import dev.convoy.Stream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Copies shards among the members of a group: each rank sends its own to those that keep copies of it. Goes in batches
 * of chunks, so that a chunk still lies in a cache when its holders read it. Where a batch is written over an earlier
 * version that the holders have, too, the ranks first say which chunks have changed, and only these travel.
 */
final class Replication implements AutoCloseable {
    /** Chunks of a batch: as many as are told of by one number, and lie in a cache that cores share. */
    static final int BATCH = 8;

    private static final long ALL = (1L << BATCH) - 1;

    private final DeviceBuffer checksums;
    private final MemorySegment checksumView;
    private final DeviceBuffer changes;
    private final MemorySegment changeView;
    private final DeviceBuffer ownChecksum;
    private final DeviceBuffer heldChecksums;
    private final boolean fused;

    /**
     * Prepares exchanges.
     *
     * @param device where the slots are
     * @param fused whether receives say the checksum of what they got
     */
    Replication(Device device, boolean fused) {
        this.fused = fused;
        int most = CommitVote.MOST_SHARDS;
        checksums = device.allocatePinned(DataType.INT32, (long) most * BATCH);
        changes = device.allocatePinned(DataType.INT64, most);
        ownChecksum = device.allocate(DataType.INT64, 1);
        heldChecksums = device.allocate(DataType.INT64, most);
        checksumView = checksums.hostView().orElseThrow();
        changeView = changes.hostView().orElseThrow();
    }

    /** One exchange: who takes part, and on what. */
    private record Run(Communicator communicator, Stream stream, Slot slot, int[] holders, ShardSource source) {
        boolean isAlone() {
            return slot.heldShards() < 2;
        }
    }

    /**
     * Puts this rank's shard into its slot and into those of its holders, and theirs into this one. A collective call
     * of the group.
     *
     * @param holders who holds this rank's shard, itself first
     * @param communicator of all ranks
     * @param stream order of the exchange
     * @param slot the slot, in the stage of being written
     * @param source this rank's own chunks
     */
    void run(int[] holders, Communicator communicator, Stream stream, Slot slot, ShardSource source) {
        Run run = new Run(communicator, stream, slot, holders, source);
        int chunks = 0;
        for (int i = 0; i < slot.heldShards(); i++) {
            chunks = Math.max(chunks, slot.shardSums(i).count());
        }
        for (int batch = 0; batch < slot.custody().batches(chunks); batch++) {
            long changed = source.prepare(batch);
            if (!run.isAlone()) {
                exchange(run, batch, changed);
            }
        }
        if (!run.isAlone()) {
            exchangeChecksums(run);
        }
    }

    private void exchange(Run run, int batch, long changed) {
        boolean incremental = run.slot().base() != null;
        if (incremental) {
            exchangeChanges(run, changed);
        }
        try (var _ = run.communicator().group()) {
            for (int i = 1; i < run.holders().length; i++) {
                send(run, run.holders()[i], batch, incremental ? changed : ALL);
            }
            for (int i = 1; i < run.slot().heldShards(); i++) {
                receive(run, i, batch, incremental ? changedAt(i) : ALL);
            }
        }
        run.communicator().synchronize(run.stream());
        for (int i = 1; i < run.slot().heldShards(); i++) {
            note(run.slot().shardSums(i), i, batch, incremental ? changedAt(i) : ALL);
        }
    }

    private void exchangeChanges(Run run, long changed) {
        changeView.set(ValueLayout.JAVA_LONG, 0, changed);
        try (var _ = run.communicator().group()) {
            for (int i = 1; i < run.holders().length; i++) {
                run.communicator().send(changes.slice(0, 1), run.holders()[i], run.stream());
            }
            for (int i = 1; i < run.slot().heldShards(); i++) {
                run.communicator().recv(changes.slice(i, 1), run.slot().shard(i), run.stream());
            }
        }
        run.communicator().synchronize(run.stream());
    }

    private long changedAt(int position) {
        return changeView.getAtIndex(ValueLayout.JAVA_LONG, position);
    }

    private void send(Run run, int peer, int batch, long changed) {
        ChunkSums sums = run.slot().shardSums(0);
        for (int i = 0; i < BATCH; i++) {
            int chunk = batch * BATCH + i;
            if (isDue(sums, chunk, changed >> i)) {
                DeviceBuffer live = run.source().chunk(chunk);
                run.communicator().send(live == null ? memory(run.slot(), 0, chunk) : live, peer, run.stream());
            }
        }
    }

    private void receive(Run run, int position, int batch, long changed) {
        ChunkSums sums = run.slot().shardSums(position);
        int peer = run.slot().shard(position);
        for (int i = 0; i < BATCH; i++) {
            int chunk = batch * BATCH + i;
            if (isDue(sums, chunk, changed >> i)) {
                DeviceBuffer target = memory(run.slot(), position, chunk);
                if (fused) {
                    DeviceBuffer checksum = checksums.slice(cell(position, i), 1);
                    run.communicator().recv(target, peer, checksum, run.stream());
                } else {
                    run.communicator().recv(target, peer, run.stream());
                }
            }
        }
    }

    private void note(ChunkSums sums, int position, int batch, long changed) {
        for (int i = 0; i < BATCH; i++) {
            int chunk = batch * BATCH + i;
            if (isDue(sums, chunk, changed >> i)) {
                sums.put(
                        chunk,
                        fused
                                ? Integer.toUnsignedLong(
                                        checksumView.getAtIndex(ValueLayout.JAVA_INT, cell(position, i)))
                                : CheckedCopy.checksum(sums.bytes(chunk)));
            }
        }
    }

    private static boolean isDue(ChunkSums sums, int chunk, long changed) {
        return chunk < sums.count() && (changed & 1) != 0;
    }

    private static int cell(int position, int index) {
        return position * BATCH + index;
    }

    private static DeviceBuffer memory(Slot slot, int position, int chunk) {
        ChunkSums sums = slot.shardSums(position);
        return slot.shardRegion(position).buffer().slice(sums.offset(chunk), sums.length(chunk));
    }

    // With each copy goes the checksum that its owner has: the holder may be the only one left before the vote.
    private void exchangeChecksums(Run run) {
        Slot slot = run.slot();
        ownChecksum.copyFrom(new long[] {slot.checksumOwn()});
        try (var _ = run.communicator().group()) {
            for (int i = 1; i < run.holders().length; i++) {
                run.communicator().send(ownChecksum, run.holders()[i], run.stream());
            }
            for (int i = 1; i < slot.heldShards(); i++) {
                run.communicator().recv(heldChecksums.slice(i, 1), slot.shard(i), run.stream());
            }
        }
        run.communicator().synchronize(run.stream());
        long[] originals = new long[CommitVote.MOST_SHARDS];
        heldChecksums.copyTo(originals);
        for (int i = 1; i < slot.heldShards(); i++) {
            slot.expect(i, originals[i]);
        }
    }

    /** Frees its few bytes. Idempotent. */
    @Override
    public void close() {
        checksums.close();
        changes.close();
        ownChecksum.close();
        heldChecksums.close();
    }
}
