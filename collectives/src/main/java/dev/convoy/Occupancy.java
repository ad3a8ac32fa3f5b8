/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.Duration;

/**
 * Who is inside a communicator. NCCL forbids that two threads are; a lock would hide the mistake, and make the second
 * wait where it should not.
 */
final class Occupancy {
    private static final int FREE = 0;
    private static final int DRIVER = 1;
    private static final int WATCHER = 2;
    private static final VarHandle OCCUPANT;

    static {
        try {
            OCCUPANT = MethodHandles.lookup().findVarHandle(Occupancy.class, "occupant", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private volatile int occupant;

    /** Enters as the thread that drives the communicator; throws if another one is inside. */
    void enter(Object owner) {
        for (int round = 0; !OCCUPANT.compareAndSet(this, FREE, DRIVER); round++) {
            if (occupant == DRIVER) {
                throw inUse(owner);
            }
            // The watcher only looks and leaves; but the look of the host runtime may do some work on the way.
            Backoff.pause(round);
        }
    }

    /** Enters to end the communicator: a driver that was revoked gets time to leave. */
    void enterWithin(Duration patience, Object owner) {
        long deadline = Deadline.after(patience);
        for (int round = 0; !OCCUPANT.compareAndSet(this, FREE, DRIVER); round++) {
            if (Deadline.remaining(deadline) <= 0) {
                throw inUse(owner);
            }
            Backoff.pause(round);
        }
    }

    /** Enters for a short look if nobody is inside. */
    boolean tryWatch() {
        return OCCUPANT.compareAndSet(this, FREE, WATCHER);
    }

    void leave() {
        OCCUPANT.setRelease(this, FREE);
    }

    private static IllegalStateException inUse(Object owner) {
        return new IllegalStateException(owner + " is in use by another thread: one thread at a time may drive a"
                + " communicator; only revoke is for every thread");
    }
}
