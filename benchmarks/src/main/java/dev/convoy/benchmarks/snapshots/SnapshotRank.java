/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.benchmarks.snapshots;

import dev.convoy.DataType;
import dev.convoy.Device;
import dev.convoy.DeviceBuffer;
import dev.convoy.benchmarks.ranks.Rank;
import dev.convoy.fault.protocol.Redundancy;
import dev.convoy.fault.snapshot.Membership;
import dev.convoy.fault.snapshot.Region;
import dev.convoy.fault.snapshot.SlotPair;
import dev.convoy.fault.snapshot.Snapshotter;
import dev.convoy.fault.snapshot.Wishes;
import java.time.Duration;

/** A rank that takes a snapshot of the same state before each step. */
final class SnapshotRank implements AutoCloseable {
    private static final int DECLARATION = 1;

    private final OneShard state;
    private final SlotPair slots;
    private final Snapshotter snapshotter;
    private final Membership members;
    private long step;

    SnapshotRank(Rank rank, long bytes, boolean sharded) {
        this(rank, bytes, sharded, new Redundancy.Copies(1));
    }

    SnapshotRank(Rank rank, long bytes, boolean sharded, Redundancy redundancy) {
        Device device = rank.communicator().device();
        int worldSize = rank.communicator().worldSize();
        state = new OneShard(device, bytes, sharded, worldSize);
        slots = new SlotPair(state.shape(), redundancy, size -> pinned(device, size));
        snapshotter =
                new Snapshotter(state, slots, device, rank.stream(), Duration.ofMinutes(1), worldSize, DECLARATION);
        members = new Membership(1, rank.communicator().rank(), worldSize, rank.communicator());
    }

    private static Region pinned(Device device, long bytes) {
        DeviceBuffer buffer = device.allocatePinned(DataType.UINT8, bytes);
        Region region = new Region(buffer, buffer.hostView().orElseThrow());
        region.bytes().fill((byte) 0);
        return region;
    }

    /** Takes and commits one. */
    void take() {
        snapshotter.take(members, step++, Wishes.NONE);
    }

    /** Takes and commits one of a state of which every chunk has changed. */
    void takeChanged() {
        state.change();
        take();
    }

    /** Bytes that the snapshots have. */
    long memory() {
        return slots.usedBytes();
    }

    @Override
    public void close() {
        snapshotter.close();
        slots.close();
        state.close();
    }
}
