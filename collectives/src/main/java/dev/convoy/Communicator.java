/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy;

import dev.convoy.bindings.Nccl;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * A number of ranks that make the same calls in the same order, each with its own data.
 *
 * <p><b>Life.</b> All ranks call {@code init} with the same {@link UniqueId}. In the end {@link #close()} it; when an
 * operation throws a {@link CommunicatorException}, {@link #abort()} it, on every rank that is left, and form another.
 *
 * <p><b>Threads.</b> One thread at a time drives a communicator; a second one inside gets an
 * {@link IllegalStateException}. Only {@link #revoke(String)}, {@link #enqueued()}, {@link #completed()} and the plain
 * attributes are for every thread.
 *
 * <p><b>Arguments</b> are checked before the library sees them: what does not fit the call is an
 * {@link IllegalArgumentException}, a closed buffer or stream an {@link IllegalStateException}, and neither counts as
 * an operation.
 *
 * <p><b>Results</b> can be read once the {@link Work} is done, and inputs changed. Ranks that do not make the same call
 * get an {@link InvalidUsageException} from the host runtime, and a {@link CollectiveTimeoutException} from NCCL.
 */
public final class Communicator implements AutoCloseable {
    private final NativeCommunicator communicator;
    private final Nccl nccl;
    private final Arguments arguments;
    private volatile OperationObserver observer;

    private Communicator(NativeCommunicator communicator) {
        this.communicator = communicator;
        this.nccl = communicator.device().natives().nccl();
        this.arguments = new Arguments(communicator);
    }

    /**
     * Joins a communicator, and waits until all ranks have.
     *
     * @param device the device that this rank uses
     * @param id the same on all ranks, and used once
     * @param worldSize the number of ranks
     * @param rank this rank, from 0
     * @param options how it behaves
     * @return the communicator
     * @throws CollectiveTimeoutException if not all ranks come within {@link CommunicatorOptions#initDeadline()}
     * @throws CommunicatorRevokedException if {@link CommunicatorOptions#revocation()} is revoked meanwhile
     * @throws CommunicatorException if it fails in another way
     * @throws InvalidUsageException if the ranks disagree on their number, or two have the same rank
     * @throws IndexOutOfBoundsException if the rank is not below the number of ranks
     */
    public static Communicator init(Device device, UniqueId id, int worldSize, int rank, CommunicatorOptions options) {
        Arguments.worldSize(worldSize, rank);
        return new Communicator(Formation.init(device, id, worldSize, rank, options));
    }

    /**
     * Forms a communicator all of whose ranks are driven by the calling thread. It enqueues what all ranks do in a
     * {@link ConvoyRuntime#group()}.
     *
     * @param devices the device of each rank; the host runtime allows one to be named several times
     * @param options how it behaves; not blocking
     * @return the communicators in rank order
     * @throws CommunicatorException if it fails
     * @throws IllegalArgumentException if there is no device, or the options are blocking
     */
    public static List<Communicator> initAll(List<Device> devices, CommunicatorOptions options) {
        if (devices.isEmpty()) {
            throw new IllegalArgumentException("a communicator needs at least one device");
        }
        return Formation.initAll(devices, options).stream()
                .map(Communicator::new)
                .toList();
    }

    /**
     * This rank.
     *
     * @return from 0
     */
    public int rank() {
        return communicator.rank();
    }

    /**
     * The number of ranks.
     *
     * @return at least 1
     */
    public int worldSize() {
        return communicator.worldSize();
    }

    /**
     * The epoch that it was made with.
     *
     * @return {@link CommunicatorOptions#epoch()}
     */
    public long epoch() {
        return communicator.options().epoch();
    }

    /**
     * The name that it was made with.
     *
     * @return {@link CommunicatorOptions#name()}
     */
    public String name() {
        return communicator.options().name();
    }

    /**
     * The device of this rank.
     *
     * @return the device
     */
    public Device device() {
        return communicator.device();
    }

    /**
     * The options that it was made with.
     *
     * @return the options
     */
    public CommunicatorOptions options() {
        return communicator.options();
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
    public Work allReduce(DeviceBuffer send, DeviceBuffer recv, ReduceOp op, Stream stream) {
        Arguments.receives(send, recv, 1);
        long from = arguments.address(send);
        long to = arguments.address(recv);
        long queue = arguments.stream(stream);
        long sequence = begin(Operation.ALL_REDUCE);
        try {
            int status =
                    nccl.allReduce(from, to, send.count(), send.type().code(), op.code(), communicator.handle(), queue);
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
    public Work allReduce(DeviceBuffer buffer, ReduceOp op, Stream stream) {
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
        long from = arguments.addressOrNull(send, rank() == root, "send buffer");
        long to = arguments.address(recv);
        long queue = arguments.stream(stream);
        long sequence = begin(Operation.BROADCAST);
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
    public Work reduce(DeviceBuffer send, DeviceBuffer recv, ReduceOp op, int root, Stream stream) {
        arguments.rank(root, "root");
        if (recv != null) {
            Arguments.receives(send, recv, 1);
        }
        long from = arguments.address(send);
        long to = arguments.addressOrNull(recv, rank() == root, "receive buffer");
        long queue = arguments.stream(stream);
        long sequence = begin(Operation.REDUCE);
        try {
            int status = nccl.reduce(
                    from, to, send.count(), send.type().code(), op.code(), root, communicator.handle(), queue);
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
        Arguments.receives(send, recv, worldSize());
        long from = arguments.address(send);
        long to = arguments.address(recv);
        long queue = arguments.stream(stream);
        long sequence = begin(Operation.ALL_GATHER);
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
    public Work reduceScatter(DeviceBuffer send, DeviceBuffer recv, ReduceOp op, Stream stream) {
        Arguments.receives(recv, send, worldSize());
        long from = arguments.address(send);
        long to = arguments.address(recv);
        long queue = arguments.stream(stream);
        long sequence = begin(Operation.REDUCE_SCATTER);
        try {
            int status = nccl.reduceScatter(
                    from, to, recv.count(), recv.type().code(), op.code(), communicator.handle(), queue);
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
     * @throws UnsupportedOperationException if the library is older; see {@link Capability#ALL_TO_ALL}
     */
    public Work allToAll(DeviceBuffer send, DeviceBuffer recv, Stream stream) {
        arguments.supported(Capability.ALL_TO_ALL);
        Arguments.receives(send, recv, 1);
        long part = arguments.part(send);
        long from = arguments.address(send);
        long to = arguments.address(recv);
        long queue = arguments.stream(stream);
        long sequence = begin(Operation.ALL_TO_ALL);
        try {
            int status = nccl.alltoAll(from, to, part, send.type().code(), communicator.handle(), queue);
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
     * @throws UnsupportedOperationException if the library is older; see {@link Capability#GATHER}
     */
    public Work gather(DeviceBuffer send, DeviceBuffer recv, int root, Stream stream) {
        arguments.supported(Capability.GATHER);
        arguments.rank(root, "root");
        if (recv != null) {
            Arguments.receives(send, recv, worldSize());
        }
        long from = arguments.address(send);
        long to = arguments.addressOrNull(recv, rank() == root, "receive buffer");
        long queue = arguments.stream(stream);
        long sequence = begin(Operation.GATHER);
        try {
            int status = nccl.gather(from, to, send.count(), send.type().code(), root, communicator.handle(), queue);
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
     * @throws UnsupportedOperationException if the library is older; see {@link Capability#SCATTER}
     */
    public Work scatter(DeviceBuffer send, DeviceBuffer recv, int root, Stream stream) {
        arguments.supported(Capability.SCATTER);
        arguments.rank(root, "root");
        if (send != null) {
            Arguments.receives(recv, send, worldSize());
        }
        long from = arguments.addressOrNull(send, rank() == root, "send buffer");
        long to = arguments.address(recv);
        long queue = arguments.stream(stream);
        long sequence = begin(Operation.SCATTER);
        try {
            int status = nccl.scatter(from, to, recv.count(), recv.type().code(), root, communicator.handle(), queue);
            return communicator.issued(Operation.SCATTER, sequence, status, stream);
        } finally {
            communicator.leave();
        }
    }

    /**
     * Sends elements to one rank, which must receive as many. To send and receive at once, use a {@link #group()}.
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
        long sequence = begin(Operation.SEND);
        try {
            int status = nccl.send(from, buffer.count(), buffer.type().code(), peer, communicator.handle(), queue);
            return communicator.issued(Operation.SEND, sequence, status, stream);
        } finally {
            communicator.leave();
        }
    }

    /**
     * Receives elements from one rank, which must send as many. To send and receive at once, use a {@link #group()}.
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
        long sequence = begin(Operation.RECV);
        try {
            int status = nccl.recv(to, buffer.count(), buffer.type().code(), peer, communicator.handle(), queue);
            return communicator.issued(Operation.RECV, sequence, status, stream);
        } finally {
            communicator.leave();
        }
    }

    /**
     * Begins a group of the calling thread.
     *
     * @return the group, to be closed by the same thread
     * @see ConvoyRuntime#group()
     */
    public Group group() {
        return device().runtime().group();
    }

    /**
     * Waits until everything that a stream was given so far is done, for at most the communicator's deadline, and
     * notices when the communicator is lost: one wait for many operations.
     *
     * @param stream the stream
     * @throws CommunicatorException if the communicator is lost, or it takes longer
     */
    public void synchronize(Stream stream) {
        synchronize(stream, options().deadline());
    }

    /**
     * Waits until everything that a stream was given so far is done, and notices when the communicator is lost.
     *
     * @param stream the stream
     * @param deadline the bound
     * @throws CommunicatorException if the communicator is lost, or it takes longer
     */
    public void synchronize(Stream stream, Duration deadline) {
        arguments.stream(stream);
        communicator.await(stream, deadline);
    }

    /**
     * Forms a communicator of this one's remaining ranks, which keep their order. Only they call this, all with the
     * same list. This one is aborted or closed by the caller afterwards; do it once a communicator.
     *
     * @param excludedRanks the ranks that are left out
     * @param abort whether operations under way are ended first; needed when a rank was lost
     * @param options how the new communicator behaves
     * @return the new communicator
     * @throws CollectiveTimeoutException if it is not formed within {@link CommunicatorOptions#initDeadline()}
     * @throws CommunicatorException if it fails in another way
     * @throws IllegalArgumentException if this rank is excluded, or the list is not one of ranks
     * @throws UnsupportedOperationException if the library is older; see {@link Capability#SHRINK}
     */
    public Communicator shrink(int[] excludedRanks, boolean abort, CommunicatorOptions options) {
        arguments.supported(Capability.SHRINK);
        int[] excluded = arguments.excluded(excludedRanks);
        communicator.requireOpen(Operation.SHRINK);
        return new Communicator(Formation.shrink(communicator, excluded, abort, options));
    }

    /**
     * Waits until everything enqueued is done, after which nothing more may be enqueued.
     *
     * @param deadline the bound
     * @throws CommunicatorException if the communicator is lost, or it takes longer
     */
    public void finalizeOperations(Duration deadline) {
        communicator.finalizeOperations(deadline);
    }

    /**
     * Makes every wait and every later call on this communicator throw a {@link CommunicatorRevokedException}, within
     * about a millisecond. For every thread; nothing native is called. Afterwards the driving thread aborts it.
     *
     * @param reason why, for the exceptions
     */
    public void revoke(String reason) {
        communicator.health().revocation().revoke(reason);
    }

    /**
     * Ends what is under way and frees the communicator; buffers that operations wrote to are undefined. Called by the
     * thread that drives it, or by another one when that thread is out of it: it gets two seconds to notice a
     * revocation. Later calls do nothing.
     *
     * @throws IllegalStateException if another thread stays inside
     * @throws DeviceTimeoutException if NCCL does not come back within {@link CommunicatorOptions#initDeadline()}; the
     *     process cannot rely on the device any more then
     */
    public void abort() {
        communicator.abort();
    }

    /**
     * Aborts several communicators of this process together. Where ranks share a device, one after the other may wait
     * for work that only the abort of the next one ends. What fails with one does not keep the others from their end.
     *
     * @param communicators of one runtime, each out of use by other threads
     * @throws IllegalStateException if another thread stays inside one
     * @throws DeviceTimeoutException as for {@link #abort()}
     */
    public static void abortAll(Collection<Communicator> communicators) {
        JointAbort.run(communicators.stream().map(each -> each.communicator).toList());
    }

    /**
     * Frees the communicator: in good order if it is healthy and what is under way ends within its deadline, else by
     * {@link #abort()}. Later calls do nothing.
     *
     * @throws IllegalStateException if another thread stays inside
     * @throws DeviceTimeoutException as for {@link #abort()}
     */
    @Override
    public void close() {
        communicator.close();
    }

    /**
     * Asks the library whether the communicator has failed.
     *
     * @return the error; empty while there is none
     * @throws CommunicatorClosedException if it is closed
     */
    public Optional<ErrorState> asyncError() {
        return communicator.error();
    }

    /**
     * Asks the library which ranks died; see {@link Capability#FAILED_RANKS}.
     *
     * @return ranks in ascending order; empty if none is known
     * @throws CommunicatorClosedException if it is closed
     */
    public int[] failedRanks() {
        return communicator.failedRanks();
    }

    /**
     * Has somebody told of every operation before it is enqueued.
     *
     * @param observer who is told; null for nobody
     */
    public void setObserver(OperationObserver observer) {
        this.observer = observer;
    }

    /**
     * How many operations the library was given; those that it refused are not among them. For every thread.
     *
     * @return the sequence number of the last one, 0 before the first
     */
    public long enqueued() {
        return communicator.enqueued();
    }

    /**
     * Up to which operation work is known to be done: by {@link Work#await()}, {@link Work#isDone()},
     * {@link #synchronize(Stream)} or a completed stage. For every thread.
     *
     * @return the sequence number of the last one known to be done, 0 before the first
     */
    public long completed() {
        return communicator.completed();
    }

    /**
     * Tells whether nothing is under way, whether or not somebody has looked: {@link #completed()} moves only when the
     * program does. For every thread; answers false rather than wait when the driving thread is inside.
     *
     * @return true if every operation enqueued so far has ended, or the communicator is closed
     */
    public boolean isQuiet() {
        return communicator.isQuiet();
    }

    private long begin(Operation operation) {
        communicator.requireUsable(operation);
        OperationObserver told = observer;
        if (told != null) {
            told.beforeEnqueue(operation, communicator.enqueued() + 1);
        }
        return communicator.enter(operation);
    }

    @Override
    public String toString() {
        return communicator.toString();
    }
}
