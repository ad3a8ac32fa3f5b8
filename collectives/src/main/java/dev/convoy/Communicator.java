/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy;

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
 * <p><b>Results</b> can be read once the {@link Work} is done, and inputs changed. Ranks that do not make the same call
 * get an {@link InvalidUsageException} from the host runtime, and a {@link CollectiveTimeoutException} from NCCL.
 */
public final class Communicator extends Collectives implements AutoCloseable {
    /** The colour of a rank that takes part in no communicator of a {@link #split(int, int, CommunicatorOptions)}. */
    public static final int NO_COLOR = -1;

    private final NativeCommunicator communicator;
    private final OperationStop stop;

    private Communicator(NativeCommunicator communicator) {
        super(communicator);
        this.communicator = communicator;
        this.stop = new OperationStop(communicator);
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
        return init(device, List.of(id), worldSize, rank, options);
    }

    /**
     * Joins a communicator by several ids, whose makers share the work of bringing the ranks together; for thousands of
     * ranks. Otherwise as {@link #init(Device, UniqueId, int, int, CommunicatorOptions)}.
     *
     * @param device the device that this rank uses
     * @param ids the same on all ranks, in the same order, and used once; best made by ranks far apart
     * @param worldSize the number of ranks
     * @param rank this rank, from 0
     * @param options how it behaves
     * @return the communicator
     * @throws CommunicatorException as with one id
     * @throws IllegalArgumentException if there is no id, or more than ranks
     * @throws UnsupportedOperationException if there are several and the library is older; see
     *     {@link Capability#SEVERAL_IDS}
     */
    public static Communicator init(
            Device device, List<UniqueId> ids, int worldSize, int rank, CommunicatorOptions options) {
        Arguments.worldSize(worldSize, rank);
        if (ids.isEmpty() || ids.size() > worldSize) {
            throw new IllegalArgumentException(ids.size() + " ids for " + worldSize + " ranks; 1 to as many are right");
        }
        if (ids.size() > 1) {
            Arguments.supported(Capability.SEVERAL_IDS, device.runtime());
        }
        return new Communicator(Formation.init(device, ids, worldSize, rank, options));
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
        arguments().stream(stream);
        communicator.await(stream, deadline);
    }

    /**
     * Forms a communicator of this one's remaining ranks, which keep their order. Only they call this, all with the
     * same list. This one is aborted or closed by the caller afterwards.
     *
     * @param excludedRanks the ranks that are left out
     * @param abort whether operations under way are ended first; needed when a rank was lost
     * @param options how the new communicator behaves
     * @return the new communicator
     * @throws CollectiveTimeoutException if it is not formed within {@link CommunicatorOptions#initDeadline()}
     * @throws CommunicatorException if it fails in another way
     * @throws InvalidUsageException if this communicator was shrunk before: a second child would share the first one's
     *     connections
     * @throws IllegalArgumentException if this rank is excluded, or the list is not one of ranks
     * @throws IllegalStateException in an open group
     * @throws UnsupportedOperationException if the library is older; see {@link Capability#SHRINK}
     */
    public Communicator shrink(int[] excludedRanks, boolean abort, CommunicatorOptions options) {
        arguments().supported(Capability.SHRINK);
        arguments().noGroup(Operation.SHRINK);
        int[] excluded = arguments().excluded(excludedRanks);
        return new Communicator(Offspring.shrink(communicator, excluded, abort, options));
    }

    /**
     * Divides the ranks into communicators, one for each colour. All ranks call this, each in a thread of its own, when
     * none of their operations is under way. This one stays as it is.
     *
     * @param color ranks of the same one go together; {@link #NO_COLOR} with nobody
     * @param key the order of ranks of one colour; at the same key their order here
     * @param options how the new communicator behaves
     * @return the new communicator; empty for {@link #NO_COLOR}
     * @throws CollectiveTimeoutException if it is not formed within {@link CommunicatorOptions#initDeadline()}
     * @throws CommunicatorException if it fails in another way
     * @throws IllegalArgumentException if the colour is negative and not {@link #NO_COLOR}
     * @throws IllegalStateException in an open group
     * @throws UnsupportedOperationException if the library is older; see {@link Capability#SPLIT}
     */
    public Optional<Communicator> split(int color, int key, CommunicatorOptions options) {
        arguments().supported(Capability.SPLIT);
        arguments().noGroup(Operation.SPLIT);
        if (color < 0 && color != NO_COLOR) {
            throw new IllegalArgumentException("colour " + color + " is negative; NO_COLOR is for no communicator");
        }
        return Offspring.split(communicator, color, key, options).map(Communicator::new);
    }

    /**
     * Makes the id by which this communicator grows. One of its ranks, the coordinator, makes it, gives it to the new
     * ranks, and passes it to {@link #grow(int, UniqueId, CommunicatorOptions)}, before the next is made.
     *
     * @return a fresh id, for one growth of this communicator
     * @throws CommunicatorException if the communicator is lost or closed
     * @throws UnsupportedOperationException if the library is older; see {@link Capability#GROW}
     */
    public UniqueId newGrowthId() {
        arguments().supported(Capability.GROW);
        return Offspring.newGrowthId(communicator);
    }

    /**
     * Forms a communicator of this one's ranks, which keep theirs, and new ones behind them. All ranks call this, when
     * none of their operations is under way; the new ones call {@link #joinGrowth}. This one stays as it is.
     *
     * @param worldSize the number of ranks, old and new
     * @param id that of {@link #newGrowthId()} on the coordinator; null is enough on the others
     * @param options how the new communicator behaves
     * @return the new communicator
     * @throws CollectiveTimeoutException if it is not formed within {@link CommunicatorOptions#initDeadline()}
     * @throws CommunicatorException if it fails in another way
     * @throws IllegalArgumentException if there are no new ranks
     * @throws IllegalStateException in an open group
     * @throws UnsupportedOperationException if the library is older; see {@link Capability#GROW}
     */
    public Communicator grow(int worldSize, UniqueId id, CommunicatorOptions options) {
        arguments().supported(Capability.GROW);
        arguments().noGroup(Operation.GROW);
        if (worldSize <= worldSize()) {
            throw new IllegalArgumentException(
                    "to grow to " + worldSize + " ranks from " + worldSize() + ": there must be more");
        }
        return new Communicator(Offspring.grow(communicator, worldSize, id, options));
    }

    /**
     * Joins a communicator that grows, as a new rank.
     *
     * @param device the device that this rank uses
     * @param id that of the old ranks' {@link #newGrowthId()}
     * @param worldSize the number of ranks, old and new
     * @param rank this rank; not below the number of old ones
     * @param options how it behaves
     * @return the communicator
     * @throws CollectiveTimeoutException if not all ranks come within {@link CommunicatorOptions#initDeadline()}
     * @throws CommunicatorException if it fails in another way
     * @throws IndexOutOfBoundsException if the rank is not below the number of ranks
     * @throws UnsupportedOperationException if the library is older; see {@link Capability#GROW}
     */
    public static Communicator joinGrowth(
            Device device, UniqueId id, int worldSize, int rank, CommunicatorOptions options) {
        Arguments.supported(Capability.GROW, device.runtime());
        Arguments.worldSize(worldSize, rank);
        return new Communicator(Formation.joinGrowth(device, id, worldSize, rank, options));
    }

    /**
     * Records what is enqueued instead of doing it, to be done as often as wanted by one call, which spares the launch
     * of each kernel. All ranks record the same, and launch it as they would enqueue a collective.
     *
     * <p>Operations are recorded on this communicator and this stream only, and so are kernels and copies of the
     * stream; what waits for the device, or allocates, has no place in there. The work objects of what is recorded
     * cannot be awaited, but those of its launches can. Buffers must live as long as the graph.
     *
     * @param stream the stream, which has nothing else to do meanwhile
     * @param operations enqueues them, in the calling thread
     * @return the graph, to be closed
     * @throws UnsupportedOperationException if the runtime has no graphs; see {@link Capability#GRAPHS}
     * @throws IllegalStateException in an open group, or within another capture
     * @throws CommunicatorException if the communicator is lost or closed
     * @throws LibraryException if the CUDA runtime cannot record something of it
     */
    public Graph capture(Stream stream, Runnable operations) {
        arguments().supported(Capability.GRAPHS);
        arguments().noGroup(Operation.GRAPH_LAUNCH);
        arguments().stream(stream);
        communicator.requireUsable(Operation.GRAPH_LAUNCH);
        return new Graph(this, communicator.graphs().capture(stream, operations));
    }

    /**
     * Waits until everything enqueued is done, after which nothing more may be enqueued.
     *
     * @param deadline the bound
     * @throws CommunicatorException if the communicator is lost, or it takes longer
     */
    public void finalizeOperations(Duration deadline) {
        communicator.ending().finalizeOperations(deadline);
    }

    /**
     * Makes every wait and every later call on this communicator throw a {@link CommunicatorRevokedException}, within
     * about a millisecond. For every thread; nothing native is called, since the driving thread may be inside the
     * library. Afterwards that thread aborts it, or {@linkplain #stopOperations() stops} and shrinks it.
     *
     * @param reason why, for the exceptions
     */
    public void revoke(String reason) {
        communicator.health().revocation().revoke(reason);
    }

    /**
     * Ends what is under way on this rank by NCCL's own revocation: buffers that operations wrote to are undefined, and
     * no more are taken. The communicator can be shrunk or split still, and is closed in the end. Called by the thread
     * that drives it; later calls do nothing.
     *
     * @throws CollectiveTimeoutException if the library takes longer than {@link CommunicatorOptions#initDeadline()}
     * @throws CommunicatorClosedException if it is closed
     * @throws UnsupportedOperationException if the library is older; see {@link Capability#STOP_OPERATIONS}
     */
    public void stopOperations() {
        arguments().supported(Capability.STOP_OPERATIONS);
        stop.run();
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
        communicator.ending().abort();
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
        communicator.ending().close();
    }

    /**
     * Asks the library whether the communicator has failed.
     *
     * @return the error; empty while there is none
     * @throws CommunicatorClosedException if it is closed
     */
    public Optional<ErrorState> asyncError() {
        return communicator.inspection().error();
    }

    /**
     * Asks the library which ranks died; see {@link Capability#FAILED_RANKS}.
     *
     * @return ranks in ascending order; empty if none is known
     * @throws CommunicatorClosedException if it is closed
     */
    public int[] failedRanks() {
        return communicator.inspection().failedRanks();
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
        return communicator.inspection().isQuiet();
    }

    @Override
    public String toString() {
        return communicator.toString();
    }
}
