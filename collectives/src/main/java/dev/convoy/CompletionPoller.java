/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy;

import java.time.Duration;
import java.util.Iterator;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;

/** One thread a process that completes the stages of all communicators; started with the first stage. */
final class CompletionPoller {
    private static final long TICK_NANOS = 50_000;

    private final Queue<Watched> watched = new ConcurrentLinkedQueue<>();
    private final Thread thread = Thread.ofPlatform()
            .daemon()
            .name("convoy-completion")
            .inheritInheritableThreadLocals(false)
            .unstarted(this::run);

    private record Watched(
            NativeCommunicator communicator,
            Event end,
            Operation operation,
            long sequence,
            long deadline,
            CompletableFuture<Void> stage) {
        /** Whether the stage has been completed, one way or the other. */
        boolean settle() {
            try {
                if (communicator.inspection().watch(end, operation, sequence)) {
                    return stage.complete(null);
                }
                Duration bound = communicator.options().deadline();
                return Deadline.remaining(deadline) <= 0
                        && stage.completeExceptionally(communicator.health().timeout(operation, sequence, bound));
            } catch (Throwable e) {
                // Whatever it is, it is this stage's: the thread goes on for the others.
                return stage.completeExceptionally(e);
            }
        }
    }

    private static final class Holder {
        static final CompletionPoller INSTANCE = new CompletionPoller();

        static {
            INSTANCE.thread.start();
        }
    }

    private CompletionPoller() {
        // It outlives whoever asked for the first stage, and keeps nothing of theirs.
        thread.setContextClassLoader(null);
    }

    static CompletionPoller instance() {
        return Holder.INSTANCE;
    }

    CompletionStage<Void> watch(NativeCommunicator communicator, Event end, Operation operation, long sequence) {
        CompletableFuture<Void> stage = new CompletableFuture<>();
        long deadline = Deadline.after(communicator.options().deadline());
        watched.add(new Watched(communicator, end, operation, sequence, deadline, stage));
        LockSupport.unpark(thread);
        return stage.minimalCompletionStage();
    }

    private void run() {
        while (true) {
            if (watched.isEmpty()) {
                LockSupport.park(this);
            }
            for (Iterator<Watched> each = watched.iterator(); each.hasNext(); ) {
                if (each.next().settle()) {
                    each.remove();
                }
            }
            // What a stage triggered may have interrupted this thread, which would never park again.
            Thread.interrupted();
            LockSupport.parkNanos(this, TICK_NANOS);
        }
    }
}
