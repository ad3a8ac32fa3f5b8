/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy;

import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Runs a native call that has no bound of its own in a thread that is left behind when the bound is over. */
final class BoundedCall {
    private BoundedCall() {}

    static void run(Runnable call, String what, Duration deadline) {
        FutureTask<Void> task = new FutureTask<>(call, null);
        Thread.ofPlatform().daemon().name("convoy-bounded-call").start(task);
        try {
            task.get(deadline.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw new DeviceTimeoutException(what, deadline);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for " + what, e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof ConvoyException failure) {
                throw failure;
            }
            throw new IllegalStateException(what, e.getCause());
        }
    }
}
