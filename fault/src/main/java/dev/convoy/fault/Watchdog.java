/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault;

import dev.convoy.Communicator;
import dev.convoy.ConvoyException;
import dev.convoy.fault.protocol.RankMessage;
import java.util.concurrent.locks.LockSupport;

/**
 * Helps where the user's thread cannot help itself. Freeing a buffer, or copying it, waits for the device's work, and
 * work of a broken communicator ends only with its abort: a program that frees a buffer while an exception passes
 * through waits for ever. So this thread aborts a revoked communicator which the user's thread does not come back from,
 * and reports an operation that is long past its deadline, or far beyond what steps have taken so far, when nobody did.
 */
final class Watchdog implements AutoCloseable {
    private static final long LOOK_NS = 50_000_000;
    private static final long GRACE_NS = 250_000_000;

    private final RankControl control;
    private final RankStatus status;
    private final Suspicions suspicions;
    private final StepDeadline deadline;
    private final Thread thread;
    private volatile boolean closed;

    private Communicator watched;
    private long step;
    private long enqueued;
    private long sinceNs;
    private boolean reported;
    private boolean warned;

    Watchdog(RankControl control, RankStatus status, Suspicions suspicions, StepDeadline deadline) {
        this.control = control;
        this.status = status;
        this.suspicions = suspicions;
        this.deadline = deadline;
        thread = new Thread(this::watch, "convoy-watchdog");
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    private void watch() {
        while (!closed) {
            LockSupport.parkNanos(LOOK_NS);
            Communicator present = status.communicator();
            if (present != null) {
                look(present);
            }
        }
    }

    /** Whatever one look meets, the next ones come: nobody else would abort what the user's thread is stuck in. */
    private void look(Communicator present) {
        try {
            look(present, status.epoch(), System.nanoTime());
        } catch (RuntimeException | OutOfMemoryError e) {
            if (!warned) {
                warned = true;
                control.send(new RankMessage.Warning("its watchdog could not look: " + OneLine.of(e)));
            }
        }
    }

    private void look(Communicator present, long epoch, long now) {
        if (control.revokedForNanos(epoch) > GRACE_NS) {
            abort(present);
        } else if (hasMoved(present)) {
            sinceNs = now;
            reported = false;
        } else if (!reported && now - sinceNs > deadline.boundNs() && present.completed() < enqueued) {
            reportIfStuck(present, epoch, now - sinceNs);
        }
    }

    private void reportIfStuck(Communicator present, long epoch, long waitedNs) {
        try {
            // A program may enqueue an operation, compute for long and look only then: that is no stall.
            if (!present.isQuiet()) {
                reported = true;
                suspicions.reportStall(epoch, waitedNs);
            }
        } catch (ConvoyException e) {
            // A device that cannot even be asked does not do what it was given, either.
            reported = true;
            suspicions.report(epoch, e);
        }
    }

    private boolean hasMoved(Communicator present) {
        boolean moved = present != watched || status.step() != step || present.enqueued() != enqueued;
        watched = present;
        step = status.step();
        enqueued = present.enqueued();
        return moved;
    }

    private static void abort(Communicator present) {
        try {
            present.abort();
        } catch (IllegalStateException e) {
            // The user's thread is inside the communicator: it will notice the revocation itself, or the agent ends it.
            Thread.onSpinWait();
        } catch (ConvoyException e) {
            // The library would not abort. The user's thread meets the same when it answers the revocation.
            Thread.onSpinWait();
        }
    }

    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(thread);
    }
}
