/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.launcher.agent;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Holds the JVM's end up after Ctrl-C or SIGTERM until the job's processes have ended and its report is written. The
 * JVM then ends with the signal's own status, 130 or 143.
 */
final class Interruption implements AutoCloseable {
    private static final long BOUND_S = 15;

    private final CountDownLatch ended = new CountDownLatch(1);
    private final Thread hook = new Thread(this::signalled, "convoy-interruption");
    private Runnable action;
    private boolean signalled;

    Interruption() {
        Runtime.getRuntime().addShutdownHook(hook);
    }

    /** Says what to do on a signal; does it at once if one has come. */
    synchronized void onSignal(Runnable run) {
        action = run;
        if (signalled) {
            run.run();
        }
    }

    private void signalled() {
        synchronized (this) {
            signalled = true;
            if (action != null) {
                action.run();
            }
        }
        try {
            // What still lives after the bound gets SIGKILL from the system when this process ends.
            boolean orderly = ended.await(BOUND_S, TimeUnit.SECONDS);
            if (!orderly) {
                System.err.println("convoy: the job did not end within " + BOUND_S + " s; its ranks are killed");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The job has ended. */
    @Override
    public void close() {
        ended.countDown();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // The JVM is ending: the hook runs already and has just been let go.
        }
    }
}
