/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy;

import java.util.ArrayList;
import java.util.List;

/**
 * Aborts communicators of NCCL together. Where ranks share a device, one abort may wait for work that only the next one
 * ends, so they go into one group; and what waits for the device, such as freeing memory, comes after it.
 */
final class JointAbort {
    private final ConvoyRuntime runtime;
    private final List<NativeCommunicator> entered = new ArrayList<>();
    private RuntimeException failure;

    private JointAbort(ConvoyRuntime runtime) {
        this.runtime = runtime;
    }

    static void run(List<NativeCommunicator> communicators) {
        if (communicators.isEmpty()) {
            return;
        }
        JointAbort abort = new JointAbort(communicators.getFirst().device().runtime());
        if (abort.runtime.abortsInGroups()) {
            communicators.forEach(abort::enter);
            abort.abortEntered();
            abort.entered.forEach(each -> abort.attempt(each.ending()::leave));
        } else {
            communicators.forEach(each -> abort.attempt(each.ending()::abort));
        }
        if (abort.failure != null) {
            throw abort.failure;
        }
    }

    private void enter(NativeCommunicator communicator) {
        attempt(() -> {
            if (communicator.ending().enter()) {
                entered.add(communicator);
            }
        });
    }

    private void abortEntered() {
        if (!entered.isEmpty()) {
            attempt(() -> BoundedCall.run(
                    this::abortInGroup,
                    "abort of " + entered,
                    entered.getFirst().ending().deadline()));
        }
    }

    /** In the thread of the bounded call, whose group it is. Before the group's end, NCCL has ended none of them. */
    private void abortInGroup() {
        Group group = runtime.group();
        try (group) {
            entered.forEach(each -> attempt(each.ending()::abortInGroup));
        } finally {
            entered.forEach(each -> each.ending().groupEnded());
        }
    }

    /** What fails with one does not keep the others from their end. */
    private void attempt(Runnable step) {
        try {
            step.run();
        } catch (RuntimeException e) {
            failure = Failures.join(failure, e);
        }
    }
}
