/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault;

import dev.convoy.DataType;
import dev.convoy.Device;
import dev.convoy.DeviceBuffer;
import dev.convoy.Stream;
import dev.convoy.fault.protocol.GroupPlacement;
import dev.convoy.fault.protocol.RankMessage;
import dev.convoy.fault.protocol.RestorePlan;
import dev.convoy.fault.protocol.Version;
import dev.convoy.fault.snapshot.DeclarationCheck;
import dev.convoy.fault.snapshot.DurableParts;
import dev.convoy.fault.snapshot.Membership;
import dev.convoy.fault.snapshot.Region;
import dev.convoy.fault.snapshot.Restorer;
import dev.convoy.fault.snapshot.SlotPair;
import dev.convoy.fault.snapshot.Snapshotter;
import dev.convoy.fault.snapshot.Wishes;
import java.util.function.Consumer;

/** When snapshots are taken and which of them go to disk. Used by the user's thread. */
final class SnapshotKeeper implements AutoCloseable {
    private final LaunchEnvironment environment;
    private final StateRegistry states;
    private final SlotPair slots;
    private final DeclarationCheck declarations;
    private final Snapshotter snapshotter;
    private final Restorer restorer;
    private final DurableParts durable;
    private final int every;
    private boolean first = true;
    private long durableAtNs;

    /**
     * Sets the memory of this rank's snapshots up.
     *
     * @param environment bounds and folders
     * @param every steps between snapshots
     * @param steps steps of the whole job, equal on all ranks
     * @param states the declared states
     * @param device where they are
     * @param stream stream of all copies
     * @param out tells the coordinator of parts on disk
     */
    SnapshotKeeper(
            LaunchEnvironment environment,
            int every,
            long steps,
            StateRegistry states,
            Device device,
            Stream stream,
            Consumer<RankMessage> out) {
        this.environment = environment;
        this.every = every;
        this.states = states;
        long declaration = states.freeze().declarationHash(steps, every);
        slots = new SlotPair(states.shape(), bytes -> pinned(device, bytes));
        declarations = new DeclarationCheck(device, stream, environment.launchSize(), declaration);
        snapshotter = new Snapshotter(states, slots, device, stream, environment.launchSize(), declaration);
        restorer = new Restorer(states, slots, device, stream, environment.launchSize());
        durable = new DurableParts(slots, environment.self().launchRank(), declaration, out);
    }

    private static Region pinned(Device device, long bytes) {
        DeviceBuffer buffer = device.allocatePinned(DataType.UINT8, bytes);
        return new Region(
                buffer,
                buffer.hostView()
                        .orElseThrow(() -> new IllegalStateException("pinned memory must be visible to the host")));
    }

    /** Makes the memory that this rank's first step needs if the group forms as it was launched. */
    void reserve() {
        int size = environment.launchSize();
        int rank = likelyRank(size);
        states.reserve(rank, size);
        slots.reserve(shardCount(size), heldShards(rank, size));
    }

    /** What this rank's snapshots need as the group was launched, and what they have now; bytes. */
    SnapshotMemory memory() {
        int size = environment.launchSize();
        int[] held = heldShards(likelyRank(size), size);
        return new SnapshotMemory(SlotPair.announcedBytes(states.shape(), shardCount(size), held), slots.usedBytes());
    }

    // A spare may take any place; those of two places differ by one element at most.
    private int likelyRank(int size) {
        return environment.self().launchRank() % size;
    }

    private int shardCount(int worldSize) {
        return states.shape().hasShards() ? worldSize : 0;
    }

    private int[] heldShards(int rank, int worldSize) {
        return states.shape().hasShards() ? GroupPlacement.of(worldSize).shardsHeldBy(rank) : new int[0];
    }

    SlotPair slots() {
        return slots;
    }

    DurableParts durable() {
        return durable;
    }

    /** Brings the states to what the plan of a new epoch says. A collective call. */
    void restore(Membership members, RestorePlan plan) {
        declarations.requireEqual(members, plan);
        if (plan.isInitial()) {
            initialize(members);
        } else {
            restorer.restore(members, plan);
        }
        first = true;
    }

    // No rank has carried out a step yet, so all states still are what the program filled in.
    private void initialize(Membership members) {
        slots.agree(null);
        states.initializeShards(members);
    }

    /** Whether one is due: regularly, and before an epoch's first step, so that every shard has its copies again. */
    boolean isDue(long step) {
        return first || step % every == 0;
    }

    /**
     * Takes a snapshot of the state before a step. A collective call.
     *
     * @param members the epoch
     * @param step the step that has not begun
     * @param wantsBoundary whether this rank has been asked to stop at a step boundary
     * @return whether all ranks stop at this one
     */
    boolean take(Membership members, long step, boolean wantsBoundary) {
        boolean wantsDurable = members.rank() == 0 && wantsDurable(step);
        Wishes agreed = snapshotter.take(members, step, new Wishes(wantsDurable, wantsBoundary));
        first = false;
        if (agreed.durable()) {
            durableAtNs = System.nanoTime();
            if (environment.stateDirectory() != null) {
                durable.startWriting(new Version(members.epoch(), step), members.rank(), environment.stateDirectory());
            }
        }
        return agreed.boundary();
    }

    private boolean wantsDurable(long step) {
        if (environment.stateDirectory() == null || durable.isBusy()) {
            return false;
        }
        long elapsed = System.nanoTime() - durableAtNs;
        return step == 0 || elapsed >= environment.durableEvery().toNanos();
    }

    @Override
    public void close() {
        durable.close();
        restorer.close();
        snapshotter.close();
        declarations.close();
        slots.close();
    }
}
