/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.snapshot;

import dev.convoy.fault.protocol.FailureDomains;
import dev.convoy.fault.protocol.GroupPlacement;
import dev.convoy.fault.protocol.ParityPlacement;
import dev.convoy.fault.protocol.ParityRing;
import dev.convoy.fault.protocol.Redundancy;
import java.util.Optional;

/** What each rank of a world keeps of the others' shards, and whether what they say of it fits together. */
sealed interface Protection {
    /** Ranks. */
    int worldSize();

    /** What a rank keeps of a sharded state. */
    Custody custody(int rank);

    /** Whether the numbers that the ranks state belong together: what a rank keeps for others is what these have. */
    boolean isConsistent(Statements statements);

    /** What the ranks state in a vote. */
    @FunctionalInterface
    interface Statements {
        /** Number {@code index} of those about shards that a rank states, its own shard's checksum first. */
        long at(int rank, int index);
    }

    /** The protection that a job asks for. */
    static Protection of(Redundancy redundancy, StateShape shape, int worldSize, FailureDomains domains) {
        return switch (redundancy) {
            case Redundancy.Copies copies -> new Copies(new GroupPlacement(worldSize, 1 + copies.replicas(), domains));
            case Redundancy.Parity parity ->
                new Parity(worldSize, shape, new ParityPlacement(worldSize, parity, domains));
        };
    }

    /**
     * Whole copies. A rank states the checksums of what it keeps, in the order of its custody.
     *
     * @param placement where they lie
     */
    record Copies(GroupPlacement placement) implements Protection {
        @Override
        public int worldSize() {
            return placement.worldSize();
        }

        @Override
        public Custody custody(int rank) {
            return new Custody(placement.worldSize(), placement.shardsHeldBy(rank));
        }

        @Override
        public boolean isConsistent(Statements statements) {
            boolean equal = true;
            for (int rank = 0; rank < worldSize(); rank++) {
                int[] held = placement.shardsHeldBy(rank);
                for (int i = 1; i < held.length; i++) {
                    equal &= statements.at(rank, i) == statements.at(held[i], 0);
                }
            }
            return equal;
        }
    }

    /**
     * Parity. A rank states its own shard's checksum, the joined checksum of its group's shards as they told it, and
     * whether all that its parity was made of had the checksums that it was told.
     *
     * @param worldSize ranks
     * @param shape the states
     * @param placement where it lies
     */
    record Parity(int worldSize, StateShape shape, ParityPlacement placement) implements Protection {
        /** What a rank states whose parity is made of what it was told. */
        static final long SOUND = 1;

        static final int TOLD = 1;
        static final int IS_SOUND = 2;

        @Override
        public Custody custody(int rank) {
            Optional<ParityRing> ring = placement.ring(rank);
            return ring.isEmpty()
                    ? new Custody(worldSize, new int[] {rank})
                    : new Custody(
                            worldSize,
                            new int[] {rank},
                            ParityGrid.of(shape, ring.get(), worldSize),
                            ring.get().placeOf(rank));
        }

        @Override
        public boolean isConsistent(Statements statements) {
            boolean consistent = true;
            for (int rank = 0; rank < worldSize; rank++) {
                Optional<ParityRing> ring = placement.ring(rank);
                if (ring.isPresent() && ring.get().placeOf(rank) == 0) {
                    consistent &= isConsistent(ring.get(), statements);
                }
            }
            return consistent;
        }

        private boolean isConsistent(ParityRing ring, Statements statements) {
            JoinedChecksum joined = new JoinedChecksum();
            for (int rank : ring.members()) {
                joined.add(statements.at(rank, 0), shape.shardBytes(rank, worldSize));
            }
            boolean consistent = true;
            for (int rank : ring.members()) {
                consistent &= statements.at(rank, TOLD) == joined.value() && statements.at(rank, IS_SOUND) == SOUND;
            }
            return consistent;
        }
    }
}
