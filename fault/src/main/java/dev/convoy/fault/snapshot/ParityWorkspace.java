/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.snapshot;

import dev.convoy.DataType;
import dev.convoy.Device;
import dev.convoy.DeviceBuffer;
import java.lang.foreign.MemorySegment;

/**
 * Memory in which parity is made, and what was lost computed: chunks of others as they arrive, and one for the result.
 * Arrivals are in pinned memory, where the CPU checksums them; the result, which is written once for each of them, is
 * the device's. Made at the first use, as large as a grid needs. For one thread at a time.
 */
final class ParityWorkspace implements AutoCloseable {
    private DeviceBuffer arrivals;
    private DeviceBuffer result;
    /** Asked for by any thread. */
    private volatile long usedBytes;

    /** Bytes that a grid needs; 0 where there is none. */
    static long bytes(ParityGrid grid) {
        return grid == null ? 0 : (places(grid) + 1L) * grid.chunk();
    }

    private static int places(ParityGrid grid) {
        return grid.rowsAtOnce() * grid.ring().data();
    }

    /** Makes it large enough for a grid. */
    void fit(Device device, ParityGrid grid) {
        long bytes = places(grid) * grid.chunk();
        if (arrivals == null || arrivals.bytes() < bytes || result.bytes() < grid.chunk()) {
            close();
            arrivals = device.allocatePinned(DataType.UINT8, bytes);
            result = device.allocate(DataType.UINT8, grid.chunk());
            usedBytes = bytes + grid.chunk();
        }
    }

    /** The beginning of a place for a chunk that arrives. */
    DeviceBuffer arrival(ParityGrid grid, int place, long bytes) {
        return arrivals.slice(place * grid.chunk(), bytes);
    }

    /** The same memory, as this process sees it. */
    MemorySegment arrivalBytes(ParityGrid grid, int place, long bytes) {
        return arrivals.hostView().orElseThrow().asSlice(place * grid.chunk(), bytes);
    }

    /** The beginning of the place for a result. */
    DeviceBuffer result(long bytes) {
        return result.slice(0, bytes);
    }

    long usedBytes() {
        return usedBytes;
    }

    @Override
    public void close() {
        if (arrivals != null) {
            arrivals.close();
            result.close();
            arrivals = null;
            result = null;
            usedBytes = 0;
        }
    }
}
