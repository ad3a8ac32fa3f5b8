/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault;

import dev.convoy.Communicator;
import dev.convoy.Stream;
import dev.convoy.fault.protocol.Version;
import dev.convoy.fault.snapshot.Membership;
import dev.convoy.fault.snapshot.Snapshotter;
import dev.convoy.fault.snapshot.Wishes;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.BiConsumer;

/**
 * Snapshots that are exchanged and voted on while the next step goes on: by a thread of their own, on a communicator
 * and a stream of their own, so that the program's collectives keep their order. There is one at a time: the next
 * begins when the last is committed, which is what keeps the two slots safe. The communicator is a child of the epoch's
 * and is revoked and aborted with it.
 *
 * <p>All methods are for the user's thread; the other one has what it was given until {@link #settle} returns.
 */
final class BackgroundSnapshots implements AutoCloseable {
    private final Snapshotter snapshotter;
    private final Stream stream;
    private final Duration bound;
    private final BiConsumer<Long, Throwable> failed;
    private final ExecutorService thread = Executors.newSingleThreadExecutor(BackgroundSnapshots::daemon);

    private Communicator communicator;
    private Future<?> copied;
    private Future<Wishes> committed;
    private Version version;

    /**
     * Prepares; takes nothing yet.
     *
     * @param snapshotter for the other thread alone
     * @param stream its stream, of which this becomes the owner
     * @param bound bound of a wait for that stream after an abort
     * @param failed told at once, by the other thread, of an epoch and what went wrong with a snapshot in it
     */
    BackgroundSnapshots(Snapshotter snapshotter, Stream stream, Duration bound, BiConsumer<Long, Throwable> failed) {
        this.snapshotter = snapshotter;
        this.stream = stream;
        this.bound = bound;
        this.failed = failed;
    }

    private static Thread daemon(Runnable work) {
        Thread thread = new Thread(work, "convoy-snapshots");
        thread.setDaemon(true);
        return thread;
    }

    /** A version that was committed meanwhile, and what else was agreed on by its vote. */
    record Settled(Version version, Wishes agreed) {}

    /**
     * Begins a snapshot of the state before a step. A collective call; the last one was settled.
     *
     * @param members the epoch
     * @param step the step
     * @param wishes what this rank wants beside the snapshot
     * @param copyFirst whether to return only once the buffers are copied
     */
    void start(Membership members, long step, Wishes wishes, boolean copyFirst) {
        if (communicator == null) {
            communicator = child(members.communicator());
        }
        Membership side = members.withCommunicator(communicator);
        version = new Version(members.epoch(), step);
        Snapshotter.Course course = snapshotter.begin(side, step, wishes);
        if (copyFirst) {
            snapshotter.copy(course);
        } else {
            copied = thread.submit(() -> snapshotter.copy(course));
        }
        committed = thread.submit(() -> commit(course, members.epoch()));
    }

    private static Communicator child(Communicator parent) {
        return parent.split(0, parent.rank(), parent.options().withName("snapshots"))
                .orElseThrow();
    }

    private Wishes commit(Snapshotter.Course course, long epoch) {
        try {
            return snapshotter.commit(course);
        } catch (RuntimeException e) {
            failed.accept(epoch, e);
            throw e;
        }
    }

    /** Waits until the buffers of a snapshot in progress are copied. */
    void awaitCopied() {
        if (copied != null) {
            Future<?> present = copied;
            copied = null;
            join(present);
        }
    }

    /**
     * Waits for the snapshot in progress.
     *
     * @return what is committed now, or null if nothing was in progress
     * @throws RuntimeException what kept it from being committed
     */
    Settled settle() {
        awaitCopied();
        if (committed == null) {
            return null;
        }
        Future<Wishes> present = committed;
        committed = null;
        return new Settled(version, join(present));
    }

    // The other thread's waits are bounded, each by itself, and end when the epoch is revoked.
    private static <T> T join(Future<T> future) {
        boolean interrupted = false;
        while (true) {
            try {
                T result = future.get();
                if (interrupted) {
                    Thread.currentThread().interrupt();
                }
                return result;
            } catch (InterruptedException e) {
                interrupted = true;
            } catch (ExecutionException e) {
                throw e.getCause() instanceof RuntimeException known ? known : new ElasticException("a snapshot", e);
            }
        }
    }

    /**
     * Aborts an epoch's communicator together with the one of the snapshots, and gives up the snapshot in progress.
     * What it had stored by then stays in its slot.
     *
     * @param parent the epoch's communicator
     */
    void abort(Communicator parent) {
        if (communicator == null) {
            parent.abort();
            return;
        }
        communicator.revoke("the epoch ends");
        giveUp();
        Communicator child = communicator;
        communicator = null;
        Communicator.abortAll(List.of(parent, child));
        stream.synchronize(bound);
    }

    // Both, since what has failed to copy is still being given up by the other thread.
    private void giveUp() {
        await(this::awaitCopied);
        await(this::settle);
    }

    private static void await(Runnable end) {
        try {
            end.run();
        } catch (RuntimeException e) {
            // It was told of when it happened, or is what the abort is for.
        }
    }

    /** Ends the thread and frees everything. Idempotent. */
    @Override
    public void close() {
        if (communicator != null) {
            communicator.revoke("the group is closed");
            giveUp();
            communicator.abort();
            communicator = null;
        }
        thread.shutdown();
        snapshotter.close();
        stream.close();
    }
}
