/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy;

import java.util.ArrayList;
import java.util.List;

/**
 * Operations that start together when the group is closed; see {@link ConvoyRuntime#group()}.
 *
 * <pre>{@code
 * Work sent;
 * Work received;
 * try (var _ = communicator.group()) {
 *     sent = communicator.send(mine, right, stream);
 *     received = communicator.recv(theirs, left, stream);
 * }
 * sent.await();
 * received.await();
 * }</pre>
 *
 * <p>Closing starts what was enqueued, also when the block ends with an exception: NCCL has no way to take it back.
 *
 * <p>A group belongs to the thread that began it. The work of its operations can be awaited once it is closed.
 */
public final class Group implements AutoCloseable {
    private final ConvoyRuntime runtime;
    private final List<Work> works = new ArrayList<>();
    private int depth;

    Group(ConvoyRuntime runtime) {
        this.runtime = runtime;
    }

    Group enter() {
        if (Thread.currentThread().isVirtual()) {
            throw new IllegalStateException("a group belongs to a native thread, and a virtual thread changes its own:"
                    + " drive communicators from platform threads");
        }
        runtime.status().checkNccl(runtime.natives().nccl().groupStart(), "ncclGroupStart");
        if (depth++ == 0) {
            runtime.openGroups().incrementAndGet();
        }
        return this;
    }

    boolean isOpen() {
        return depth > 0;
    }

    void add(Work work) {
        works.add(work);
    }

    /**
     * Ends the group and starts its operations.
     *
     * @throws IllegalStateException if it is closed already, or this is not the thread that began it
     * @throws ConvoyException if the library refuses the group; none of its work was started then
     */
    @Override
    public void close() {
        if (depth == 0 || runtime.currentGroup() != this) {
            throw new IllegalStateException("no group of this thread is open");
        }
        depth--;
        int status = runtime.natives().nccl().groupEnd();
        if (depth > 0) {
            return;
        }
        runtime.openGroups().decrementAndGet();
        try {
            start(status);
        } finally {
            works.clear();
        }
    }

    private void start(int status) {
        if (works.isEmpty()) {
            // Non-blocking communicators that are aborted or formed in a group go on by themselves.
            if (status != Status.NCCL_IN_PROGRESS) {
                runtime.status().checkNccl(status, Operation.GROUP.function());
            }
            return;
        }
        RuntimeException failure = null;
        for (int i = 0; i < works.size(); i++) {
            Work work = works.get(i);
            try {
                work.communicator().start(work, status);
            } catch (RuntimeException e) {
                // The library has started all of them: one communicator that is lost must not leave the others behind.
                failure = Failures.join(failure, e);
            }
        }
        if (failure != null) {
            throw failure;
        }
    }
}
