/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.snapshot;

import dev.convoy.Communicator;
import dev.convoy.DeviceBuffer;
import dev.convoy.Stream;
import dev.convoy.fault.protocol.RestorePlan;
import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * One rank's part in the traffic of a restore: what this rank needs of the version comes, piece by piece, into the
 * staging slot and from there, while it lies in a cache, into the live state. Every byte is checksummed once, by the
 * rank that needs it. Sends and receives are in the same order on both sides of every pair.
 */
final class Exchange {
    private static final long PIECE = 512L << 10;
    private static final long CHUNK = 4L << 20;

    private final int rank;
    private final RestorePlan plan;
    private final int[] sources;
    private final boolean[] holdsReplicated;
    private final List<Transfer> transfers;
    private final Slot held;
    private final Slot staging;
    private final SlotCopies copies;
    private final RunningChecksum[] sums;
    private final RunningChecksum replicatedSum;

    /**
     * Creates one rank's view.
     *
     * @param rank this rank
     * @param plan who serves what
     * @param transfers all pieces, the same list on all ranks
     * @param held the slot with the version, or null if this rank lacks it
     * @param staging where pieces for this rank go
     * @param copies copies to the live state, which has the staging slot's cut
     */
    Exchange(int rank, RestorePlan plan, List<Transfer> transfers, Slot held, Slot staging, SlotCopies copies) {
        this.rank = rank;
        this.plan = plan;
        this.sources = plan.shardSource();
        this.holdsReplicated = plan.holdsReplicated();
        this.transfers = transfers;
        this.held = held;
        this.staging = staging;
        this.copies = copies;
        sums = transfers.stream()
                .map(transfer -> transfer.newShard() == rank ? new RunningChecksum(target(transfer)) : null)
                .toArray(RunningChecksum[]::new);
        replicatedSum = new RunningChecksum(replicated().replicatedBytes());
    }

    /** The slot that has, in the end, this rank's replicated state. */
    Slot replicated() {
        return holdsReplicated[rank] ? held : staging;
    }

    /** Has what nobody holds computed. */
    void compute(StripeDecoder decoder, Communicator communicator, Stream stream) {
        decoder.run(communicator, stream, new StripeDecoder.Target() {
            @Override
            public DeviceBuffer memory(int transfer, long done, long length) {
                long offset = transfers.get(transfer).newOffset() + done;
                return staging.shardRegion(0).buffer().slice(offset, length);
            }

            @Override
            public void arrived(int transfer, long done, long length) {
                Exchange.this.arrived(transfer, done, length);
            }
        });
    }

    /**
     * Moves everything that somebody holds. On return the copies to the live state may still be under way on the
     * stream.
     */
    void run(Communicator communicator, Stream stream) {
        moveReplicated(communicator, stream);
        for (int i = 0; i < sums.length; i++) {
            if (sums[i] != null && isServedHere(transfers.get(i))) {
                copyLocally(i);
            }
        }
        if (transfers.stream().anyMatch(this::isTraffic)) {
            moveShards(communicator, stream);
        }
    }

    private void copyLocally(int index) {
        Transfer transfer = transfers.get(index);
        MemorySegment origin = held.shardBytes(held.positionOf(transfer.oldShard()));
        MemorySegment target = staging.shardBytes(0);
        for (long done = 0; done < transfer.bytes(); done += PIECE) {
            long length = Math.min(PIECE, transfer.bytes() - done);
            MemorySegment.copy(origin, transfer.oldOffset() + done, target, transfer.newOffset() + done, length);
            arrived(index, done, length);
        }
    }

    // In the staging slot, that is.
    private void arrived(int index, long done, long length) {
        Transfer transfer = transfers.get(index);
        sums[index].through(done + length);
        copies.loadOwnShard(staging, transfer.newOffset() + done, transfer.newOffset() + done + length);
    }

    private boolean isTraffic(Transfer transfer) {
        boolean isHeld = sources[transfer.oldShard()] >= 0;
        return isHeld && isServedHere(transfer) != (transfer.newShard() == rank);
    }

    // In rounds, so that what has arrived is used while the next is not there yet.
    private void moveShards(Communicator communicator, Stream stream) {
        long longest = 0;
        for (Transfer transfer : transfers) {
            longest = isTraffic(transfer) ? Math.max(longest, transfer.bytes()) : longest;
        }
        for (long from = 0; from < longest; from += CHUNK) {
            try (var _ = communicator.group()) {
                for (Transfer transfer : transfers) {
                    enqueue(transfer, from, communicator, stream);
                }
            }
            communicator.synchronize(stream);
            for (int i = 0; i < sums.length; i++) {
                if (isTraffic(transfers.get(i))
                        && sums[i] != null
                        && from < transfers.get(i).bytes()) {
                    arrived(i, from, lengthFrom(transfers.get(i), from));
                }
            }
        }
    }

    private static long lengthFrom(Transfer transfer, long from) {
        return Math.clamp(transfer.bytes() - from, 0, CHUNK);
    }

    private void enqueue(Transfer transfer, long from, Communicator communicator, Stream stream) {
        long length = lengthFrom(transfer, from);
        if (length == 0 || !isTraffic(transfer)) {
            return;
        }
        if (isServedHere(transfer)) {
            DeviceBuffer memory =
                    held.shardRegion(held.positionOf(transfer.oldShard())).buffer();
            communicator.send(memory.slice(transfer.oldOffset() + from, length), transfer.newShard(), stream);
        } else {
            DeviceBuffer memory = staging.shardRegion(0).buffer();
            communicator.recv(memory.slice(transfer.newOffset() + from, length), sources[transfer.oldShard()], stream);
        }
    }

    private void moveReplicated(Communicator communicator, Stream stream) {
        long bytes = replicated().replicatedBytes().byteSize();
        boolean serves = rank == plan.replicatedSource() && lacking() > 0;
        for (long from = 0; from < bytes; from += CHUNK) {
            long length = Math.min(CHUNK, bytes - from);
            if (serves || !holdsReplicated[rank]) {
                exchangeReplicated(from, length, communicator, stream);
            }
            for (long done = from; done < from + length; done += PIECE) {
                long end = Math.min(done + PIECE, from + length);
                replicatedSum.through(end);
                copies.loadBuffers(replicated(), done, end);
            }
        }
    }

    private int lacking() {
        int count = 0;
        for (boolean holds : holdsReplicated) {
            count += holds ? 0 : 1;
        }
        return count;
    }

    private void exchangeReplicated(long from, long length, Communicator communicator, Stream stream) {
        try (var _ = communicator.group()) {
            DeviceBuffer part = replicated().replicated().buffer().slice(from, length);
            if (!holdsReplicated[rank]) {
                communicator.recv(part, plan.replicatedSource(), stream);
            } else {
                for (int peer = 0; peer < holdsReplicated.length; peer++) {
                    if (!holdsReplicated[peer]) {
                        communicator.send(part, peer, stream);
                    }
                }
            }
        }
        communicator.synchronize(stream);
    }

    /** Fills in what this rank knows: what came here, and what is served here as it was stored. */
    long[] numbers(RestoreProof proof) {
        long[] numbers = proof.unknown();
        for (int i = 0; i < sums.length; i++) {
            if (sums[i] != null) {
                proof.putPiece(numbers, i, sums[i].value());
            }
        }
        for (int shard = 0; shard < sources.length; shard++) {
            if (sources[shard] == rank) {
                proof.putShard(numbers, shard, held.shardChecksum(held.positionOf(shard)));
            } else if (sources[shard] < 0 && plan.decoding(shard).witness(sources) == rank) {
                proof.putShard(
                        numbers, shard, held.told(plan.decoding(shard).ring().placeOf(shard)));
            }
        }
        if (rank == plan.replicatedSource()) {
            proof.putReplicated(numbers, held.replicatedChecksum());
        }
        return numbers;
    }

    /** Checksum of the replicated state that this rank got, or had. */
    long replicatedChecksum() {
        return replicatedSum.value();
    }

    private boolean isServedHere(Transfer transfer) {
        return sources[transfer.oldShard()] == rank;
    }

    private MemorySegment target(Transfer transfer) {
        return staging.shardBytes(0).asSlice(transfer.newOffset(), transfer.bytes());
    }
}
