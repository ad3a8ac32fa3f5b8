/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.snapshot;

import dev.convoy.DataType;
import dev.convoy.Device;
import dev.convoy.DeviceBuffer;
import dev.convoy.Stream;
import dev.convoy.fault.protocol.Version;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;

/**
 * Looks through the newest committed snapshot for memory that has lost its checksum, a part of it at each step
 * boundary, and brings a damaged chunk back from a rank that holds the same. Used by the user's thread.
 */
public final class Scrubber implements AutoCloseable {
    /** What is looked at between two steps; read within two milliseconds. */
    static final long BUDGET = 32L << 20;

    private static final int MOST_ROUNDS = 64;
    private static final int LONGS = 2;
    private static final long NOTHING = 0;
    private static final long REPLICATED = 1;
    private static final long FIRST_SHARD = 2;

    private final SlotPair slots;
    private final Stream stream;
    private final DeviceBuffer mine;
    private final DeviceBuffer all;
    private int cursor;

    /**
     * Creates a scrubber.
     *
     * @param slots this rank's slots
     * @param device where its few bytes are
     * @param stream stream of what ranks tell and send each other
     * @param largestWorld most ranks that an epoch can have
     */
    public Scrubber(SlotPair slots, Device device, Stream stream, int largestWorld) {
        this.slots = slots;
        this.stream = stream;
        mine = device.allocate(DataType.INT64, LONGS);
        all = device.allocate(DataType.INT64, (long) LONGS * largestWorld);
    }

    /**
     * A chunk of this rank's memory that was damaged.
     *
     * @param version the snapshot
     * @param what completes a sentence: {@code shard 3 of step 7 of epoch 1}
     * @param source the rank that it was brought back from, or −1 if none had it
     * @param foundNs when it was found, by {@link System#nanoTime}
     * @param repairedNs when it had its checksum again, or was given up
     */
    public record Repair(Version version, String what, int source, long foundNs, long repairedNs) {
        /**
         * Whether the chunk has its checksum again.
         *
         * @return false if the memory is still damaged; it is offered to nobody
         */
        public boolean isDone() {
            return source >= 0;
        }
    }

    private record Finding(long part, int chunk, ChunkSums sums, long foundNs) {}

    /**
     * Looks, and repairs. A collective call of ranks that have all committed a snapshot in this epoch.
     *
     * @param members the epoch
     * @return what was damaged here; most often nothing
     */
    public List<Repair> run(Membership members) {
        Slot slot = slots.newestCommitted();
        Queue<Finding> findings = look(slot);
        List<Repair> repairs = new ArrayList<>();
        for (int round = 0; round < MOST_ROUNDS; round++) {
            Finding next = findings.poll();
            long[] told = tell(members, next);
            if (Arrays.stream(told).allMatch(number -> number == NOTHING)) {
                break;
            }
            int source = exchange(members, slot, told);
            if (next != null) {
                boolean sound = source >= 0 && next.sums().holds(next.chunk());
                String what = describe(next, slot.version());
                repairs.add(new Repair(slot.version(), what, sound ? source : -1, next.foundNs(), System.nanoTime()));
            }
        }
        return repairs;
    }

    private Queue<Finding> look(Slot slot) {
        Queue<Finding> findings = new ArrayDeque<>();
        int chunks = chunks(slot);
        long left = BUDGET;
        for (int looked = 0; looked < chunks && left > 0; looked++) {
            cursor = (cursor + 1) % chunks;
            left -= lookAt(slot, cursor, findings);
        }
        return findings;
    }

    private static int chunks(Slot slot) {
        int chunks = slot.replicatedSums().count();
        for (int i = 0; i < slot.heldShards(); i++) {
            chunks += slot.shardSums(i).count();
        }
        return chunks;
    }

    // Chunks are numbered through: those of the replicated states, then those of each shard.
    private static long lookAt(Slot slot, int number, Queue<Finding> findings) {
        ChunkSums sums = slot.replicatedSums();
        long part = REPLICATED;
        int chunk = number;
        for (int i = 0; chunk >= sums.count(); i++) {
            chunk -= sums.count();
            sums = slot.shardSums(i);
            part = FIRST_SHARD + slot.shard(i);
        }
        if (!sums.holds(chunk)) {
            findings.add(new Finding(part, chunk, sums, System.nanoTime()));
        }
        return sums.length(chunk);
    }

    private static String describe(Finding finding, Version version) {
        return (finding.part() == REPLICATED ? "the replicated state" : "shard " + (finding.part() - FIRST_SHARD))
                + " of " + version;
    }

    private long[] tell(Membership members, Finding finding) {
        mine.copyFrom(finding == null ? new long[LONGS] : new long[] {finding.part(), finding.chunk()});
        DeviceBuffer gathered = all.slice(0, (long) LONGS * members.worldSize());
        members.communicator().allGather(mine, gathered, stream).await();
        long[] told = new long[LONGS * members.worldSize()];
        gathered.copyTo(told);
        return told;
    }

    // All ranks see what all have found, and so know who sends what to whom.
    private int exchange(Membership members, Slot slot, long[] told) {
        int source = -1;
        try (var _ = members.communicator().group()) {
            for (int rank = 0; rank < members.worldSize(); rank++) {
                long part = told[LONGS * rank];
                int from = part == NOTHING ? -1 : sound(members.worldSize(), rank, told);
                if (from >= 0 && from == members.rank()) {
                    members.communicator().send(memory(slot, part, told[LONGS * rank + 1]), rank, stream);
                } else if (from >= 0 && rank == members.rank()) {
                    members.communicator().recv(memory(slot, part, told[LONGS * rank + 1]), from, stream);
                    source = from;
                }
            }
        }
        members.communicator().synchronize(stream);
        return source;
    }

    // The first rank that holds the same and did not find it damaged, too.
    private int sound(int worldSize, int damaged, long[] told) {
        long part = told[LONGS * damaged];
        long chunk = told[LONGS * damaged + 1];
        for (int rank = 0; rank < worldSize; rank++) {
            boolean same = told[LONGS * rank] == part && told[LONGS * rank + 1] == chunk;
            if (!same && holds(worldSize, rank, part)) {
                return rank;
            }
        }
        return -1;
    }

    private boolean holds(int worldSize, int rank, long part) {
        return part == REPLICATED
                || Arrays.stream(slots.placement(worldSize).shardsHeldBy(rank))
                        .anyMatch(shard -> shard == part - FIRST_SHARD);
    }

    private static DeviceBuffer memory(Slot slot, long part, long chunk) {
        int position = part == REPLICATED ? -1 : slot.positionOf((int) (part - FIRST_SHARD));
        ChunkSums sums = position < 0 ? slot.replicatedSums() : slot.shardSums(position);
        Region region = position < 0 ? slot.replicated() : slot.shardRegion(position);
        return region.buffer().slice(chunk * ChunkSums.CHUNK, sums.length((int) chunk));
    }

    /** Frees its few bytes. Idempotent. */
    @Override
    public void close() {
        mine.close();
        all.close();
    }
}
