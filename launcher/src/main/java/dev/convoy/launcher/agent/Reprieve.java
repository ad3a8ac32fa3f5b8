/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.launcher.agent;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The time that a node's ranks have left without a leader. When it is over they are killed, whatever the agent is
 * waiting for at that moment: whoever leads by then counts on it.
 */
final class Reprieve implements AutoCloseable {
    private final CountDownLatch lifted = new CountDownLatch(1);
    private final AtomicBoolean decided = new AtomicBoolean();

    /**
     * Begins.
     *
     * @param untilNs on the clock of {@link System#nanoTime}
     * @param kill sends the ranks SIGKILL, on a thread of this object's
     */
    Reprieve(long untilNs, Runnable kill) {
        Thread.ofPlatform().daemon().name("convoy-reprieve").start(() -> watch(untilNs, kill));
    }

    private void watch(long untilNs, Runnable kill) {
        try {
            boolean inTime = lifted.await(untilNs - System.nanoTime(), TimeUnit.NANOSECONDS);
            if (!inTime && decided.compareAndSet(false, true)) {
                kill.run();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** There is a leader. Returns whether that was in time. */
    boolean lift() {
        boolean inTime = decided.compareAndSet(false, true);
        lifted.countDown();
        return inTime;
    }

    @Override
    public void close() {
        lift();
    }
}
