/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy;

import dev.convoy.bindings.HostExtensions;
import java.time.Duration;

/**
 * The waits inside a communicator: each ends with its bound at the latest, and before that when the communicator is
 * lost, revoked or closed. The caller is inside, or alone with the object.
 */
final class CommunicatorWaits {
    private final NativeCommunicator communicator;
    private final Health health;
    private final HostExtensions extensions;

    CommunicatorWaits(NativeCommunicator communicator) {
        this.communicator = communicator;
        this.health = communicator.health();
        this.extensions = communicator.device().natives().extensions().orElse(null);
    }

    /** Waits until a condition of the device holds. */
    void await(Awaitable condition, Operation operation, long sequence, Duration bound) {
        communicator.requireOpen(operation, sequence);
        health.requireGood(operation, sequence);
        if (condition.holdsSoon(0)) {
            return;
        }
        long deadline = Deadline.after(bound);
        int round = 1;
        do {
            health.check(communicator.handle(), operation, sequence);
            if (Deadline.remaining(deadline) <= 0) {
                throw health.timeout(operation, sequence, bound);
            }
        } while (!condition.holdsSoon(round++));
    }

    /** Waits until forming, finalising or launching is over. */
    void awaitAsynchronous(Operation operation, long sequence, Duration bound) {
        long deadline = Deadline.after(bound);
        for (int round = 0; ; round++) {
            health.requireGood(operation, sequence);
            int status = asynchronous();
            if (status == Status.SUCCESS) {
                return;
            }
            if (status != Status.NCCL_IN_PROGRESS) {
                throw health.fail(communicator.handle(), status, operation, sequence);
            }
            if (Deadline.remaining(deadline) <= 0) {
                throw health.timeout(operation, sequence, bound);
            }
            if (extensions == null) {
                Backoff.pause(round);
            }
        }
    }

    private int asynchronous() {
        return extensions == null
                ? health.asynchronousStatus(communicator.handle())
                : extensions.commWaitReady(communicator.handle(), Wait.SLICE_NANOS);
    }
}
