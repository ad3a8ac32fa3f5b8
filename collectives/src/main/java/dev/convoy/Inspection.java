/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy;

import java.util.Optional;

/**
 * Looks at a communicator that change nothing of it. Those of other threads than the driver never wait for it: what it
 * alone may touch they see only while nobody is inside.
 */
final class Inspection {
    private final NativeCommunicator communicator;
    private final Health health;
    private final Occupancy occupancy;
    private final WorkRing ring;

    Inspection(NativeCommunicator communicator, WorkRing ring) {
        this.communicator = communicator;
        this.health = communicator.health();
        this.occupancy = communicator.occupancy();
        this.ring = ring;
    }

    /**
     * A look by the thread that completes stages: whether the event is reached. It asks the event also while the driver
     * is inside, which may be waiting for something that comes after this; only the health is left to the driver then.
     */
    boolean watch(Event end, Operation operation, long sequence) {
        if (communicator.completed() >= sequence) {
            return true;
        }
        health.requireGood(operation, sequence);
        if (ring.hasReached(end)) {
            communicator.watchedTo(sequence);
            return true;
        }
        communicator.requireOpen(operation, sequence);
        if (occupancy.tryWatch()) {
            try {
                communicator.requireOpen(operation, sequence);
                health.check(communicator.handle(), operation, sequence);
            } finally {
                occupancy.leave();
            }
        }
        return false;
    }

    /** Whether nothing is under way; for any thread, and false rather than a wait when somebody is inside. */
    boolean isQuiet() {
        if (communicator.isClosed()) {
            return communicator.ending().isOver();
        }
        if (!occupancy.tryWatch()) {
            return false;
        }
        try {
            return communicator.isClosed() ? communicator.ending().isOver() : communicator.hasNothingUnderWay();
        } finally {
            occupancy.leave();
        }
    }

    /** What the library says of itself; by the thread that drives it. */
    Optional<ErrorState> error() {
        occupancy.enter(communicator);
        try {
            communicator.requireOpen(Operation.SYNCHRONIZE);
            return health.error(communicator.handle());
        } finally {
            occupancy.leave();
        }
    }

    /** Whom the library saw dead; by the thread that drives it. */
    int[] failedRanks() {
        occupancy.enter(communicator);
        try {
            communicator.requireOpen(Operation.SYNCHRONIZE);
            return health.failedRanks(communicator.handle());
        } finally {
            occupancy.leave();
        }
    }
}
