/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy;

import dev.convoy.bindings.Nccl;

/**
 * What the ranks of a {@link Communicator} do together. All make the same calls in the same order, each with its own
 * buffers, of the communicator's device; counts are in elements.
 *
 * <p><b>Arguments</b> are checked before the library sees them: what does not fit the call is an
 * {@link IllegalArgumentException}, a closed buffer or stream an {@link IllegalStateException}, and neither counts as
 * an operation.
 *
 * <p>All-to-all, gather and scatter are the library's own where it has them, which {@link Capability} tells, and a
 * group of sends and receives where it is older.
 */
public abstract sealed class Collectives permits Communicator {
    private final NativeCommunicator communicator;
    private final Nccl nccl;
    private final Arguments arguments;
    private final GroupedTransfers transfers;
    private final boolean hasAllToAll;
    private final boolean hasGather;
    private final boolean hasScatter;
    private volatile OperationObserver observer;

    Collectives(NativeCommunicator communicator) {
        ConvoyRuntime runtime = communicator.device().runtime();
        this.communicator = communicator;
        this.nccl = communicator.device().natives().nccl();
        this.arguments = new Arguments(communicator);
        this.transfers = new GroupedTransfers(communicator);
        this.hasAllToAll = runtime.supports(Capability.ALL_TO_ALL);
        this.hasGather = runtime.supports(Capability.GATHER);
        this.hasScatter = runtime.supports(Capability.SCATTER);
    }

    /**
     * Reduces the elements of all ranks, and gives the result to all.
     *
     * @param send this rank's elements
     * @param recv receives the result; as many of the same type, may be {@code send}
     * @param op the reduction
     * @param stream the order in which it is done
     * @return the work, to be awaited
     * @throws CommunicatorException if the communicator is lost or closed
     */
    public Work allReduce(DeviceBuffer send, DeviceBuffer recv, Reduction op, Stream stream) {
        Arguments.receives(send, recv, 1);
        long from = arguments.address(send);
        long to = arguments.address(recv);
        long queue = arguments.stream(stream);
        int operator = arguments.operator(op, send.type());
        long sequence = begin(Operation.ALL_REDUCE, send.count(), send.type());
        try {
            int status =
                    nccl.allReduce(from, to, send.count(), send.type().code(), operator, communicator.handle(), queue);
            return communicator.issued(Operation.ALL_REDUCE, sequence, status, stream);
        } finally {
            communicator.leave();
        }
    }

    /**
     * Reduces the elements of all ranks in place.
     *
     * @param buffer this rank's elements; receives the result
     * @param op the reduction
     * @param stream the order in which it is done
     * @return the work, to be awaited
     * @throws CommunicatorException if the communicator is lost or closed
     */
    public Work allReduce(DeviceBuffer buffer, Reduction op, Stream stream) {
        return allReduce(buffer, buffer, op, stream);
    }

    /**
     * Copies the elements of the root to all ranks.
     *
     * @param send the root's elements; may be null on other ranks
     * @param recv receives them; as many of the same type, may be {@code send}
     * @param root rank of the root
     * @param stream the order in which it is done
     * @return the work, to be awaited
     * @throws CommunicatorException if the communicator is lost or closed
     */
    public Work broadcast(DeviceBuffer send, DeviceBuffer recv, int root, Stream stream) {
        arguments.rank(root, "root");
        if (send != null) {
            Arguments.receives(send, recv, 1);
        }
        long from = arguments.addressOrNull(send, communicator.rank() == root, "send buffer");
        long to = arguments.address(recv);
        long queue = arguments.stream(stream);
        long sequence = begin(Operation.BROADCAST, recv.count(), recv.type());
        try {
            int status = nccl.broadcast(from, to, recv.count(), recv.type().code(), root, communicator.handle(), queue);
            return communicator.issued(Operation.BROADCAST, sequence, status, stream);
        } finally {
            communicator.leave();
        }
    }

    /**
     * Copies the elements of the root to all ranks in place.
     *
     * @param buffer the root's elements; receives them elsewhere
     * @param root rank of the root
     * @param stream the order in which it is done
     * @return the work, to be awaited
     * @throws CommunicatorException if the communicator is lost or closed
     */
    public Work broadcast(DeviceBuffer buffer, int root, Stream stream) {
        return broadcast(buffer, buffer, root, stream);
    }

    /**
     * Reduces the elements of all ranks, and gives the result to the root.
     *
     * @param send this rank's elements
     * @param recv receives the result on the root; as many of the same type, may be {@code send}, and null on other
     *     ranks
     * @param op the reduction
     * @param root rank of the root
     * @param stream the order in which it is done
     * @return the work, to be awaited
     * @throws CommunicatorException if the communicator is lost or closed
     */
    public Work reduce(DeviceBuffer send, DeviceBuffer recv, Reduction op, int root, Stream stream) {
        arguments.rank(root, "root");
        if (recv != null) {
            Arguments.receives(send, recv, 1);
        }
        long from = arguments.address(send);
        long to = arguments.addressOrNull(recv, communicator.rank() == root, "receive buffer");
        long queue = arguments.stream(stream);
        int operator = arguments.operator(op, send.type());
        long sequence = begin(Operation.REDUCE, send.count(), send.type());
        try {
            int status = nccl.reduce(
                    from, to, send.count(), send.type().code(), operator, root, communicator.handle(), queue);
            return communicator.issued(Operation.REDUCE, sequence, status, stream);
        } finally {
            communicator.leave();
        }
    }

    /**
     * Concatenates the elements of all ranks in rank order, and gives the result to all.
     *
     * @param send this rank's elements; may be this rank's part of {@code recv}
     * @param recv receives the result; as many of the same type a rank
     * @param stream the order in which it is done
     * @return the work, to be awaited
     * @throws CommunicatorException if the communicator is lost or closed
     */
    public Work allGather(DeviceBuffer send, DeviceBuffer recv, Stream stream) {
        Arguments.receives(send, recv, communicator.worldSize());
        long from = arguments.address(send);
        long to = arguments.address(recv);
        long queue = arguments.stream(stream);
        long sequence = begin(Operation.ALL_GATHER, send.count(), send.type());
        try {
            int status = nccl.allGather(from, to, send.count(), send.type().code(), communicator.handle(), queue);
            return communicator.issued(Operation.ALL_GATHER, sequence, status, stream);
        } finally {
            communicator.leave();
        }
    }

    /**
     * Reduces the elements of all ranks, and gives part i of the result to rank i.
     *
     * @param send this rank's elements: a part for every rank
     * @param recv receives this rank's part; may be this rank's part of {@code send}
     * @param op the reduction
     * @param stream the order in which it is done
     * @return the work, to be awaited
     * @throws CommunicatorException if the communicator is lost or closed
     */
    public Work reduceScatter(DeviceBuffer send, DeviceBuffer recv, Reduction op, Stream stream) {
        Arguments.receives(recv, send, communicator.worldSize());
        long from = arguments.address(send);
        long to = arguments.address(recv);
        long queue = arguments.stream(stream);
        int operator = arguments.operator(op, recv.type());
        long sequence = begin(Operation.REDUCE_SCATTER, recv.count(), recv.type());
        try {
            int status = nccl.reduceScatter(
                    from, to, recv.count(), recv.type().code(), operator, communicator.handle(), queue);
            return communicator.issued(Operation.REDUCE_SCATTER, sequence, status, stream);
        } finally {
            communicator.leave();
        }
    }

    /**
     * Sends part i of the elements to rank i, and receives part i of the result from rank i. Not in place.
     *
     * @param send a part for every rank, of equal size
     * @param recv receives a part from every rank; as many of the same type
     * @param stream the order in which it is done
     * @return the work, to be awaited
     * @throws CommunicatorException if the communicator is lost or closed
     */
    public Work allToAll(DeviceBuffer send, DeviceBuffer recv, Stream stream) {
        Arguments.receives(send, recv, 1);
        long part = arguments.part(send);
        long from = arguments.address(send);
        long to = arguments.address(recv);
        Arguments.notInPlace(from, to, send.count());
        long queue = arguments.stream(stream);
        long sequence = begin(Operation.ALL_TO_ALL, part, send.type());
        try {
            int status = hasAllToAll
                    ? nccl.alltoAll(from, to, part, send.type().code(), communicator.handle(), queue)
                    : transfers.allToAll(from, to, part, send.type(), queue);
            return communicator.issued(Operation.ALL_TO_ALL, sequence, status, stream);
        } finally {
            communicator.leave();
        }
    }

    /**
     * Concatenates the elements of all ranks in rank order, and gives the result to the root.
     *
     * @param send this rank's elements
     * @param recv receives the result on the root; as many of the same type a rank, and null on other ranks
     * @param root rank of the root
     * @param stream the order in which it is done
     * @return the work, to be awaited
     * @throws CommunicatorException if the communicator is lost or closed
     */
    public Work gather(DeviceBuffer send, DeviceBuffer recv, int root, Stream stream) {
        arguments.rank(root, "root");
        if (recv != null) {
            Arguments.receives(send, recv, communicator.worldSize());
        }
        long from = arguments.address(send);
        long to = arguments.addressOrNull(recv, communicator.rank() == root, "receive buffer");
        long queue = arguments.stream(stream);
        long sequence = begin(Operation.GATHER, send.count(), send.type());
        try {
            int status = hasGather
                    ? nccl.gather(from, to, send.count(), send.type().code(), root, communicator.handle(), queue)
                    : transfers.gather(from, to, send.count(), send.type(), root, queue);
            return communicator.issued(Operation.GATHER, sequence, status, stream);
        } finally {
            communicator.leave();
        }
    }

    /**
     * Sends part i of the root's elements to rank i.
     *
     * @param send the root's elements: a part for every rank; null on other ranks
     * @param recv receives this rank's part
     * @param root rank of the root
     * @param stream the order in which it is done
     * @return the work, to be awaited
     * @throws CommunicatorException if the communicator is lost or closed
     */
    public Work scatter(DeviceBuffer send, DeviceBuffer recv, int root, Stream stream) {
        arguments.rank(root, "root");
        if (send != null) {
            Arguments.receives(recv, send, communicator.worldSize());
        }
        long from = arguments.addressOrNull(send, communicator.rank() == root, "send buffer");
        long to = arguments.address(recv);
        long queue = arguments.stream(stream);
        long sequence = begin(Operation.SCATTER, recv.count(), recv.type());
        try {
            int status = hasScatter
                    ? nccl.scatter(from, to, recv.count(), recv.type().code(), root, communicator.handle(), queue)
                    : transfers.scatter(from, to, recv.count(), recv.type(), root, queue);
            return communicator.issued(Operation.SCATTER, sequence, status, stream);
        } finally {
            communicator.leave();
        }
    }

    /**
     * Sends to every rank a part of a size of its own, and receives one from every rank. Not in place. What rank i
     * sends to rank j must be as long as what j receives from i: a mismatch is an error after the deadline at the
     * latest.
     *
     * @param send this rank's elements
     * @param sendParts which of them go to which rank
     * @param recv receives the parts; of the same type
     * @param recvParts where what comes from which rank goes; parts must not overlap
     * @param stream the order in which it is done
     * @return the work, to be awaited
     * @throws CommunicatorException if the communicator is lost or closed
     */
    public Work allToAllV(DeviceBuffer send, Parts sendParts, DeviceBuffer recv, Parts recvParts, Stream stream) {
        Arguments.sameType(send, recv);
        arguments.parts(sendParts, send, "send");
        arguments.parts(recvParts, recv, "receive");
        long from = arguments.address(send);
        long to = arguments.address(recv);
        Arguments.notInPlace(from, to, Math.min(send.count(), recv.count()));
        long queue = arguments.stream(stream);
        long sequence = begin(Operation.ALL_TO_ALL_V, send.count(), send.type());
        try {
            int status = transfers.allToAllV(from, sendParts, to, recvParts, send.type(), queue);
            return communicator.issued(Operation.ALL_TO_ALL_V, sequence, status, stream);
        } finally {
            communicator.leave();
        }
    }

    /**
     * Gives the elements of all ranks to all, where ranks may have different numbers of them.
     *
     * @param send this rank's elements: as many as its part has; may be that part of {@code recv}
     * @param recv receives the result; of the same type
     * @param parts where which rank's elements go, the same counts on all ranks; parts must not overlap
     * @param stream the order in which it is done
     * @return the work, to be awaited
     * @throws CommunicatorException if the communicator is lost or closed
     */
    public Work allGatherV(DeviceBuffer send, DeviceBuffer recv, Parts parts, Stream stream) {
        Arguments.sameType(send, recv);
        arguments.parts(parts, recv, "receive");
        arguments.ownPart(send, parts);
        long from = arguments.address(send);
        long to = arguments.address(recv);
        long queue = arguments.stream(stream);
        long sequence = begin(Operation.ALL_GATHER_V, send.count(), send.type());
        try {
            int status = transfers.allGatherV(from, to, parts, send.type(), queue);
            return communicator.issued(Operation.ALL_GATHER_V, sequence, status, stream);
        } finally {
            communicator.leave();
        }
    }

    /**
     * Sends elements to one rank, which must receive as many. To send and receive at once, use a
     * {@link Communicator#group()}.
     *
     * @param buffer the elements
     * @param peer who receives them
     * @param stream the order in which it is done
     * @return the work, to be awaited
     * @throws CommunicatorException if the communicator is lost or closed
     */
    public Work send(DeviceBuffer buffer, int peer, Stream stream) {
        arguments.rank(peer, "peer");
        long from = arguments.address(buffer);
        long queue = arguments.stream(stream);
        long sequence = begin(Operation.SEND, buffer.count(), buffer.type());
        try {
            int status = nccl.send(from, buffer.count(), buffer.type().code(), peer, communicator.handle(), queue);
            return communicator.issued(Operation.SEND, sequence, status, stream);
        } finally {
            communicator.leave();
        }
    }

    /**
     * Receives elements from one rank, which must send as many. To send and receive at once, use a
     * {@link Communicator#group()}.
     *
     * @param buffer receives the elements
     * @param peer who sends them
     * @param stream the order in which it is done
     * @return the work, to be awaited
     * @throws CommunicatorException if the communicator is lost or closed
     */
    public Work recv(DeviceBuffer buffer, int peer, Stream stream) {
        arguments.rank(peer, "peer");
        long to = arguments.address(buffer);
        long queue = arguments.stream(stream);
        long sequence = begin(Operation.RECV, buffer.count(), buffer.type());
        try {
            int status = nccl.recv(to, buffer.count(), buffer.type().code(), peer, communicator.handle(), queue);
            return communicator.issued(Operation.RECV, sequence, status, stream);
        } finally {
            communicator.leave();
        }
    }

    /**
     * Receives as {@link #recv(DeviceBuffer, int, Stream)} does, and checksums what arrives while it is being moved, so
     * that it is not read again. Needs {@link Capability#CHECKED_COPY}; see {@link CheckedCopy#isFused()}.
     *
     * @param buffer receives the elements
     * @param peer who sends them
     * @param checksum whose element 0 receives the CRC32C; of type {@link DataType#INT32}
     * @param stream the order in which it is done
     * @return the work, to be awaited
     * @throws UnsupportedOperationException if the library cannot
     * @throws CommunicatorException if the communicator is lost or closed
     */
    public Work recv(DeviceBuffer buffer, int peer, DeviceBuffer checksum, Stream stream) {
        arguments.supported(Capability.CHECKED_COPY);
        if (checksum.type() != DataType.INT32) {
            throw new IllegalArgumentException("a checksum is an INT32, " + checksum + " is not");
        }
        arguments.rank(peer, "peer");
        long to = arguments.address(buffer);
        long sum = arguments.addressOfSome(checksum);
        long queue = arguments.stream(stream);
        long sequence = begin(Operation.RECV, buffer.count(), buffer.type());
        try {
            int status = communicator
                    .device()
                    .natives()
                    .extensions()
                    .orElseThrow()
                    .recvChecksum(to, buffer.count(), buffer.type().code(), peer, sum, communicator.handle(), queue);
            return communicator.issued(Operation.RECV, sequence, status, stream);
        } finally {
            communicator.leave();
        }
    }

    /**
     * Has somebody told of every operation before it is enqueued.
     *
     * @param observer who is told; null for nobody
     */
    public void setObserver(OperationObserver observer) {
        this.observer = observer;
    }

    /** Throws unless an operation may be enqueued, tells the observer of it, and enters for it. */
    long begin(Operation operation, long count, DataType type) {
        communicator.requireUsable(operation);
        OperationObserver told = observer;
        if (told != null) {
            told.beforeEnqueue(operation, communicator.enqueued() + 1, count, type);
        }
        return communicator.enter(operation);
    }

    /** What the library knows of it. */
    NativeCommunicator communicator() {
        return communicator;
    }

    Arguments arguments() {
        return arguments;
    }
}
