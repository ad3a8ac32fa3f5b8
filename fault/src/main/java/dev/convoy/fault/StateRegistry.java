/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault;

import dev.convoy.DataType;
import dev.convoy.Device;
import dev.convoy.DeviceBuffer;
import dev.convoy.Stream;
import dev.convoy.fault.safetensors.SafetensorsWriter;
import dev.convoy.fault.snapshot.LiveState;
import dev.convoy.fault.snapshot.Membership;
import dev.convoy.fault.snapshot.Partition;
import dev.convoy.fault.snapshot.StateShape;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/** The states that the program declared, and their memory. */
final class StateRegistry implements LiveState, AutoCloseable {
    private final Device device;
    private final Stream stream;
    private final Duration bound;
    private final Supplier<Membership> membership;
    private final Set<String> names = new HashSet<>();
    private final List<StateShape.Vector> bufferShapes = new ArrayList<>();
    private final List<DeviceBuffer> buffers = new ArrayList<>();
    private final List<StateShape.Host> hostShapes = new ArrayList<>();
    private final List<HostState> hosts = new ArrayList<>();
    private final List<Shard> shards = new ArrayList<>();
    private StateShape frozen;

    /**
     * Creates an empty registry.
     *
     * @param device where buffers are allocated
     * @param stream where they are zeroed
     * @param bound bound of that
     * @param membership this rank's present place; asked when a shard's place is needed
     */
    StateRegistry(Device device, Stream stream, Duration bound, Supplier<Membership> membership) {
        this.device = device;
        this.stream = stream;
        this.bound = bound;
        this.membership = membership;
    }

    DeviceBuffer addBuffer(String name, DataType type, long count) {
        declare(name, count);
        DeviceBuffer buffer = zeroed(type, count);
        bufferShapes.add(new StateShape.Vector(name, type.name(), type.bytes(), count));
        buffers.add(buffer);
        return buffer;
    }

    void addHost(String name, HostState state) {
        declare(name, 1);
        long bytes = state.maxBytes();
        if (bytes < 0) {
            throw new IllegalArgumentException("state '" + name + "' has a maxBytes() of " + bytes);
        }
        hostShapes.add(new StateShape.Host(name, bytes));
        hosts.add(state);
    }

    ShardedState addShard(String name, DataType type, long totalCount, ShardInitializer initializer) {
        declare(name, totalCount);
        Shard shard = new Shard(name, type, totalCount, initializer);
        shards.add(shard);
        return shard;
    }

    private void declare(String name, long count) {
        if (frozen != null) {
            throw new IllegalStateException("state '" + name + "' is declared after run(); declare all states before");
        }
        if (count < 1 || count > Partition.MAX_TOTAL) {
            throw new IllegalArgumentException(
                    "state '" + name + "' has " + count + " elements; 1 to 2^48 are possible");
        }
        if (name.isBlank() || name.equals(SafetensorsWriter.METADATA) || !names.add(name)) {
            throw new IllegalArgumentException("the name '" + name + "' of a state is blank, reserved or taken");
        }
    }

    private DeviceBuffer zeroed(DataType type, long count) {
        DeviceBuffer buffer = device.allocate(type, count);
        zero(buffer);
        return buffer;
    }

    // The program fills buffers by copies that see no stream.
    private void zero(DeviceBuffer buffer) {
        buffer.zero(stream);
        stream.synchronize(bound);
    }

    /** Ends the declarations. */
    StateShape freeze() {
        if (frozen == null) {
            frozen = new StateShape(
                    bufferShapes, hostShapes, shards.stream().map(Shard::shape).toList());
        }
        return frozen;
    }

    @Override
    public StateShape shape() {
        return freeze();
    }

    @Override
    public List<DeviceBuffer> buffers() {
        return buffers;
    }

    @Override
    public List<HostState> hosts() {
        return hosts;
    }

    @Override
    public List<DeviceBuffer> shards() {
        List<DeviceBuffer> live = new ArrayList<>(shards.size());
        shards.forEach(shard -> live.add(shard.live));
        return live;
    }

    @Override
    public void cut(int rank, int worldSize) {
        shards.forEach(shard -> shard.cut(rank, worldSize));
    }

    /**
     * Makes the memory of the shards in the cut that this rank expects, before anybody waits for it. The content comes
     * with {@link #initializeShards} or a restore.
     */
    void reserve(int rank, int worldSize) {
        shards.forEach(shard -> shard.reserve(rank, worldSize));
    }

    /**
     * Gives every shard its initial content in the present cut. One that has this cut already keeps what it has: the
     * program may have changed it.
     *
     * @throws ElasticException if the program may have changed a shard that must be cut anew
     */
    void initializeShards(Membership members) {
        shards.forEach(shard -> shard.initialize(members.rank(), members.worldSize()));
    }

    /** Frees all buffers. Idempotent. */
    @Override
    public void close() {
        buffers.forEach(DeviceBuffer::close);
        shards.forEach(Shard::free);
    }

    /** One sharded state. */
    private final class Shard implements ShardedState {
        private final String name;
        private final DataType type;
        private final long total;
        private final ShardInitializer initializer;
        private DeviceBuffer live;
        private int rank = -1;
        private int worldSize;
        private boolean filled;
        private boolean handedOut;

        Shard(String name, DataType type, long total, ShardInitializer initializer) {
            this.name = name;
            this.type = type;
            this.total = total;
            this.initializer = initializer;
        }

        StateShape.Vector shape() {
            return new StateShape.Vector(name, type.name(), type.bytes(), total);
        }

        void reserve(int newRank, int newWorldSize) {
            if (!filled) {
                allocate(newRank, newWorldSize);
            }
        }

        void cut(int newRank, int newWorldSize) {
            allocate(newRank, newWorldSize);
            filled = true;
        }

        private void allocate(int newRank, int newWorldSize) {
            if (isCutFor(newRank, newWorldSize)) {
                return;
            }
            free();
            rank = newRank;
            worldSize = newWorldSize;
            long count = Partition.count(total, rank, worldSize);
            live = count == 0 ? null : device.allocate(type, count);
        }

        private boolean isCutFor(int wantedRank, int wantedWorldSize) {
            return wantedRank == rank && wantedWorldSize == worldSize;
        }

        void initialize(int newRank, int newWorldSize) {
            if (filled && isCutFor(newRank, newWorldSize)) {
                return;
            }
            if (handedOut) {
                throw new ElasticException("state '" + name + "' must be cut anew, for the group has changed before"
                        + " run(), and the program may have filled its buffer: fill shards in a ShardInitializer");
            }
            cut(newRank, newWorldSize);
            if (live != null) {
                zero(live);
                initializer.initialize(Partition.start(total, rank, worldSize), live);
            }
        }

        void free() {
            if (live != null) {
                live.close();
                live = null;
            }
        }

        private void ensureCut() {
            if (!filled) {
                Membership members = membership.get();
                initialize(members.rank(), members.worldSize());
            }
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public DataType type() {
            return type;
        }

        @Override
        public long totalCount() {
            return total;
        }

        @Override
        public long offset() {
            ensureCut();
            return Partition.start(total, rank, worldSize);
        }

        @Override
        public long count() {
            ensureCut();
            return Partition.count(total, rank, worldSize);
        }

        @Override
        public DeviceBuffer buffer() {
            ensureCut();
            handedOut = true;
            if (live == null) {
                throw new IllegalStateException("rank " + rank + " of " + worldSize + " has no element of state '"
                        + name + "' (" + total + " elements); check count() first");
            }
            return live;
        }
    }
}
