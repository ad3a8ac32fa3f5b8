/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.benchmarks.snapshots;

import dev.convoy.DataType;
import dev.convoy.Device;
import dev.convoy.DeviceBuffer;
import dev.convoy.fault.HostState;
import dev.convoy.fault.snapshot.LiveState;
import dev.convoy.fault.snapshot.StateShape;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;

/** A state of floats, on each rank so many bytes: the same everywhere, or a shard of a larger whole. */
final class OneShard implements LiveState, AutoCloseable {
    private static final long STRIDE = 64L << 10;

    private final StateShape shape;
    private final DeviceBuffer buffer;
    private final boolean sharded;

    OneShard(Device device, long bytes, boolean sharded, int worldSize) {
        long count = bytes / Float.BYTES;
        this.sharded = sharded;
        buffer = device.allocate(DataType.FLOAT32, count);
        List<StateShape.Vector> vectors =
                List.of(new StateShape.Vector("state", "FLOAT32", Float.BYTES, sharded ? count * worldSize : count));
        shape = new StateShape(sharded ? List.of() : vectors, List.of(), sharded ? vectors : List.of());
    }

    /** Changes a byte in every 64 KiB: no chunk of a snapshot stays as it was, however long they are. */
    void change() {
        MemorySegment memory = buffer.hostView().orElseThrow();
        for (long at = 0; at < memory.byteSize(); at += STRIDE) {
            memory.set(ValueLayout.JAVA_BYTE, at, (byte) (memory.get(ValueLayout.JAVA_BYTE, at) + 1));
        }
    }

    @Override
    public StateShape shape() {
        return shape;
    }

    @Override
    public List<DeviceBuffer> buffers() {
        return sharded ? List.of() : List.of(buffer);
    }

    @Override
    public List<HostState> hosts() {
        return List.of();
    }

    @Override
    public List<DeviceBuffer> shards() {
        return sharded ? List.of(buffer) : List.of();
    }

    @Override
    public void cut(int rank, int worldSize) {
        throw new UnsupportedOperationException("the world does not change");
    }

    @Override
    public void close() {
        buffer.close();
    }
}
