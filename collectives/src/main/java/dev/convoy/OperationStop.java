/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy;

/** NCCL's revocation of one communicator: ends its operations and leaves it fit to be shrunk or split. */
final class OperationStop {
    private static final int DEFAULT = 0;

    private final NativeCommunicator communicator;
    private boolean hasRun;

    OperationStop(NativeCommunicator communicator) {
        this.communicator = communicator;
    }

    void run() {
        communicator.occupancy().enter(communicator);
        try {
            communicator.requireOpen(Operation.REVOKE);
            if (!hasRun) {
                hasRun = true;
                communicator.operationsEnd(Operation.REVOKE);
                communicator.device().makeCurrent();
                await(communicator.device().natives().nccl().commRevoke(communicator.handle(), DEFAULT));
            }
        } finally {
            communicator.occupancy().leave();
        }
    }

    /** Heeds no loss: the communicator is lost by now, on purpose, and may have been before. */
    private void await(int begun) {
        long sequence = communicator.enqueued();
        if (begun != Status.SUCCESS && begun != Status.NCCL_IN_PROGRESS) {
            throw communicator.health().refusal(communicator.handle(), begun, Operation.REVOKE, sequence);
        }
        long deadline = Deadline.after(communicator.options().initDeadline());
        int round = 0;
        while (communicator.health().asynchronousStatus(communicator.handle()) == Status.NCCL_IN_PROGRESS) {
            if (Deadline.remaining(deadline) <= 0) {
                throw communicator
                        .health()
                        .timeout(
                                Operation.REVOKE,
                                sequence,
                                communicator.options().initDeadline());
            }
            Backoff.pause(round++);
        }
    }
}
