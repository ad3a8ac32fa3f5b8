/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.snapshot;

import dev.convoy.Communicator;
import dev.convoy.DataType;
import dev.convoy.Device;
import dev.convoy.DeviceBuffer;
import dev.convoy.ReduceOp;
import dev.convoy.Stream;
import dev.convoy.fault.protocol.RestorePlan;
import dev.convoy.fault.protocol.Version;
import java.time.Duration;
import java.util.List;

/**
 * Brings the live states of all ranks to a version that lies, in parts, in the survivors' slots, cut anew for the
 * present world size. What a rank needs of the sharded states goes into the free slot, where the epoch's first snapshot
 * has it then, and from there into the live state; the slot that holds the version is not touched, so that a loss
 * during a restore finds it as it was. The live states are undefined until {@link #restore} returns. Used by the user's
 * thread.
 */
public final class Restorer implements AutoCloseable {
    private final LiveState live;
    private final SlotPair slots;
    private final SlotCopies copies;
    private final Device device;
    private DeviceBuffer numbers;
    private final Stream stream;

    /**
     * Creates a restorer.
     *
     * @param live the states
     * @param slots this rank's slots
     * @param device where the states are
     * @param stream stream of all copies and exchanges
     * @param bound bound of a wait for the device
     * @param largestWorld most ranks that an epoch can have
     */
    public Restorer(LiveState live, SlotPair slots, Device device, Stream stream, Duration bound, int largestWorld) {
        this.live = live;
        this.slots = slots;
        this.device = device;
        this.numbers = device.allocate(DataType.INT64, RestoreProof.mostNumbers(live.shape(), largestWorld));
        this.stream = stream;
        this.copies = new SlotCopies(live, stream, bound);
    }

    /**
     * Restores what the plan says. A collective call of all members.
     *
     * @param members the epoch
     * @param plan the coordinator's plan, not the initial one
     * @throws DamagedTransferException if what was stored is not what arrived
     */
    public void restore(Membership members, RestorePlan plan) {
        slots.agree(plan.version());
        Slot held = slots.find(plan.version());
        Slot staging = stage(members, plan);
        live.cut(members.rank(), members.worldSize());
        List<Transfer> transfers = Transfer.plan(live.shape(), plan.shardCount(), members.worldSize());
        Exchange exchange = new Exchange(members.rank(), plan, transfers, held, staging, copies);
        exchange.run(members.communicator(), stream);
        if (!plan.decodings().isEmpty()) {
            StripeDecoder decoder =
                    new StripeDecoder(members.rank(), plan, live.shape(), transfers, held, device, slots.workspace());
            exchange.compute(decoder, members.communicator(), stream);
        }
        RestoreProof proof = new RestoreProof(live.shape(), plan, transfers);
        long[] all = sum(members.communicator(), exchange.numbers(proof));
        proof.requireWhole(all);
        requireReplicated(members, plan, exchange, proof.replicated(all));
        members.communicator().synchronize(stream);
        copies.loadHosts(exchange.replicated());
        if (live.shape().hasShards()) {
            staging.stageOwn(proof.newShard(all, members.rank(), members.worldSize()));
        }
    }

    private static void requireReplicated(Membership members, RestorePlan plan, Exchange exchange, long stored) {
        if (exchange.replicatedChecksum() != stored) {
            throw new DamagedTransferException("rank " + members.rank() + " got the replicated state of snapshot "
                    + plan.version() + " with another checksum than it was stored with");
        }
    }

    // The free slot, laid out as the epoch's first snapshot will be: what arrives lies where that snapshot has it.
    private Slot stage(Membership members, RestorePlan plan) {
        return slots.begin(new Version(members.epoch(), plan.step()), slots.custody(members));
    }

    private long[] sum(Communicator communicator, long[] own) {
        long[] all = new long[own.length];
        if (own.length > numbers.count()) {
            // What an earlier job left on disk may be cut into more shards than this job can have ranks.
            numbers.close();
            numbers = device.allocate(DataType.INT64, own.length);
        }
        DeviceBuffer used = numbers.slice(0, own.length);
        used.copyFrom(own);
        communicator.allReduce(used, ReduceOp.SUM, stream).await();
        used.copyTo(all);
        return all;
    }

    /** Frees the device memory of the numbers. Idempotent. */
    @Override
    public void close() {
        numbers.close();
    }
}
