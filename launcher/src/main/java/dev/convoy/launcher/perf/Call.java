/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.launcher.perf;

import dev.convoy.Communicator;
import dev.convoy.DeviceBuffer;
import dev.convoy.Group;
import dev.convoy.ReduceOp;
import dev.convoy.Stream;
import dev.convoy.Work;

/** Issues one operation; allocates nothing. */
@FunctionalInterface
interface Call {
    /** Issues it; the work is done when all of it is. */
    Work issue();

    /** The operation of a case on given buffers. */
    static Call of(Case row, Buffers buffers, Communicator communicator, Stream stream) {
        DeviceBuffer send = buffers.send();
        DeviceBuffer recv = buffers.recv();
        ReduceOp op = row.op();
        int root = row.root();
        return switch (row.collective()) {
            case ALL_REDUCE -> () -> communicator.allReduce(send, recv, op, stream);
            case ALL_GATHER -> () -> communicator.allGather(send, recv, stream);
            case REDUCE_SCATTER -> () -> communicator.reduceScatter(send, recv, op, stream);
            case BROADCAST -> () -> communicator.broadcast(send, recv, root, stream);
            case REDUCE -> () -> communicator.reduce(send, recv, op, root, stream);
            case ALLTOALL -> () -> communicator.allToAll(send, recv, stream);
            case GATHER -> () -> communicator.gather(send, recv, root, stream);
            case SCATTER -> () -> communicator.scatter(send, recv, root, stream);
            case SENDRECV -> () -> ring(send, recv, communicator, stream);
        };
    }

    private static Work ring(DeviceBuffer send, DeviceBuffer recv, Communicator communicator, Stream stream) {
        int ranks = communicator.worldSize();
        int rank = communicator.rank();
        Work received;
        try (Group _ = communicator.group()) {
            communicator.send(send, (rank + 1) % ranks, stream);
            received = communicator.recv(recv, (rank + ranks - 1) % ranks, stream);
        }
        // One stream does its work in order, and this was enqueued last.
        return received;
    }
}
