/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy;

import dev.convoy.bindings.Nccl;
import java.time.Duration;

/**
 * The end of a communicator: once, in good order or by force, and bounded also where the library's own calls are not.
 * If the library does not come back, work goes on, and what it may use is kept.
 */
final class Ending {
    /** How long who ends a communicator waits for its driver to notice a revocation. */
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private final NativeCommunicator communicator;
    private final Device device;
    private final Nccl nccl;
    private final WorkRing ring;

    /** What is ended. The communicator forgets it when the library takes too long, but the abort may still come. */
    private long handle;

    /** An abort waits for the end of its group; of the thread that has the group. */
    private boolean isGiven;

    /** The library has come back from its end. Written by whoever ends it, perhaps in a thread of its own. */
    private volatile boolean isOver;

    Ending(NativeCommunicator communicator, WorkRing ring) {
        this.communicator = communicator;
        this.device = communicator.device();
        this.nccl = device.natives().nccl();
        this.ring = ring;
    }

    /** For any thread: whether the library will not touch anything of it any more. */
    boolean isOver() {
        return isOver;
    }

    /** Lets everything end that is under way; nothing more is taken afterwards. */
    void finalizeOperations(Duration bound) {
        communicator.occupancy().enter(communicator);
        try {
            communicator.requireOpen(Operation.FINALIZE);
            communicator.health().requireGood(Operation.FINALIZE, communicator.enqueued());
            flush(bound);
        } finally {
            communicator.leave();
        }
    }

    private void flush(Duration bound) {
        if (communicator.isFinalized()) {
            return;
        }
        device.makeCurrent();
        long living = communicator.handle();
        int status = nccl.commFinalize(living);
        if (status != Status.SUCCESS && status != Status.NCCL_IN_PROGRESS) {
            throw communicator.health().refusal(living, status, Operation.FINALIZE, communicator.enqueued());
        }
        long deadline = Deadline.after(bound);
        communicator.waits().awaitAsynchronous(Operation.FINALIZE, communicator.enqueued(), bound);
        communicator.drain(deadline, bound);
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
        if (!enter()) {
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
            leave();
        } catch (RuntimeException e) {
            failure = Failures.join(failure, e);
        }
        if (failure != null) {
            throw failure;
        }
    }

    /** Enters for the last time; false if it has ended before. */
    boolean enter() {
        if (communicator.isClosed()) {
            return false;
        }
        communicator.occupancy().enterWithin(PATIENCE, communicator);
        if (communicator.isClosed()) {
            communicator.leave();
            return false;
        }
        handle = communicator.handle();
        return true;
    }

    private boolean flushed() {
        if (!communicator.health().isGood()) {
            return false;
        }
        try {
            flush(communicator.options().deadline());
            return true;
        } catch (ConvoyException e) {
            // Whoever closes gives up on what was under way; that it was lost is no news worth an exception.
            return false;
        }
    }

    /** The host runtime's calls have a bound of their own; NCCL's may get stuck. */
    private void bounded(Runnable call, String function) {
        if (communicator.worksInline()) {
            call.run();
        } else {
            BoundedCall.run(call, function + " of " + communicator, deadline());
        }
    }

    Duration deadline() {
        return communicator.options().initDeadline();
    }

    private void destroyNative() {
        communicator.graphs().close();
        device.makeCurrent();
        int status = nccl.commDestroy(handle);
        isOver = true;
        check(status, "ncclCommDestroy");
    }

    private void abortNative() {
        int status = give();
        isOver = true;
        check(status, "ncclCommAbort");
    }

    /** In an open group, at whose end NCCL aborts; for whoever entered to end it, also in another thread. */
    void abortInGroup() {
        int status = give();
        isGiven = true;
        check(status, "ncclCommAbort");
    }

    /** The group has ended, in the thread that had it. */
    void groupEnded() {
        isOver = isGiven;
    }

    private int give() {
        ring.stopLooking();
        communicator.graphs().close();
        device.makeCurrent();
        return nccl.commAbort(handle);
    }

    private void check(int status, String function) {
        if (status != Status.SUCCESS && status != Status.NCCL_IN_PROGRESS) {
            ErrorDetails details = device.status().ncclDetails(status, function, 0);
            throw Status.ncclException(communicator.health().place(details, null, communicator.enqueued()));
        }
    }

    /** Frees what belonged to it and leaves. */
    void leave() {
        communicator.forgetHandle();
        try {
            if (isOver) {
                communicator.children().abandon(nccl);
                ring.close();
            }
        } finally {
            communicator.leave();
            device.reclaimer().ended(communicator);
        }
    }
}
