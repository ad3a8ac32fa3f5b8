/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.snapshot;

import dev.convoy.fault.StateDivergedException;
import dev.convoy.fault.StateMismatchException;
import dev.convoy.fault.protocol.Version;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The vote that commits a version: every rank states in a fixed record what it stored, all ranks see all records and
 * come to the same verdict. That a rank has all records means that every rank had stored and checksummed its part
 * before.
 */
public final class CommitVote {
    /** Longs in a record. */
    public static final int LONGS = 16;

    private static final int DECLARATION = 0;
    private static final int EPOCH = 1;
    private static final int STEP = 2;
    private static final int WISHES = 3;
    private static final int REPLICATED = 4;
    private static final int FIRST_SHARD = 5;
    private static final int INTERVAL = LONGS - 1;
    /** Shards that a rank can hold, its own included. */
    public static final int MOST_SHARDS = INTERVAL - FIRST_SHARD;

    private final List<String> declared;
    private final long[] records;
    private final int worldSize;
    private final Protection protection;

    /** What all ranks conclude. */
    public enum Verdict {
        /** Every part is stored and every copy equals its original, or parity is of what the owners have. */
        COMMIT,
        /** A copy differs from its original, or what parity was made of: the snapshot must be taken again. */
        REPEAT
    }

    /**
     * Reads a vote.
     *
     * @param records every rank's record, in rank order
     * @param protection what the ranks keep of each other's shards
     * @param declared names of the replicated states, for messages
     */
    CommitVote(long[] records, Protection protection, List<String> declared) {
        worldSize = protection.worldSize();
        if (records.length < worldSize * LONGS) {
            throw new IllegalArgumentException(records.length + " longs for " + worldSize + " ranks");
        }
        this.records = records;
        this.protection = protection;
        this.declared = declared;
    }

    /** Fills in this rank's record. */
    static void write(long[] record, long declaration, Slot slot, Wishes wishes) {
        if (slot.heldShards() > MOST_SHARDS) {
            throw new IllegalStateException("a vote has room for " + MOST_SHARDS + " shards, not " + slot.heldShards());
        }
        Arrays.fill(record, 0);
        record[DECLARATION] = declaration;
        record[EPOCH] = slot.version().epoch();
        record[STEP] = slot.version().step();
        record[WISHES] = wishes.bits();
        record[INTERVAL] = wishes.interval();
        record[REPLICATED] = slot.replicatedChecksum();
        for (int i = 0; i < slot.heldShards(); i++) {
            record[FIRST_SHARD + i] = slot.shardChecksum(i);
        }
        ParityGrid grid = slot.custody().grid();
        if (grid != null) {
            record[FIRST_SHARD + Protection.Parity.TOLD] = joinedTold(slot, grid);
            record[FIRST_SHARD + Protection.Parity.IS_SOUND] = slot.parityIsSound() ? Protection.Parity.SOUND : 0;
        }
    }

    private static long joinedTold(Slot slot, ParityGrid grid) {
        JoinedChecksum joined = new JoinedChecksum();
        for (int place = 0; place < grid.ring().size(); place++) {
            joined.add(slot.told(place), grid.shardBytes(place));
        }
        return joined.value();
    }

    /**
     * What the ranks agreed on beside the snapshot.
     *
     * @return the same on every rank
     */
    public Wishes agreed() {
        long any = 0;
        long leastInterval = Long.MAX_VALUE;
        for (int rank = 0; rank < worldSize; rank++) {
            any |= at(rank, WISHES);
            leastInterval = Math.min(leastInterval, at(rank, INTERVAL));
        }
        return Wishes.agreed(at(0, WISHES), any, leastInterval);
    }

    /**
     * Compares all records.
     *
     * @param version the version voted on
     * @param sharded whether the job has sharded state
     * @return the verdict, the same on every rank
     * @throws StateMismatchException if the ranks stand at different steps or their states differ
     */
    public Verdict verdict(Version version, boolean sharded) {
        requireEqual(DECLARATION, version, "declared other states, steps or options");
        requireEqual(EPOCH, version, "stands in another epoch");
        requireEqual(STEP, version, "stands at another step");
        requireSameReplicated(version);
        return sharded && !protection.isConsistent((rank, index) -> at(rank, FIRST_SHARD + index))
                ? Verdict.REPEAT
                : Verdict.COMMIT;
    }

    // Whoever is alone with what it has is most likely the one whose memory or arithmetic went wrong.
    private void requireSameReplicated(Version version) {
        if (isReplicatedEqual()) {
            return;
        }
        int[] odd = minority();
        String where = " in the replicated state (" + String.join(", ", declared) + ")";
        throw new StateDivergedException(
                version.step(),
                odd,
                odd.length == 0
                        ? "no majority of the ranks holds the same bytes" + where
                        : (odd.length == 1 ? "holds" : "hold") + " other bytes than the other "
                                + (worldSize - odd.length) + " ranks" + where);
    }

    private boolean isReplicatedEqual() {
        for (int rank = 1; rank < worldSize; rank++) {
            if (at(rank, REPLICATED) != at(0, REPLICATED)) {
                return false;
            }
        }
        return true;
    }

    /** Ranks whose replicated state is not that of more than half of the ranks; empty where there is no such half. */
    private int[] minority() {
        for (int candidate = 0; candidate < worldSize; candidate++) {
            long value = at(candidate, REPLICATED);
            int[] odd = IntStream.range(0, worldSize)
                    .filter(rank -> at(rank, REPLICATED) != value)
                    .toArray();
            if (2 * odd.length < worldSize) {
                return odd;
            }
        }
        return new int[0];
    }

    private void requireEqual(int field, Version version, String what) {
        for (int rank = 1; rank < worldSize; rank++) {
            if (at(rank, field) != at(0, field)) {
                throw new StateMismatchException(
                        "before " + version + ": rank " + rank + ", compared with rank 0, " + what);
            }
        }
    }

    private long at(int rank, int field) {
        return records[rank * LONGS + field];
    }
}
