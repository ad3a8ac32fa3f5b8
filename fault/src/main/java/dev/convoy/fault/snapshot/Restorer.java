/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.snapshot;

import dev.convoy.Communicator;
import dev.convoy.DataType;
import dev.convoy.Device;
import dev.convoy.DeviceBuffer;
import dev.convoy.ReduceOp;
import dev.convoy.Stream;
import dev.convoy.fault.protocol.GroupPlacement;
import dev.convoy.fault.protocol.RestorePlan;
import dev.convoy.fault.protocol.Version;
import java.util.List;

/**
 * Brings the live states of all ranks to a version that lies, in parts, in the survivors' slots, cut anew for the
 * present world size. What comes from a peer goes into the free slot first and is checked there; live state is touched
 * only after that, and the slot that holds the version not at all, so that a loss during a restore finds it as it was.
 * Used by the user's thread.
 */
public final class Restorer implements AutoCloseable {
    private final LiveState live;
    private final SlotPair slots;
    private final SlotCopies copies;
    private final DeviceBuffer checksums;
    private final Stream stream;

    /**
     * Creates a restorer.
     *
     * @param live the states
     * @param slots this rank's slots
     * @param device where the states are
     * @param stream stream of all copies and exchanges
     * @param largestWorld most ranks that an epoch can have
     */
    public Restorer(LiveState live, SlotPair slots, Device device, Stream stream, int largestWorld) {
        this.live = live;
        this.slots = slots;
        this.checksums = device.allocate(DataType.INT64, mostPieces(live.shape(), largestWorld));
        this.stream = stream;
        this.copies = new SlotCopies(live, stream);
    }

    // Cuts of n and m shards lie at no more than n + m places; one more for the replicated state.
    private static long mostPieces(StateShape shape, int largestWorld) {
        return 1 + 2L * largestWorld * shape.sharded().size();
    }

    /**
     * Restores what the plan says. A collective call of all members.
     *
     * @param members the epoch
     * @param plan the coordinator's plan, not the initial one
     * @throws DamagedTransferException if what a peer sent is not what it had
     */
    public void restore(Membership members, RestorePlan plan) {
        slots.agree(plan.version());
        Slot held = slots.find(plan.version());
        Slot staging = stage(members, plan);
        boolean lacksReplicated = !plan.holdsReplicated()[members.rank()];
        exchange(members, plan, held, staging);
        live.cut(members.rank(), members.worldSize());
        Slot replicated = lacksReplicated ? staging : held;
        copies.loadBuffers(replicated);
        if (live.shape().hasShards()) {
            copies.loadOwnShard(staging);
        }
        members.communicator().synchronize(stream);
        copies.loadHosts(replicated);
    }

    // The free slot, laid out as the epoch's first snapshot will be: what arrives lies where that snapshot has it.
    private Slot stage(Membership members, RestorePlan plan) {
        boolean sharded = live.shape().hasShards();
        int[] shards = sharded ? GroupPlacement.of(members.worldSize()).shardsHeldBy(members.rank()) : new int[0];
        return slots.begin(new Version(members.epoch(), plan.step()), sharded ? members.worldSize() : 0, shards);
    }

    private void exchange(Membership members, RestorePlan plan, Slot held, Slot staging) {
        List<Transfer> transfers = Transfer.plan(live.shape(), plan.shardCount(), members.worldSize());
        Exchange exchange = new Exchange(members.rank(), plan, transfers, held, staging);
        long[] agreed = agreeOnChecksums(members.communicator(), exchange.checksumsOfOwnPieces());
        Communicator communicator = members.communicator();
        exchange.copyLocalPieces();
        if (exchange.hasTraffic()) {
            exchange.enqueue(communicator, stream);
            communicator.synchronize(stream);
        }
        exchange.verify(agreed);
    }

    // Each checksum is computed by the one rank that serves the piece; all others add zero.
    private long[] agreeOnChecksums(Communicator communicator, long[] own) {
        long[] all = new long[own.length];
        DeviceBuffer used = checksums.slice(0, own.length);
        used.copyFrom(own);
        communicator.allReduce(used, ReduceOp.SUM, stream).await();
        used.copyTo(all);
        return all;
    }

    /** Frees the device memory of the checksums. Idempotent. */
    @Override
    public void close() {
        checksums.close();
    }
}
