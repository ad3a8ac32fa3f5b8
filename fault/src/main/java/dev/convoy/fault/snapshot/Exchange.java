/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.snapshot;

import dev.convoy.Communicator;
import dev.convoy.DeviceBuffer;
import dev.convoy.Stream;
import dev.convoy.fault.protocol.RestorePlan;
import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * One rank's part in the traffic of a restore. Sends and receives are in the same order on both sides of every pair.
 */
final class Exchange {
    private final int rank;
    private final RestorePlan plan;
    private final int[] sources;
    private final boolean[] holdsReplicated;
    private final List<Transfer> transfers;
    private final Slot held;
    private final Slot staging;

    /**
     * Creates one rank's view.
     *
     * @param rank this rank
     * @param plan who serves what
     * @param transfers all pieces, the same list on all ranks
     * @param held the slot with the version, or null if this rank lacks it
     * @param staging where pieces for this rank go
     */
    Exchange(int rank, RestorePlan plan, List<Transfer> transfers, Slot held, Slot staging) {
        this.rank = rank;
        this.plan = plan;
        this.sources = plan.shardSource();
        this.holdsReplicated = plan.holdsReplicated();
        this.transfers = transfers;
        this.held = held;
        this.staging = staging;
    }

    /** One checksum a piece, then that of the replicated state; zero for what another rank serves. */
    long[] checksumsOfOwnPieces() {
        long[] checksums = new long[transfers.size() + 1];
        for (int i = 0; i < transfers.size(); i++) {
            if (isServedHere(transfers.get(i))) {
                checksums[i] = Checksum.of(origin(transfers.get(i)));
            }
        }
        if (rank == plan.replicatedSource()) {
            checksums[transfers.size()] = Checksum.of(held.replicatedBytes());
        }
        return checksums;
    }

    void copyLocalPieces() {
        for (Transfer transfer : transfers) {
            if (isServedHere(transfer) && transfer.newShard() == rank) {
                target(transfer).copyFrom(origin(transfer));
            }
        }
    }

    boolean hasTraffic() {
        boolean traffic = replicatedTraffic();
        for (Transfer transfer : transfers) {
            traffic |= isServedHere(transfer) != (transfer.newShard() == rank);
        }
        return traffic;
    }

    private boolean replicatedTraffic() {
        if (staging.replicatedBytes().byteSize() == 0) {
            return false;
        }
        if (rank != plan.replicatedSource()) {
            return !holdsReplicated[rank];
        }
        boolean anyLacks = false;
        for (boolean holds : holdsReplicated) {
            anyLacks |= !holds;
        }
        return anyLacks;
    }

    /** Starts all sends and receives as one group; there must be some. */
    void enqueue(Communicator communicator, Stream stream) {
        try (var _ = communicator.group()) {
            enqueueReplicated(communicator, stream);
            for (Transfer transfer : transfers) {
                enqueue(transfer, communicator, stream);
            }
        }
    }

    private void enqueue(Transfer transfer, Communicator communicator, Stream stream) {
        boolean mine = isServedHere(transfer);
        boolean forMe = transfer.newShard() == rank;
        if (mine && !forMe) {
            DeviceBuffer memory =
                    held.shardRegion(held.positionOf(transfer.oldShard())).buffer();
            communicator.send(memory.slice(transfer.oldOffset(), transfer.bytes()), transfer.newShard(), stream);
        } else if (forMe && !mine) {
            DeviceBuffer memory = staging.shardRegion(0).buffer();
            communicator.recv(
                    memory.slice(transfer.newOffset(), transfer.bytes()), sources[transfer.oldShard()], stream);
        }
    }

    private void enqueueReplicated(Communicator communicator, Stream stream) {
        long bytes = staging.replicatedBytes().byteSize();
        if (!replicatedTraffic()) {
            return;
        }
        if (rank != plan.replicatedSource()) {
            communicator.recv(staging.replicated().buffer().slice(0, bytes), plan.replicatedSource(), stream);
            return;
        }
        for (int peer = 0; peer < holdsReplicated.length; peer++) {
            if (!holdsReplicated[peer]) {
                communicator.send(held.replicated().buffer().slice(0, bytes), peer, stream);
            }
        }
    }

    /** Compares what lies in the staging slot with what the sources had. */
    void verify(long[] checksums) {
        for (int i = 0; i < transfers.size(); i++) {
            Transfer transfer = transfers.get(i);
            if (transfer.newShard() == rank && Checksum.of(target(transfer)) != checksums[i]) {
                throw new DamagedTransferException("rank " + rank + " got a part of shard " + transfer.oldShard()
                        + " of snapshot " + plan.version() + " from rank " + sources[transfer.oldShard()]
                        + " with a wrong checksum");
            }
        }
        if (!holdsReplicated[rank] && Checksum.of(staging.replicatedBytes()) != checksums[transfers.size()]) {
            throw new DamagedTransferException("rank " + rank + " got the replicated state of snapshot "
                    + plan.version() + " from rank " + plan.replicatedSource() + " with a wrong checksum");
        }
    }

    private boolean isServedHere(Transfer transfer) {
        return sources[transfer.oldShard()] == rank;
    }

    private MemorySegment origin(Transfer transfer) {
        return held.shardBytes(held.positionOf(transfer.oldShard())).asSlice(transfer.oldOffset(), transfer.bytes());
    }

    private MemorySegment target(Transfer transfer) {
        return staging.shardBytes(0).asSlice(transfer.newOffset(), transfer.bytes());
    }
}
