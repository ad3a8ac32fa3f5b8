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
import java.time.Duration;
import java.util.List;

/**
 * Brings the live states of all ranks to a version that lies, in parts, in the survivors' slots, cut anew for the present world
 * size. What comes from a peer goes into the free slot first and is checked there; live state is touched only after that, and
 * the slot that holds the version not at all, so that a loss during a restore finds it as it was. Used by the user's thread.
 */
public final class Restorer {
    private final LiveState live;
    private final SlotPair slots;
    private final SlotCopies copies;
    private final Device device;
    private final Stream stream;
    private final Duration deadline;

    /**
     * Creates a restorer.
     *
     * @param live the states
     * @param slots this rank's slots
     * @param device where the states are
     * @param stream stream of all copies and exchanges
     * @param deadline bound of the copies
     */
    public Restorer(LiveState live, SlotPair slots, Device device, Stream stream, Duration deadline) {
        this.live = live;
        this.slots = slots;
        this.device = device;
        this.stream = stream;
        this.deadline = deadline;
        this.copies = new SlotCopies(live, stream);
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
        stream.synchronize(deadline);
        copies.loadHosts(replicated);
    }

    // The free slot, laid out as the epoch's first snapshot will be: what arrives lies where that snapshot has it.
    private Slot stage(Membership members, RestorePlan plan) {
        boolean sharded = live.shape().hasShards();
        int[] shards = sharded
                ? GroupPlacement.of(members.worldSize()).shardsHeldBy(members.rank())
                : new int[0];
        return slots.begin(new Version(members.epoch(), plan.step()), sharded ? members.worldSize() : 0, shards);
    }

    private void exchange(Membership members, RestorePlan plan, Slot held, Slot staging) {
        List<Transfer> transfers = Transfer.plan(live.shape(), plan.shardCount(), members.worldSize());
        Exchange exchange = new Exchange(members.rank(), plan, transfers, held, staging);
        long[] checksums = agreeOnChecksums(members.communicator(), exchange.checksumsOfOwnPieces());
        Communicator communicator = members.communicator();
        exchange.copyLocalPieces();
        if (exchange.hasTraffic()) {
            exchange.enqueue(communicator, stream).await();
        }
        exchange.verify(checksums);
    }

    // Each checksum is computed by the one rank that serves the piece; all others add zero.
    private long[] agreeOnChecksums(Communicator communicator, long[] own) {
        long[] all = new long[own.length];
        try (DeviceBuffer table = device.allocate(DataType.INT64, own.length)) {
            table.copyFrom(own);
            communicator.allReduce(table, ReduceOp.SUM, stream).await();
            table.copyTo(all);
        }
        return all;
    }
}
