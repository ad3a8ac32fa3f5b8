/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.snapshot;

import dev.convoy.CheckedCopy;
import dev.convoy.DataType;
import dev.convoy.Device;
import dev.convoy.DeviceBuffer;
import dev.convoy.Stream;
import dev.convoy.fault.StateDivergedException;
import dev.convoy.fault.protocol.Version;
import java.time.Duration;
import java.util.Arrays;

/**
 * Takes a snapshot: copies the live states into a slot, exchanges the shards' copies within the groups, and has all
 * ranks vote. Returns only once the version is committed. Used by the user's thread.
 */
public final class Snapshotter implements AutoCloseable {
    private static final int ATTEMPTS = 3;

    private final LiveState live;
    private final SlotPair slots;
    private final SlotCopies copies;
    private final Stream stream;
    private final long declaration;
    private final DeviceBuffer ballot;
    private final DeviceBuffer ballots;
    private final Replication replication;
    private final ParityExchange parity;
    private final long[] record = new long[CommitVote.LONGS];

    /**
     * Creates a snapshotter.
     *
     * @param live the states
     * @param slots this rank's slots
     * @param device where the states are
     * @param stream stream of all copies and exchanges
     * @param bound bound of a wait for the device
     * @param largestWorld most ranks that an epoch can have
     * @param declaration hash of what all ranks must have in common
     */
    public Snapshotter(
            LiveState live,
            SlotPair slots,
            Device device,
            Stream stream,
            Duration bound,
            int largestWorld,
            long declaration) {
        this(
                live,
                slots,
                device,
                stream,
                bound,
                largestWorld,
                declaration,
                CheckedCopy.of(device).isFused());
    }

    /** Also says whether receives tell checksums, which not all runtimes can. */
    Snapshotter(
            LiveState live,
            SlotPair slots,
            Device device,
            Stream stream,
            Duration bound,
            int largestWorld,
            long declaration,
            boolean fused) {
        this.live = live;
        this.slots = slots;
        this.stream = stream;
        this.declaration = declaration;
        this.copies = new SlotCopies(live, stream, bound);
        this.ballot = device.allocate(DataType.INT64, CommitVote.LONGS);
        this.ballots = device.allocate(DataType.INT64, (long) CommitVote.LONGS * largestWorld);
        this.replication = new Replication(device, fused);
        this.parity = new ParityExchange(device, slots.workspace(), copies, fused);
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
            if (verdict(vote, slot) == CommitVote.Verdict.COMMIT) {
                slot.commit();
                return vote.agreed();
            }
        }
        throw damaging(slots, version);
    }

    /**
     * A snapshot that is taken bit by bit, perhaps by several threads one after the other: {@link #begin},
     * {@link #copy}, {@link #commit}.
     */
    public static final class Course {
        private final Membership members;
        private final Version version;
        private final Wishes wishes;
        final Slot slot;
        private final long[] changed;
        /** Why there is nothing to commit; null once the buffers are copied. */
        private RuntimeException failure = new IllegalStateException("the buffers of a snapshot were not copied");

        private Course(Membership members, Version version, Wishes wishes, Slot slot) {
            this.members = members;
            this.version = version;
            this.wishes = wishes;
            this.slot = slot;
            changed = new long
                    [slot.heldShards() == 0
                            ? 0
                            : slot.custody().batches(slot.shardSums(0).count())];
        }
    }

    /**
     * Begins a snapshot: opens its slot and saves the host states. What the device does with the states is done.
     *
     * @param members the epoch, with the communicator of the exchange
     * @param step the step that has not begun yet
     * @param wishes what this rank wants beside the snapshot
     * @return the snapshot
     */
    public Course begin(Membership members, long step, Wishes wishes) {
        Version version = new Version(members.epoch(), step);
        Slot slot = slots.begin(version, slots.custody(members));
        copies.saveHosts(slot);
        return new Course(members, version, wishes, slot);
    }

    /**
     * Copies the buffers, which nobody changes meanwhile. If that fails, so does {@link #commit}.
     *
     * @param course a snapshot that was begun
     */
    public void copy(Course course) {
        try {
            copies.saveBuffers(course.slot);
            for (int batch = 0; batch < course.changed.length; batch++) {
                course.changed[batch] = copies.saveOwnBatch(course.slot, batch);
            }
            course.failure = null;
        } catch (RuntimeException e) {
            course.failure = e;
            throw e;
        }
    }

    /**
     * Exchanges the copies and votes. A collective call.
     *
     * @param course a snapshot whose buffers are copied
     * @return what the ranks agreed on, the same on all of them
     * @throws RuntimeException what kept the buffers from being copied
     */
    public Wishes commit(Course course) {
        if (course.failure != null) {
            throw course.failure;
        }
        Membership members = course.members;
        ShardSource source = new StoredSource(course.changed);
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            if (attempt > 0) {
                course.slot.reopen();
                Arrays.fill(course.changed, -1);
            }
            if (course.slot.heldShards() > 0) {
                protect(members, course.slot, source);
            }
            course.slot.seal();
            CommitVote vote = vote(members, course.slot, course.wishes);
            if (verdict(vote, course.slot) == CommitVote.Verdict.COMMIT) {
                course.slot.commit();
                return vote.agreed();
            }
        }
        throw damaging(slots, course.version);
    }

    // Whole as it is, a version in which the ranks differ must be offered to nobody.
    private CommitVote.Verdict verdict(CommitVote vote, Slot slot) {
        try {
            return vote.verdict(slot.version(), live.shape().hasShards());
        } catch (StateDivergedException e) {
            slot.clear();
            throw e;
        }
    }

    // All ranks give it up: it must be offered to nobody, and they go back to the one before it.
    private static DamagedTransferException damaging(SlotPair slots, Version version) {
        slots.forget(version);
        return new DamagedTransferException("the copies of snapshot " + version + " differed from their originals "
                + ATTEMPTS + " times; the memory or the links of this machine damage data");
    }

    private void protect(Membership members, Slot slot, ShardSource source) {
        if (slot.custody().grid() != null) {
            parity.run(members.communicator(), stream, slot, source);
        } else {
            replication.run(holders(members), members.communicator(), stream, slot, source);
        }
    }

    private int[] holders(Membership members) {
        return slots.protection(members) instanceof Protection.Copies copies
                ? copies.placement().holders(members.rank())
                : new int[] {members.rank()};
    }

    private Slot store(Membership members, Version version) {
        Slot slot = slots.resume(version, slots.custody(members));
        members.communicator().synchronize(stream);
        copies.saveReplicated(slot);
        if (slot.heldShards() > 0) {
            protect(members, slot, new LiveSource(slot));
        }
        slot.seal();
        return slot;
    }

    /**
     * The live state itself: peers read it while it is still in a cache. The vote ends the snapshot, and by then all
     * have read; who is stopped meanwhile and reads later is no longer asked what it has.
     */
    private final class LiveSource implements ShardSource {
        private final Slot slot;
        private final boolean isStaged;

        LiveSource(Slot slot) {
            this.slot = slot;
            isStaged = slot.ownIsStaged();
        }

        @Override
        public long prepare(int batch) {
            return isStaged ? checksum(batch) : copies.saveOwnBatch(slot, batch);
        }

        // The restore has verified the whole only; whoever looks for damage later needs each chunk's.
        private long checksum(int batch) {
            ChunkSums sums = slot.shardSums(0);
            int many = slot.custody().chunksAtOnce();
            for (int chunk = batch * many; chunk < Math.min((batch + 1) * many, sums.count()); chunk++) {
                sums.of(chunk);
            }
            return -1;
        }

        @Override
        public DeviceBuffer chunk(int chunk) {
            return isStaged ? null : copies.liveChunk(slot, chunk);
        }
    }

    /** What was copied into the slot before. */
    private record StoredSource(long[] changed) implements ShardSource {
        @Override
        public long prepare(int batch) {
            return batch < changed.length ? changed[batch] : 0;
        }

        @Override
        public DeviceBuffer chunk(int chunk) {
            return null;
        }
    }

    private CommitVote vote(Membership members, Slot slot, Wishes wishes) {
        CommitVote.write(record, declaration, slot, wishes);
        ballot.copyFrom(record);
        DeviceBuffer all = ballots.slice(0, (long) CommitVote.LONGS * members.worldSize());
        members.communicator().allGather(ballot, all, stream).await();
        long[] records = new long[CommitVote.LONGS * members.worldSize()];
        all.copyTo(records);
        return new CommitVote(records, slots.protection(members), live.shape().replicatedNames());
    }

    /** Frees the device memory of the vote. Idempotent. */
    @Override
    public void close() {
        ballot.close();
        ballots.close();
        replication.close();
        parity.close();
    }
}
