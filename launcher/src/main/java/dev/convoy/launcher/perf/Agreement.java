/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.launcher.perf;

import dev.convoy.Communicator;
import dev.convoy.DataType;
import dev.convoy.DeviceBuffer;
import dev.convoy.ReduceOp;
import dev.convoy.Stream;

/** What all ranks decide together, by a collective of their own: when to begin, and how often to repeat. */
final class Agreement implements AutoCloseable {
    private final Communicator communicator;
    private final Stream stream;
    private final DeviceBuffer cell;
    private final long[] value = new long[1];

    Agreement(Communicator communicator, Stream stream) {
        this.communicator = communicator;
        this.stream = stream;
        this.cell = communicator.device().allocate(DataType.INT64, 1);
    }

    /** Waits for all. */
    void barrier() {
        greatest(0);
    }

    /** The greatest of all ranks' values. */
    long greatest(long mine) {
        value[0] = mine;
        cell.copyFrom(value);
        communicator.allReduce(cell, ReduceOp.MAX, stream).await();
        cell.copyTo(value);
        return value[0];
    }

    @Override
    public void close() {
        cell.close();
    }
}
