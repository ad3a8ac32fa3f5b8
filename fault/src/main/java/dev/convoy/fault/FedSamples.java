/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault;

import dev.convoy.DataType;
import dev.convoy.Device;
import dev.convoy.DeviceBuffer;

/** Exchange of the sample ids that each rank really used: one all-gather of (count, ids…) a step. Keeps its buffers. */
final class FedSamples implements AutoCloseable {
    private DeviceBuffer mine;
    private DeviceBuffer all;
    private int[] record = {};
    private int[] records = {};
    private int[] batch = {};
    private int gathered;

    /**
     * Gathers the ids of all ranks. A collective call.
     *
     * @return the ids of the global batch in rank order, {@link #gathered} of them
     */
    int[] gather(Step step, int[] ids, int from, int to, int globalBatch) {
        int worldSize = step.worldSize();
        int most = (globalBatch + worldSize - 1) / worldSize;
        if (to - from > most) {
            throw new IllegalArgumentException("rank " + step.rank() + " fed " + (to - from)
                    + " samples of a global batch of " + globalBatch + "; its share is at most " + most);
        }
        int length = 1 + most;
        reserve(step.communicator().device(), length, worldSize);
        record[0] = to - from;
        System.arraycopy(ids, from, record, 1, to - from);
        mine.copyFrom(record);
        step.communicator()
                .allGather(mine.slice(0, length), all.slice(0, (long) length * worldSize), step.stream())
                .await();
        all.copyTo(records);
        collect(length, worldSize, globalBatch);
        return batch;
    }

    int gathered() {
        return gathered;
    }

    private void collect(int length, int worldSize, int globalBatch) {
        if (batch.length < globalBatch + worldSize) {
            batch = new int[globalBatch + worldSize];
        }
        gathered = 0;
        for (int rank = 0; rank < worldSize; rank++) {
            int count = records[rank * length];
            if (count < 0 || count > length - 1) {
                throw new StateMismatchException("rank " + rank + " reports " + count + " samples where at most "
                        + (length - 1) + " are its share; do all ranks use the same global batch?");
            }
            System.arraycopy(records, rank * length + 1, batch, gathered, count);
            gathered += count;
        }
    }

    private void reserve(Device device, int length, int worldSize) {
        if (record.length < length) {
            free();
            record = new int[length];
            mine = device.allocate(DataType.INT32, length);
        }
        if (all == null || all.count() != (long) record.length * worldSize) {
            if (all != null) {
                all.close();
            }
            records = new int[record.length * worldSize];
            all = device.allocate(DataType.INT32, records.length);
        }
    }

    private void free() {
        if (mine != null) {
            mine.close();
            mine = null;
        }
        if (all != null) {
            all.close();
            all = null;
        }
    }

    @Override
    public void close() {
        free();
    }
}
