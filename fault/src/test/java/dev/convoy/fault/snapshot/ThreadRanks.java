/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.snapshot;

import dev.convoy.CheckedCopy;
import dev.convoy.Communicator;
import dev.convoy.CommunicatorOptions;
import dev.convoy.ConvoyRuntime;
import dev.convoy.DataType;
import dev.convoy.Device;
import dev.convoy.DeviceBuffer;
import dev.convoy.RuntimeKind;
import dev.convoy.Stream;
import dev.convoy.fault.HostState;
import dev.convoy.fault.protocol.Redundancy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/** Ranks that are threads of this process, with live states, slots and a communicator on the host runtime. */
final class ThreadRanks implements AutoCloseable {
    static final Duration BOUND = Duration.ofSeconds(20);

    private final Device device = ConvoyRuntime.open(RuntimeKind.HOST).device(0);
    private final ExecutorService threads;
    private final Redundancy redundancy;
    private final boolean fused;
    final StateShape shape;
    final List<Rank> ranks = new ArrayList<>();

    /** What each rank does. */
    interface Body {
        void run(Rank rank) throws Exception;
    }

    ThreadRanks(int worldSize, StateShape shape) {
        this(worldSize, shape, new Redundancy.Copies(1), true);
    }

    ThreadRanks(int worldSize, StateShape shape, Redundancy redundancy, boolean fused) {
        this.fused = fused;
        this.shape = shape;
        this.redundancy = redundancy;
        threads = Executors.newFixedThreadPool(worldSize);
        List<Communicator> communicators = Communicator.initAll(
                Collections.nCopies(worldSize, device),
                CommunicatorOptions.defaults().withDeadline(BOUND).withInitDeadline(BOUND));
        for (int rank = 0; rank < worldSize; rank++) {
            ranks.add(new Rank(new Membership(1, rank, worldSize, communicators.get(rank))));
        }
    }

    /** Runs the body on all ranks at once. */
    void all(Body body) throws Exception {
        List<Future<?>> futures = new ArrayList<>();
        for (Rank rank : ranks) {
            futures.add(threads.submit(() -> {
                body.run(rank);
                return null;
            }));
        }
        for (Future<?> future : futures) {
            future.get(BOUND.toSeconds() * 2, TimeUnit.SECONDS);
        }
    }

    /** One rank. */
    final class Rank implements LiveState, AutoCloseable {
        final Membership members;
        final Stream stream = device.newStream();
        final SlotPair slots = new SlotPair(shape, redundancy, ThreadRanks.this::pinned);
        final Snapshotter snapshotter;
        private final List<DeviceBuffer> buffers = new ArrayList<>();
        private final List<DeviceBuffer> shards = new ArrayList<>();

        Rank(Membership members) {
            this.members = members;
            for (StateShape.Vector vector : shape.buffers()) {
                buffers.add(zeroed(vector, vector.count()));
            }
            for (StateShape.Vector vector : shape.sharded()) {
                long count = Partition.count(vector.count(), members.rank(), members.worldSize());
                shards.add(count == 0 ? null : zeroed(vector, count));
            }
            snapshotter =
                    new Snapshotter(this, slots, device, stream, BOUND, members.worldSize(), 7, fused && isFused());
        }

        @Override
        public StateShape shape() {
            return shape;
        }

        @Override
        public List<DeviceBuffer> buffers() {
            return buffers;
        }

        @Override
        public List<HostState> hosts() {
            return List.of();
        }

        @Override
        public List<DeviceBuffer> shards() {
            return shards;
        }

        @Override
        public void cut(int rank, int worldSize) {
            if (rank != members.rank() || worldSize != members.worldSize()) {
                throw new IllegalStateException("these ranks stay");
            }
        }

        @Override
        public void close() {
            snapshotter.close();
            slots.close();
            buffers.forEach(DeviceBuffer::close);
            shards.stream().filter(shard -> shard != null).forEach(DeviceBuffer::close);
            stream.close();
        }
    }

    private DeviceBuffer zeroed(StateShape.Vector vector, long count) {
        DeviceBuffer buffer = device.allocate(DataType.valueOf(vector.type()), count);
        buffer.hostView().orElseThrow().fill((byte) 0);
        return buffer;
    }

    private boolean isFused() {
        return CheckedCopy.of(device).isFused();
    }

    private Region pinned(long bytes) {
        DeviceBuffer buffer = device.allocatePinned(DataType.UINT8, bytes);
        return new Region(buffer, buffer.hostView().orElseThrow());
    }

    @Override
    public void close() {
        List<Communicator> communicators =
                ranks.stream().map(rank -> rank.members.communicator()).toList();
        communicators.forEach(communicator -> communicator.revoke("the test is over"));
        Communicator.abortAll(communicators);
        threads.shutdownNow();
        ranks.forEach(Rank::close);
    }
}
