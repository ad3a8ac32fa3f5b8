/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy;

import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Runs a native call that has no bound of its own in a thread that is left behind when the bound is over. */
final class BoundedCall {
    private BoundedCall() {}

    /** Interruption does not end the wait, as with all waits; it is passed on afterwards. */
    static void run(Runnable call, String what, Duration deadline) {
        FutureTask<Void> task = new FutureTask<>(call, null);
        Thread.ofPlatform()
                .daemon()
                .name("convoy-bounded-call")
                .inheritInheritableThreadLocals(false)
                .start(task);
        if (!isDoneBy(task, Deadline.after(deadline))) {
            throw new DeviceTimeoutException(what, deadline);
        }
        if (task.state() == Future.State.FAILED) {
            rethrow(task.exceptionNow(), what);
        }
    }

    private static boolean isDoneBy(FutureTask<Void> task, long deadline) {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    task.get(Deadline.remaining(deadline), TimeUnit.NANOSECONDS);
                    return true;
                } catch (InterruptedException e) {
                    interrupted = true;
                } catch (ExecutionException e) {
                    return true;
                } catch (TimeoutException e) {
                    return false;
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static void rethrow(Throwable failure, String what) {
        if (failure instanceof ConvoyException known) {
            throw known;
        }
        throw new IllegalStateException(what, failure);
    }
}
