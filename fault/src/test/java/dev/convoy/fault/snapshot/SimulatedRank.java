/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.snapshot;

import dev.convoy.fault.protocol.GroupPlacement;
import dev.convoy.fault.protocol.Version;
import java.lang.foreign.MemorySegment;
import java.util.List;

/** One rank that takes snapshot after snapshot in small moves, so that a schedule can stop it between any two. */
final class SimulatedRank {
    /** What a rank does next. */
    enum Move {
        BEGIN,
        COPY_OWN,
        COPY_REPLICA,
        SEAL,
        COMMIT
    }

    private final StateShape shape;
    final SlotPair slots;
    Move next = Move.BEGIN;
    Slot slot;
    long epoch;
    long step;
    int rank;
    int worldSize;

    SimulatedRank(StateShape shape) {
        this.shape = shape;
        slots = new SlotPair(shape, bytes -> new Region(null, MemorySegment.ofArray(new byte[(int) bytes])));
    }

    void enter(long newEpoch, long newStep, int newRank, int newWorldSize) {
        epoch = newEpoch;
        step = newStep;
        rank = newRank;
        worldSize = newWorldSize;
        next = Move.BEGIN;
        slot = null;
    }

    Version version() {
        return new Version(epoch, step);
    }

    boolean canMove(List<SimulatedRank> members) {
        return switch (next) {
            case BEGIN, COPY_OWN, SEAL -> true;
            case COPY_REPLICA -> reached(members.get(held(1)), Move.COPY_OWN);
            case COMMIT -> members.stream().allMatch(member -> reached(member, Move.SEAL));
        };
    }

    // Whether a member has carried out a move for the version that this rank is at, perhaps long ago.
    private boolean reached(SimulatedRank member, Move move) {
        return member.step > step || (member.step == step && member.next.compareTo(move) > 0);
    }

    void move(List<SimulatedRank> members) {
        switch (next) {
            case BEGIN -> begin();
            case COPY_OWN -> {
                slot.replicatedBytes().fill((byte) step);
                note(slot.replicatedSums());
                copy(0, rank);
            }
            case COPY_REPLICA -> copy(1, held(1));
            case SEAL -> slot.seal();
            case COMMIT -> {
                slot.commit();
                step++;
            }
        }
        next = next == Move.COMMIT ? Move.BEGIN : Move.values()[next.ordinal() + 1];
        if (next == Move.COPY_REPLICA && worldSize == 1) {
            next = Move.SEAL;
        }
    }

    private void copy(int position, int shard) {
        ShardContent.fill(shape, slot.shardBytes(position), shard, worldSize, step);
        note(slot.shardSums(position));
    }

    private static void note(ChunkSums sums) {
        sums.put(0, Checksum.of(sums.bytes(0)));
    }

    private void begin() {
        slot = slots.begin(
                version(), new Custody(worldSize, GroupPlacement.of(worldSize).shardsHeldBy(rank)));
        if (slot.base() != null) {
            return;
        }
        // What a torn slot holds is anything.
        slot.replicatedBytes().fill((byte) 0xEE);
        for (int i = 0; i < slot.heldShards(); i++) {
            slot.shardBytes(i).fill((byte) 0xEE);
        }
    }

    private int held(int position) {
        return GroupPlacement.of(worldSize).shardsHeldBy(rank)[position];
    }
}
