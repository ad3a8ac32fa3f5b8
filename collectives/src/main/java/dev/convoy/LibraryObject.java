/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy;

import dev.convoy.bindings.Nccl;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Something that the library made for a communicator. It is freed once, and with the communicator at the latest: what
 * is closed after that, or of a communicator that is lost, is left to the communicator's end.
 */
final class LibraryObject {
    private final NativeCommunicator communicator;
    private final long handle;
    private final Lifetime lifetime = new Lifetime();

    /** Calls the function that makes it. */
    @FunctionalInterface
    interface Maker {
        int make(Nccl nccl, long communicator, long out);
    }

    /** Calls the function that frees it. */
    @FunctionalInterface
    interface Freer {
        int free(Nccl nccl, long communicator, long handle);
    }

    private LibraryObject(NativeCommunicator communicator, long handle) {
        this.communicator = communicator;
        this.handle = handle;
    }

    /** Makes it, in the thread that drives the communicator; the library may still write it when this gave up. */
    static LibraryObject make(NativeCommunicator communicator, Operation operation, Maker maker) {
        long sequence = communicator.enqueued();
        communicator.occupancy().enter(communicator);
        try {
            communicator.requireOpen(operation);
            communicator.health().requireGood(operation, sequence);
            communicator.device().makeCurrent();
            MemorySegment out = Arena.ofAuto().allocate(ValueLayout.JAVA_LONG);
            Nccl nccl = communicator.device().natives().nccl();
            int status = maker.make(nccl, communicator.handle(), out.address());
            if (status == Status.NCCL_IN_PROGRESS) {
                awaitIn(out, communicator, operation);
            } else if (status != Status.SUCCESS) {
                throw communicator.health().refusal(communicator.handle(), status, operation, sequence);
            }
            return new LibraryObject(communicator, out.get(ValueLayout.JAVA_LONG, 0));
        } finally {
            communicator.occupancy().leave();
        }
    }

    private static void awaitIn(MemorySegment out, NativeCommunicator communicator, Operation operation) {
        try {
            communicator
                    .waits()
                    .awaitAsynchronous(
                            operation,
                            communicator.enqueued(),
                            communicator.options().initDeadline());
        } catch (RuntimeException e) {
            communicator.unclaimed().keep(out);
            throw e;
        }
    }

    /** Whether the library has it still; for any thread. */
    boolean isLive() {
        return !lifetime.hasEnded() && !communicator.isClosed();
    }

    /** What the library calls it; throws if it is closed. */
    long handle(Object owner) {
        lifetime.check(owner);
        return handle;
    }

    boolean isOf(NativeCommunicator other) {
        return communicator == other;
    }

    /** Of a communicator that is lost, NCCL might wait for the lost rank; the host runtime asks nobody. */
    private boolean canFree() {
        return communicator.worksInline() || communicator.health().isGood();
    }

    void free(Operation operation, Freer freer) {
        if (lifetime.hasEnded()) {
            return;
        }
        if (communicator.isClosed() || !canFree()) {
            lifetime.end();
            return;
        }
        communicator.occupancy().enter(communicator);
        try {
            if (lifetime.end() && !communicator.isClosed()) {
                communicator.device().makeCurrent();
                Nccl nccl = communicator.device().natives().nccl();
                int status = freer.free(nccl, communicator.handle(), handle);
                if (status == Status.NCCL_IN_PROGRESS) {
                    communicator
                            .waits()
                            .awaitAsynchronous(
                                    operation,
                                    communicator.enqueued(),
                                    communicator.options().deadline());
                } else if (status != Status.SUCCESS) {
                    throw communicator
                            .health()
                            .refusal(communicator.handle(), status, operation, communicator.enqueued());
                }
            }
        } finally {
            communicator.occupancy().leave();
        }
    }
}
