/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy;

import java.lang.foreign.Arena;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.Duration;

/**
 * A communicator of the library: its handle, who is inside, whether it is healthy, and how far it is. Every call is
 * made by the thread that drives it, unless it says otherwise.
 */
final class NativeCommunicator {
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
    private final boolean worksInline;
    private final WorkRing ring = new WorkRing(this);
    private final Occupancy occupancy = new Occupancy();

    /** Holds what the library may still point to, such as the name. */
    private final Arena arena;

    /** The last operation that was started; when it is done, all are. */
    private Work latest;

    /** How many operations wait for the end of their group. */
    private int grouped;

    private boolean isFinalized;

    private final Graphs graphs;
    private final Children children = new Children();
    private final UnclaimedCells unclaimed = new UnclaimedCells();
    private final CommunicatorWaits waits;
    private final Inspection inspection;
    private final Ending ending;

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
        this.graphs = new Graphs(device);
        this.worksInline = device.natives().extensions().isPresent();
        this.arena = arena;
        this.handle = handle;
        this.waits = new CommunicatorWaits(this);
        this.inspection = new Inspection(this, ring);
        this.ending = new Ending(this, ring);
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
        return worksInline;
    }

    /** A non-blocking communicator takes the next call only when it has launched the last one. */
    private void settle(int status, Operation operation, long sequence) {
        if (status == Status.NCCL_IN_PROGRESS) {
            waits.awaitAsynchronous(operation, sequence, options.deadline());
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
            waits.await(work, work.operation(), work.sequence(), bound);
            arrived(work.sequence());
        } finally {
            occupancy.leave();
        }
    }

    void await(Stream stream, Duration bound) {
        occupancy.enter(this);
        try {
            long given = enqueued;
            waits.await(stream.drained(), Operation.SYNCHRONIZE, given, bound);
            if (latest != null && latest.sequence() == given && latest.stream() == stream) {
                arrived(given);
            }
        } finally {
            occupancy.leave();
        }
    }

    /** For the thread inside: whether every operation has ended. */
    boolean hasNothingUnderWay() {
        return grouped == 0 && (latest == null || latest.sequence() <= completed() || latest.hasEnded());
    }

    /** The exception for an operation that the CUDA runtime did not take, which is no operation then. */
    LibraryException refusedByCuda(int status, String function, Operation operation, long sequence) {
        given(sequence - 1);
        return new LibraryException(health.place(device.status().cudaDetails(status, function), operation, sequence));
    }

    boolean isFinalized() {
        return isFinalized;
    }

    /** For the thread inside, once the library takes no more operations: waits until all have ended. */
    void drain(long deadline, Duration bound) {
        isFinalized = true;
        for (int round = 0; latest != null && !latest.holdsSoon(round); round++) {
            if (Deadline.remaining(deadline) <= 0) {
                throw health.timeout(Operation.FINALIZE, enqueued, bound);
            }
        }
        arrived(enqueued);
    }

    /** For who ends it: nobody may call the library with it any more. */
    void forgetHandle() {
        handle = 0;
    }

    /** What the library may still write, until this communicator has ended. */
    UnclaimedCells unclaimed() {
        return unclaimed;
    }

    Graphs graphs() {
        return graphs;
    }

    Children children() {
        return children;
    }

    CommunicatorWaits waits() {
        return waits;
    }

    Inspection inspection() {
        return inspection;
    }

    Ending ending() {
        return ending;
    }

    /** A shrink is about to end what is under way: from now on this one can be ended, and nothing else. */
    void operationsEnd(Operation cause) {
        ring.stopLooking();
        health.lose(cause);
    }

    private void given(long sequence) {
        ENQUEUED.setRelease(this, sequence);
    }

    /** What the thread that completes stages found done; called by it only. */
    void watchedTo(long sequence) {
        watched = Math.max(watched, sequence);
    }

    /** Called inside only. */
    private void arrived(long sequence) {
        if (sequence > completed) {
            COMPLETED.setRelease(this, sequence);
        }
    }

    void requireOpen(Operation operation, long sequence) {
        if (handle == 0) {
            throw new CommunicatorClosedException(health.place(ErrorDetails.none(), operation, sequence));
        }
    }

    Occupancy occupancy() {
        return occupancy;
    }

    @Override
    public String toString() {
        return "Communicator['" + options.name() + "', rank " + rank + " of " + worldSize + ", epoch " + options.epoch()
                + "]";
    }
}
