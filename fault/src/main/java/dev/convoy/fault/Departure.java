/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Turns SIGTERM during training into an orderly departure: the end of the JVM is held up, within a bound, until the
 * group goes on without this process. An end that the program itself asks for is none of this: it is what it was.
 */
final class Departure implements AutoCloseable {
    /** Who terminates a process, and means it, sends SIGKILL some 10 to 30 s later. */
    private static final long BOUND_S = 20;

    private static final String SIGTERM_THREAD = "SIGTERM handler";

    private final Runnable leave;
    private final CountDownLatch left = new CountDownLatch(1);
    private final Thread hook = new Thread(this::terminate, "convoy-departure");
    private volatile boolean terminating;

    private Departure(Runnable leave) {
        this.leave = leave;
    }

    static Departure onTermination(Runnable leave) {
        Departure departure = new Departure(leave);
        Runtime.getRuntime().addShutdownHook(departure.hook);
        return departure;
    }

    private void terminate() {
        if (!wasSignalled()) {
            return;
        }
        terminating = true;
        try {
            leave.run();
            boolean inTime = left.await(BOUND_S, TimeUnit.SECONDS);
            if (!inTime) {
                System.err.println(
                        "convoy: this rank ends without having left its group: it came to no step boundary in "
                                + BOUND_S + " s");
            }
        } catch (IllegalStateException e) {
            // Training has ended meanwhile: there is nothing to leave.
            left.countDown();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The JVM ends on a thread of this name then; on Ctrl-C, or when the program calls exit(), on another. */
    private static boolean wasSignalled() {
        return Thread.getAllStackTraces().keySet().stream()
                .anyMatch(thread -> thread.getName().equals(SIGTERM_THREAD));
    }

    /** Training has ended for this process. If the JVM is ending, the program is not bothered with that any more. */
    void endIfTerminating() {
        left.countDown();
        while (terminating) {
            LockSupport.park(this);
        }
    }

    @Override
    public void close() {
        left.countDown();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // The JVM is ending: the hook runs already, or has run.
        }
    }
}
