/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy;

import dev.convoy.bindings.HostExtensions;
import dev.convoy.bindings.Nccl;
import java.lang.foreign.Arena;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.Duration;
import java.util.Optional;

/**
 * A communicator of the library: its handle, who is inside, whether it is healthy, and how far it is. Every call is
 * made by the thread that drives it, unless it says otherwise.
 */
final class NativeCommunicator {
    /** How long who ends a communicator waits for its driver to notice a revocation. */
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private static final VarHandle ENQUEUED;
    private static final VarHandle COMPLETED;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            ENQUEUED = lookup.findVarHandle(NativeCommunicator.class, "enqueued", long.class);
            COMPLETED = lookup.findVarHandle(NativeCommunicator.class, "completed", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final Device device;
    private final int rank;
    private final int worldSize;
    private final CommunicatorOptions options;
    private final Health health;
    private final Nccl nccl;
    private final HostExtensions extensions;
    private final WorkRing ring = new WorkRing(this);
    private final Occupancy occupancy = new Occupancy();

    /** Holds what the library may still point to, such as the name. */
    private final Arena arena;

    /** The last operation that was started; when it is done, all are. */
    private Work latest;

    /** How many operations wait for the end of their group. */
    private int grouped;

    private boolean isFinalized;

    /** The library has come back from its end. Written by whoever ends it, perhaps in a thread of its own. */
    private volatile boolean hasEnded;

    private final UnclaimedCells unclaimed = new UnclaimedCells();
    private final Graphs graphs;

    private boolean hasShrunk;

    private volatile long handle;

    /** Written by the thread inside, read by all; released, since a full fence would cost as much as a native call. */
    private volatile long enqueued;

    private volatile long completed;

    /** The same as the thread that completes stages found it, so that each has one writer and none goes back. */
    private volatile long watched;

    NativeCommunicator(Device device, int rank, int worldSize, CommunicatorOptions options, Arena arena, long handle) {
        this.device = device;
        this.rank = rank;
        this.worldSize = worldSize;
        this.options = options;
        this.health = new Health(device.runtime(), options, rank);
        this.nccl = device.natives().nccl();
        this.graphs = new Graphs(device);
        this.extensions = device.natives().extensions().orElse(null);
        this.arena = arena;
        this.handle = handle;
        device.reclaimer().began(this);
    }

    Device device() {
        return device;
    }

    int rank() {
        return rank;
    }

    int worldSize() {
        return worldSize;
    }

    CommunicatorOptions options() {
        return options;
    }

    Health health() {
        return health;
    }

    /** For any thread. */
    long enqueued() {
        return enqueued;
    }

    /** For any thread. */
    long completed() {
        return Math.max(completed, watched);
    }

    /** For any thread. */
    boolean isClosed() {
        return handle == 0;
    }

    /** Throws unless operations may be enqueued; for any thread. */
    void requireUsable(Operation operation) {
        requireOpen(operation, enqueued + 1);
        health.requireGood(operation, enqueued + 1);
    }

    void requireOpen(Operation operation) {
        requireOpen(operation, enqueued);
    }

    /** Enters for one operation and counts it. */
    long enter(Operation operation) {
        occupancy.enter(this);
        try {
            requireOpen(operation, enqueued + 1);
            if (isFinalized) {
                throw new IllegalStateException(this + " takes no more operations: it was finalized");
            }
            device.makeCurrent();
        } catch (RuntimeException e) {
            occupancy.leave();
            throw e;
        }
        // Counted before the library has it: a rank that hangs inside has been given the operation.
        long sequence = enqueued + 1;
        given(sequence);
        return sequence;
    }

    void leave() {
        occupancy.leave();
    }

    long handle() {
        return handle;
    }

    /** Makes the work object of an operation that the library was given, and starts it unless a group is open. */
    Work issued(Operation operation, long sequence, int status, Stream stream) {
        if (status != Status.SUCCESS && status != Status.NCCL_IN_PROGRESS) {
            given(sequence - 1);
            throw health.refusal(handle, status, operation, sequence);
        }
        Work work = graphs.isCapturing()
                ? Work.captured(this, operation, sequence, stream)
                : ring.take(operation, sequence, stream);
        Group group = device.runtime().openGroup();
        if (group != null) {
            grouped++;
            group.add(work);
        } else {
            latest = work.isCaptured() ? latest : work;
            settle(status, operation, sequence);
            launch(work);
        }
        return work;
    }

    /** Starts work of a group that has ended with the given status. */
    void start(Work work, int groupStatus) {
        occupancy.enter(this);
        try {
            grouped--;
            requireOpen(work.operation(), work.sequence());
            if (groupStatus != Status.SUCCESS && groupStatus != Status.NCCL_IN_PROGRESS) {
                given(Math.min(enqueued, work.sequence() - 1));
                throw health.refusal(handle, groupStatus, Operation.GROUP, work.sequence());
            }
            latest = work.isCaptured() ? latest : work;
            settle(groupStatus, work.operation(), work.sequence());
            device.makeCurrent();
            launch(work);
        } finally {
            occupancy.leave();
        }
    }

    private void launch(Work work) {
        if (work.isCaptured()) {
            // Nothing is under way: its graph's launches are the operations.
            given(enqueued - 1);
        } else if (work.start()) {
            arrived(work.sequence());
        }
    }

    /** Whether the library does what it can within the call that enqueues it. */
    boolean worksInline() {
        return extensions != null;
    }

    /** A non-blocking communicator takes the next call only when it has launched the last one. */
    private void settle(int status, Operation operation, long sequence) {
        if (status == Status.NCCL_IN_PROGRESS) {
            awaitAsynchronous(operation, sequence, options.deadline());
        }
    }

    boolean isDone(Work work) {
        occupancy.enter(this);
        try {
            requireOpen(work.operation(), work.sequence());
            health.requireGood(work.operation(), work.sequence());
            if (work.hasEnded()) {
                arrived(work.sequence());
                return true;
            }
            health.check(handle, work.operation(), work.sequence());
            return false;
        } finally {
            occupancy.leave();
        }
    }

    void await(Work work, Duration bound) {
        if (completed() >= work.sequence()) {
            // Whether the communicator is lost or revoked counts all the same; nobody is let inside for it.
            requireOpen(work.operation(), work.sequence());
            health.requireGood(work.operation(), work.sequence());
            return;
        }
        occupancy.enter(this);
        try {
            await(work, work.operation(), work.sequence(), bound);
            arrived(work.sequence());
        } finally {
            occupancy.leave();
        }
    }

    void await(Stream stream, Duration bound) {
        occupancy.enter(this);
        try {
            long given = enqueued;
            await(stream.drained(), Operation.SYNCHRONIZE, given, bound);
            if (latest != null && latest.sequence() == given && latest.stream() == stream) {
                arrived(given);
            }
        } finally {
            occupancy.leave();
        }
    }

    private void await(Awaitable condition, Operation operation, long sequence, Duration bound) {
        requireOpen(operation, sequence);
        health.requireGood(operation, sequence);
        if (condition.holdsSoon(0)) {
            return;
        }
        long deadline = Deadline.after(bound);
        int round = 1;
        do {
            health.check(handle, operation, sequence);
            if (Deadline.remaining(deadline) <= 0) {
                throw timeout(operation, sequence, bound);
            }
        } while (!condition.holdsSoon(round++));
    }

    /**
     * A look by the thread that completes stages: whether the event is reached. It asks the event also while the driver
     * is inside, which may be waiting for something that comes after this; only the health is left to the driver then.
     */
    boolean watch(Event end, Operation operation, long sequence) {
        if (completed() >= sequence) {
            return true;
        }
        health.requireGood(operation, sequence);
        if (ring.hasReached(end)) {
            watched = Math.max(watched, sequence);
            return true;
        }
        requireOpen(operation, sequence);
        if (occupancy.tryWatch()) {
            try {
                requireOpen(operation, sequence);
                health.check(handle, operation, sequence);
            } finally {
                occupancy.leave();
            }
        }
        return false;
    }

    /** Whether nothing is under way; for any thread, and false rather than a wait when somebody is inside. */
    boolean isQuiet() {
        if (handle == 0) {
            return hasEnded;
        }
        if (!occupancy.tryWatch()) {
            return false;
        }
        try {
            return handle == 0 ? hasEnded : grouped == 0 && latestHasEnded();
        } finally {
            occupancy.leave();
        }
    }

    private boolean latestHasEnded() {
        return latest == null || latest.sequence() <= completed() || latest.hasEnded();
    }

    /** The exception for an operation that the CUDA runtime did not take, which is no operation then. */
    LibraryException refusedByCuda(int status, String function, Operation operation, long sequence) {
        given(sequence - 1);
        return new LibraryException(health.place(device.status().cudaDetails(status, function), operation, sequence));
    }

    /** Waits until forming, finalising or launching is over. The caller is inside, or alone with the object. */
    void awaitAsynchronous(Operation operation, long sequence, Duration bound) {
        long deadline = Deadline.after(bound);
        for (int round = 0; ; round++) {
            health.requireGood(operation, sequence);
            int status = asynchronous();
            if (status == Status.SUCCESS) {
                return;
            }
            if (status != Status.NCCL_IN_PROGRESS) {
                throw health.fail(handle, status, operation, sequence);
            }
            if (Deadline.remaining(deadline) <= 0) {
                throw timeout(operation, sequence, bound);
            }
            if (extensions == null) {
                Backoff.pause(round);
            }
        }
    }

    private int asynchronous() {
        return extensions == null
                ? health.asynchronousStatus(handle)
                : extensions.commWaitReady(handle, Wait.SLICE_NANOS);
    }

    void finalizeOperations(Duration bound) {
        occupancy.enter(this);
        try {
            requireOpen(Operation.FINALIZE, enqueued);
            health.requireGood(Operation.FINALIZE, enqueued);
            flush(bound);
        } finally {
            occupancy.leave();
        }
    }

    private void flush(Duration bound) {
        if (isFinalized) {
            return;
        }
        device.makeCurrent();
        int status = nccl.commFinalize(handle);
        if (status != Status.SUCCESS && status != Status.NCCL_IN_PROGRESS) {
            throw health.refusal(handle, status, Operation.FINALIZE, enqueued);
        }
        long deadline = Deadline.after(bound);
        awaitAsynchronous(Operation.FINALIZE, enqueued, bound);
        isFinalized = true;
        for (int round = 0; latest != null && !latest.holdsSoon(round); round++) {
            if (Deadline.remaining(deadline) <= 0) {
                throw timeout(Operation.FINALIZE, enqueued, bound);
            }
        }
        arrived(enqueued);
    }

    Optional<ErrorState> error() {
        occupancy.enter(this);
        try {
            requireOpen(Operation.SYNCHRONIZE, enqueued);
            return health.error(handle);
        } finally {
            occupancy.leave();
        }
    }

    int[] failedRanks() {
        occupancy.enter(this);
        try {
            requireOpen(Operation.SYNCHRONIZE, enqueued);
            return health.failedRanks(handle);
        } finally {
            occupancy.leave();
        }
    }

    /** Frees it in good order if it is healthy, else by force. */
    void close() {
        end(false);
    }

    /** Frees it by force. */
    void abort() {
        end(true);
    }

    private void end(boolean force) {
        if (!enterToEnd()) {
            return;
        }
        RuntimeException failure = null;
        try {
            if (!force && flushed()) {
                bounded(this::destroyNative, "ncclCommDestroy");
            } else {
                bounded(this::abortNative, "ncclCommAbort");
            }
        } catch (RuntimeException e) {
            failure = e;
        }
        try {
            leaveEnded();
        } catch (RuntimeException e) {
            failure = Failures.join(failure, e);
        }
        if (failure != null) {
            throw failure;
        }
    }

    /** Enters for the last time; false if it has ended before. */
    boolean enterToEnd() {
        if (isClosed()) {
            return false;
        }
        occupancy.enterWithin(PATIENCE, this);
        if (isClosed()) {
            occupancy.leave();
            return false;
        }
        return true;
    }

    /** The host runtime's calls have a bound of their own; NCCL's may get stuck. */
    private void bounded(Runnable call, String function) {
        if (worksInline()) {
            call.run();
        } else {
            BoundedCall.run(call, function + " of " + this, endDeadline());
        }
    }

    Duration endDeadline() {
        return options.initDeadline();
    }

    private void destroyNative() {
        graphs.close();
        device.makeCurrent();
        ended(nccl.commDestroy(handle), "ncclCommDestroy");
    }

    /** For whoever entered to end it; also in another thread. */
    void abortNative() {
        ring.stopLooking();
        graphs.close();
        device.makeCurrent();
        ended(nccl.commAbort(handle), "ncclCommAbort");
    }

    private void ended(int status, String function) {
        hasEnded = true;
        if (status != Status.SUCCESS && status != Status.NCCL_IN_PROGRESS) {
            ErrorDetails details = device.status().ncclDetails(status, function, 0);
            throw Status.ncclException(health.place(details, null, enqueued));
        }
    }

    /** Frees what belonged to it and leaves. If the library did not come back, work goes on, and memory is kept. */
    void leaveEnded() {
        handle = 0;
        try {
            if (hasEnded) {
                unclaimed.abandonChild(nccl);
                ring.close();
            }
        } finally {
            occupancy.leave();
            device.reclaimer().ended(this);
        }
    }

    /** What the library may still write, until this communicator has ended. */
    UnclaimedCells unclaimed() {
        return unclaimed;
    }

    Graphs graphs() {
        return graphs;
    }

    /** Two shrinks of one parent would take each other's connections in NCCL; for the thread inside. */
    void shrinksOnce() {
        if (hasShrunk) {
            ErrorDetails place = health.place(ErrorDetails.none(), Operation.SHRINK, enqueued);
            throw new InvalidUsageException(
                    "a communicator is shrunk once, and this one was before: shrink its child, or form a new one",
                    place);
        }
        hasShrunk = true;
    }

    /** A shrink is about to end what is under way: from now on this one can be ended, and nothing else. */
    void operationsEnd(Operation cause) {
        ring.stopLooking();
        health.lose(cause);
    }

    private boolean flushed() {
        if (!health.isGood()) {
            return false;
        }
        try {
            flush(options.deadline());
            return true;
        } catch (ConvoyException e) {
            // Whoever closes gives up on what was under way; that it was lost is no news worth an exception.
            return false;
        }
    }

    private void given(long sequence) {
        ENQUEUED.setRelease(this, sequence);
    }

    /** Called inside only. */
    private void arrived(long sequence) {
        if (sequence > completed) {
            COMPLETED.setRelease(this, sequence);
        }
    }

    private void requireOpen(Operation operation, long sequence) {
        if (handle == 0) {
            throw new CommunicatorClosedException(health.place(ErrorDetails.none(), operation, sequence));
        }
    }

    CollectiveTimeoutException timeout(Operation operation, long sequence, Duration bound) {
        ErrorDetails call = ErrorDetails.ofCall(operation.function(), -1, null, null);
        return new CollectiveTimeoutException(health.place(call, operation, sequence), bound);
    }

    Occupancy occupancy() {
        return occupancy;
    }

    Arena arena() {
        return arena;
    }

    @Override
    public String toString() {
        return "Communicator['" + options.name() + "', rank " + rank + " of " + worldSize + ", epoch " + options.epoch()
                + "]";
    }
}
