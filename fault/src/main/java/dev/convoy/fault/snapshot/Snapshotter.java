/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.snapshot;

import dev.convoy.Communicator;
import dev.convoy.DataType;
import dev.convoy.Device;
import dev.convoy.DeviceBuffer;
import dev.convoy.Stream;
import dev.convoy.fault.ElasticException;
import dev.convoy.fault.protocol.GroupPlacement;
import dev.convoy.fault.protocol.Version;
import java.time.Duration;

/**
 * Takes a snapshot: copies the live states into a slot, exchanges the shards' copies within the groups, and has all
 * ranks vote. Returns only once the version is committed. Used by the user's thread.
 */
public final class Snapshotter implements AutoCloseable {
    private static final int[] NO_SHARDS = {};
    private static final int ATTEMPTS = 3;
    /** Bytes that the ranks of a group exchange at a time. */
    static final long CHUNK = 4L << 20;

    private final LiveState live;
    private final SlotPair slots;
    private final SlotCopies copies;
    private final Stream stream;
    private final long declaration;
    private final DeviceBuffer ballot;
    private final DeviceBuffer ballots;
    private final DeviceBuffer ownChecksum;
    private final DeviceBuffer heldChecksums;
    private final long[] record = new long[CommitVote.LONGS];

    /**
     * Creates a snapshotter.
     *
     * @param live the states
     * @param slots this rank's slots
     * @param device where the states are
     * @param stream stream of all copies and exchanges
     * @param largestWorld most ranks that an epoch can have
     * @param declaration hash of what all ranks must have in common
     */
    public Snapshotter(
            LiveState live, SlotPair slots, Device device, Stream stream, int largestWorld, long declaration) {
        this.live = live;
        this.slots = slots;
        this.stream = stream;
        this.declaration = declaration;
        this.copies = new SlotCopies(live, stream);
        this.ballot = device.allocate(DataType.INT64, CommitVote.LONGS);
        this.ballots = device.allocate(DataType.INT64, (long) CommitVote.LONGS * largestWorld);
        this.ownChecksum = device.allocate(DataType.INT64, 1);
        this.heldChecksums = device.allocate(DataType.INT64, CommitVote.MOST_SHARDS);
    }

    /**
     * Takes and commits a snapshot of the state before a step. A collective call.
     *
     * @param members the epoch
     * @param step the step that has not begun yet
     * @param wishes what this rank wants beside the snapshot
     * @return what the ranks agreed on, the same on all of them
     */
    public Wishes take(Membership members, long step, Wishes wishes) {
        Version version = new Version(members.epoch(), step);
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            Slot slot = store(members, version);
            CommitVote vote = vote(members, slot, wishes);
            if (vote.verdict(version, live.shape().hasShards()) == CommitVote.Verdict.COMMIT) {
                slot.commit();
                return vote.agreed();
            }
        }
        throw new ElasticException("the copies of snapshot " + version + " differed from their originals " + ATTEMPTS
                + " times; the memory or the links of this machine damage data");
    }

    private Slot store(Membership members, Version version) {
        boolean sharded = live.shape().hasShards();
        int[] shards = sharded ? GroupPlacement.of(members.worldSize()).shardsHeldBy(members.rank()) : NO_SHARDS;
        Slot slot = slots.resume(version, sharded ? members.worldSize() : 0, shards);
        members.communicator().synchronize(stream);
        copies.saveBuffers(slot, bound(members));
        copies.saveHosts(slot);
        if (slot.heldShards() > 0) {
            storeShards(members, slot);
        }
        slot.seal();
        return slot;
    }

    private static Duration bound(Membership members) {
        return members.communicator().options().deadline();
    }

    // Peers read this rank's slot, never its live state: the next step may change that while a slow peer still reads.
    private void storeShards(Membership members, Slot slot) {
        int[] holders = GroupPlacement.of(members.worldSize()).holders(members.rank());
        long own = slot.shardBytes(0).byteSize();
        long longest = own;
        for (int i = 1; i < slot.heldShards(); i++) {
            longest = Math.max(longest, slot.shardBytes(i).byteSize());
        }
        for (long from = 0; from < longest; from += CHUNK) {
            if (!slot.ownIsStaged()) {
                copies.saveOwnShard(slot, from, Math.min(from + CHUNK, own), bound(members));
            }
            if (slot.heldShards() > 1) {
                exchangeCopies(members.communicator(), slot, holders, from);
            }
        }
        if (slot.heldShards() > 1) {
            exchangeChecksums(members.communicator(), slot, holders);
        }
    }

    private void exchangeCopies(Communicator communicator, Slot slot, int[] holders, long from) {
        try (var _ = communicator.group()) {
            long own = lengthFrom(slot, 0, from);
            for (int i = 1; i < holders.length && own > 0; i++) {
                communicator.send(slot.shardRegion(0).buffer().slice(from, own), holders[i], stream);
            }
            for (int i = 1; i < slot.heldShards(); i++) {
                long held = lengthFrom(slot, i, from);
                if (held > 0) {
                    communicator.recv(slot.shardRegion(i).buffer().slice(from, held), slot.shard(i), stream);
                }
            }
        }
        communicator.synchronize(stream);
        for (int i = 1; i < slot.heldShards(); i++) {
            slot.checksumShard(i, from + lengthFrom(slot, i, from));
        }
    }

    private static long lengthFrom(Slot slot, int position, long from) {
        return Math.clamp(slot.shardBytes(position).byteSize() - from, 0, CHUNK);
    }

    // With each copy goes the checksum that its owner has: the holder may be the only one left before the vote.
    private void exchangeChecksums(Communicator communicator, Slot slot, int[] holders) {
        ownChecksum.copyFrom(new long[] {slot.checksumOwn()});
        try (var _ = communicator.group()) {
            for (int i = 1; i < holders.length; i++) {
                communicator.send(ownChecksum, holders[i], stream);
            }
            for (int i = 1; i < slot.heldShards(); i++) {
                communicator.recv(heldChecksums.slice(i, 1), slot.shard(i), stream);
            }
        }
        communicator.synchronize(stream);
        long[] originals = new long[CommitVote.MOST_SHARDS];
        heldChecksums.copyTo(originals);
        for (int i = 1; i < slot.heldShards(); i++) {
            slot.expect(i, originals[i]);
        }
    }

    private CommitVote vote(Membership members, Slot slot, Wishes wishes) {
        CommitVote.write(record, declaration, slot, wishes);
        ballot.copyFrom(record);
        DeviceBuffer all = ballots.slice(0, (long) CommitVote.LONGS * members.worldSize());
        members.communicator().allGather(ballot, all, stream).await();
        long[] records = new long[CommitVote.LONGS * members.worldSize()];
        all.copyTo(records);
        return new CommitVote(records, members.worldSize(), live.shape().replicatedNames());
    }

    /** Frees the device memory of the vote. Idempotent. */
    @Override
    public void close() {
        ballot.close();
        ballots.close();
        ownChecksum.close();
        heldChecksums.close();
    }
}
