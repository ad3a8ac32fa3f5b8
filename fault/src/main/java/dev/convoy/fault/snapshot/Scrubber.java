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
import java.util.Optional;
import java.util.Queue;
import java.util.stream.IntStream;

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
    /** And downwards: one number a parity piece. */
    private static final long FIRST_PARITY = -1;

    private final SlotPair slots;
    private final Device device;
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
        this.device = device;
        this.stream = stream;
        mine = device.allocate(DataType.INT64, LONGS);
        all = device.allocate(DataType.INT64, (long) LONGS * largestWorld);
    }

    /**
     * A chunk of this rank's memory that was damaged.
     *
     * @param version the snapshot
     * @param what completes a sentence: {@code shard 3 of step 7 of epoch 1}
     * @param origin where it was brought back from, such as {@code rank 3}; null if nobody had it
     * @param foundNs when it was found, by {@link System#nanoTime}
     * @param repairedNs when it had its checksum again, or was given up
     */
    public record Repair(Version version, String what, String origin, long foundNs, long repairedNs) {
        /**
         * Whether the chunk has its checksum again.
         *
         * @return false if the memory is still damaged; it is offered to nobody
         */
        public boolean isDone() {
            return origin != null;
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
            String origin = exchange(members, slot, told);
            if (next != null) {
                boolean sound = origin != null && next.sums().holds(next.chunk());
                String what = describe(next, slot.version());
                repairs.add(new Repair(slot.version(), what, sound ? origin : null, next.foundNs(), System.nanoTime()));
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
        for (int i = 0; i < parityPieces(slot); i++) {
            chunks += slot.paritySums(i).count();
        }
        return chunks;
    }

    private static int parityPieces(Slot slot) {
        return slot.custody().grid() == null ? 0 : slot.custody().grid().ring().parity();
    }

    // Chunks are numbered through: those of the replicated states, of each shard, and of each parity piece.
    private static long lookAt(Slot slot, int number, Queue<Finding> findings) {
        ChunkSums sums = slot.replicatedSums();
        long part = REPLICATED;
        int chunk = number;
        for (int i = 0; chunk >= sums.count(); i++) {
            chunk -= sums.count();
            boolean isShard = i < slot.heldShards();
            int piece = i - slot.heldShards();
            sums = isShard ? slot.shardSums(i) : slot.paritySums(piece);
            part = isShard ? FIRST_SHARD + slot.shard(i) : FIRST_PARITY - piece;
        }
        if (!sums.holds(chunk)) {
            findings.add(new Finding(part, chunk, sums, System.nanoTime()));
        }
        return sums.length(chunk);
    }

    private static String describe(Finding finding, Version version) {
        if (finding.part() <= FIRST_PARITY) {
            return "the parity of " + version;
        }
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
    private String exchange(Membership members, Slot slot, long[] told) {
        List<StripeRepair> computed = computed(members, told);
        int source = -1;
        try (var _ = members.communicator().group()) {
            for (int rank = 0; rank < members.worldSize(); rank++) {
                long part = told[LONGS * rank];
                int from = part == NOTHING || isOfStripe(members, part) ? -1 : sound(members, rank, told);
                if (from >= 0 && from == members.rank()) {
                    members.communicator().send(memory(slot, part, told[LONGS * rank + 1]), rank, stream);
                } else if (from >= 0 && rank == members.rank()) {
                    members.communicator().recv(memory(slot, part, told[LONGS * rank + 1]), from, stream);
                    source = from;
                }
            }
            for (StripeRepair repair : computed) {
                repair.move(members.rank(), slot, device, slots.workspace(), members.communicator(), stream);
            }
        }
        members.communicator().synchronize(stream);
        return source >= 0 ? "rank " + source : compute(members, slot, computed);
    }

    private boolean isOfStripe(Membership members, long part) {
        return part <= FIRST_PARITY || part >= FIRST_SHARD && slots.protection(members) instanceof Protection.Parity;
    }

    /** What can be computed of the chunks that were found damaged. */
    private List<StripeRepair> computed(Membership members, long[] told) {
        List<StripeRepair> found = new ArrayList<>();
        List<StripeRepair> possible = new ArrayList<>();
        int[] ranks = IntStream.range(0, members.worldSize())
                .filter(rank -> told[LONGS * rank] != NOTHING && isOfStripe(members, told[LONGS * rank]))
                .toArray();
        for (int rank : ranks) {
            repair(members, rank, told).ifPresent(found::add);
        }
        for (StripeRepair repair : found) {
            if (repair.choose(found)) {
                possible.add(repair);
            }
        }
        return possible;
    }

    private Optional<StripeRepair> repair(Membership members, int rank, long[] told) {
        long part = told[LONGS * rank];
        Custody custody = slots.protection(members).custody(rank);
        int parity = part <= FIRST_PARITY ? (int) (FIRST_PARITY - part) : -1;
        return Optional.ofNullable(custody.grid())
                .map(grid -> new StripeRepair(grid, custody.place(), parity, (int) told[LONGS * rank + 1]));
    }

    private String compute(Membership members, Slot slot, List<StripeRepair> computed) {
        for (StripeRepair repair : computed) {
            if (repair.isAt(members.rank())) {
                repair.compute(slot, device, slots.workspace(), stream);
                members.communicator().synchronize(stream);
                return "the rest of its stripe";
            }
        }
        return null;
    }

    // The first rank that holds the same and did not find it damaged, too.
    private int sound(Membership members, int damaged, long[] told) {
        long part = told[LONGS * damaged];
        long chunk = told[LONGS * damaged + 1];
        for (int rank = 0; rank < members.worldSize(); rank++) {
            boolean same = told[LONGS * rank] == part && told[LONGS * rank + 1] == chunk;
            if (!same && holds(members, rank, part)) {
                return rank;
            }
        }
        return -1;
    }

    private boolean holds(Membership members, int rank, long part) {
        return part == REPLICATED
                || Arrays.stream(slots.protection(members).custody(rank).shards())
                        .anyMatch(shard -> shard == part - FIRST_SHARD);
    }

    private static DeviceBuffer memory(Slot slot, long part, long chunk) {
        int position = part == REPLICATED ? -1 : slot.positionOf((int) (part - FIRST_SHARD));
        ChunkSums sums = position < 0 ? slot.replicatedSums() : slot.shardSums(position);
        Region region = position < 0 ? slot.replicated() : slot.shardRegion(position);
        return region.buffer().slice(sums.offset((int) chunk), sums.length((int) chunk));
    }

    /** Frees its few bytes. Idempotent. */
    @Override
    public void close() {
        mine.close();
        all.close();
    }
}
