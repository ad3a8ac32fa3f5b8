/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy;

import dev.convoy.bindings.Nccl;
import dev.convoy.bindings.NcclConfig;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.LongBinaryOperator;

/** Forms communicators out of another, the parent; as bounded as {@link Formation}, in the parent's thread. */
final class Offspring {
    private static final int SHRINK_DEFAULT = 0;
    private static final int SHRINK_ABORT = 1;
    private static final int RANK_OF_PARENT = -1;

    private final NativeCommunicator parent;
    private final Operation operation;
    private final CommunicatorOptions options;
    private final Arena arena = Arena.ofAuto();
    private final Nccl nccl;

    private Offspring(NativeCommunicator parent, Operation operation, CommunicatorOptions options) {
        this.parent = parent;
        this.operation = operation;
        this.options = options;
        this.nccl = parent.device().natives().nccl();
    }

    /** Calls the function that forms the child. */
    @FunctionalInterface
    private interface Call {
        int begin(long out, long config);
    }

    static NativeCommunicator shrink(
            NativeCommunicator parent, int[] excluded, boolean abort, CommunicatorOptions options) {
        return new Offspring(parent, Operation.SHRINK, options).shrink(excluded, abort);
    }

    static Optional<NativeCommunicator> split(
            NativeCommunicator parent, int color, int key, CommunicatorOptions options) {
        return new Offspring(parent, Operation.SPLIT, options).split(color, key);
    }

    static NativeCommunicator grow(NativeCommunicator parent, int worldSize, UniqueId id, CommunicatorOptions options) {
        return new Offspring(parent, Operation.GROW, options).grow(worldSize, id);
    }

    static UniqueId newGrowthId(NativeCommunicator parent) {
        parent.occupancy().enter(parent);
        try (Arena arena = Arena.ofConfined()) {
            parent.requireOpen(Operation.GROW);
            parent.health().requireGood(Operation.GROW, parent.enqueued());
            parent.device().makeCurrent();
            MemorySegment id = arena.allocate(UniqueId.SIZE, Long.BYTES);
            int status = parent.device().natives().nccl().commGetUniqueId(parent.handle(), id.address());
            if (status != Status.SUCCESS) {
                throw parent.health().refusal(parent.handle(), status, Operation.GROW, parent.enqueued());
            }
            return new UniqueId(id.toArray(ValueLayout.JAVA_BYTE));
        } finally {
            parent.occupancy().leave();
        }
    }

    private NativeCommunicator shrink(int[] excluded, boolean abort) {
        parent.occupancy().enter(parent);
        try {
            parent.requireOpen(operation);
            requireFirstShrink();
            if (abort) {
                parent.operationsEnd(operation);
            }
            MemorySegment list = arena.allocateFrom(ValueLayout.JAVA_INT, excluded);
            int flags = abort ? SHRINK_ABORT : SHRINK_DEFAULT;
            long child = form((out, config) ->
                    nccl.commShrink(parent.handle(), list.address(), excluded.length, out, config, flags));
            int below =
                    (int) Arrays.stream(excluded).filter(r -> r < parent.rank()).count();
            return ready(child, parent.rank() - below, parent.worldSize() - excluded.length);
        } finally {
            parent.occupancy().leave();
        }
    }

    private void requireFirstShrink() {
        if (!parent.children().isFirstShrink()) {
            ErrorDetails place = parent.health().place(ErrorDetails.none(), operation, parent.enqueued());
            throw new InvalidUsageException(
                    "a communicator is shrunk once, and this one was before: shrink its child, or form a new one",
                    place);
        }
    }

    /** After an end of all operations a split is allowed; the library knows. */
    private Optional<NativeCommunicator> split(int color, int key) {
        parent.occupancy().enter(parent);
        try {
            parent.requireOpen(operation);
            long child = form((out, config) -> nccl.commSplit(parent.handle(), color, key, out, config));
            return child == 0 ? Optional.empty() : Optional.of(inItsPlace(child));
        } finally {
            parent.occupancy().leave();
        }
    }

    private NativeCommunicator grow(int worldSize, UniqueId id) {
        parent.occupancy().enter(parent);
        try {
            parent.requireOpen(operation);
            parent.health().requireGood(operation, parent.enqueued());
            long idAddress = id == null
                    ? 0
                    : arena.allocateFrom(ValueLayout.JAVA_BYTE, id.bytes()).address();
            long child = form(
                    (out, config) -> nccl.commGrow(parent.handle(), worldSize, idAddress, RANK_OF_PARENT, out, config));
            return ready(child, parent.rank(), worldSize);
        } finally {
            parent.occupancy().leave();
        }
    }

    /** The child's handle; 0 if the library is done and there is none. */
    private long form(Call call) {
        NcclConfig config = Formation.config(parent.device(), options, arena);
        MemorySegment out = arena.allocate(ValueLayout.JAVA_LONG);
        parent.device().makeCurrent();
        parent.children().expect(out);
        int before = parent.health().asynchronousStatus(parent.handle());
        int status = call.begin(out.address(), config.address());
        if (status != Status.SUCCESS && status != Status.NCCL_IN_PROGRESS) {
            throw parent.health().refusal(parent.handle(), status, operation, parent.enqueued());
        }
        long handle = await(out, before);
        parent.children().claimed();
        return handle;
    }

    /** NCCL fills in the child only when it is there, and says so through the parent; after a split, perhaps none. */
    private long await(MemorySegment out, int before) {
        long deadline = Deadline.after(options.initDeadline());
        for (int round = 0; ; round++) {
            int status = parent.health().asynchronousStatus(parent.handle());
            long handle = out.get(ValueLayout.JAVA_LONG, 0);
            if (operation == Operation.SPLIT ? status == Status.SUCCESS : handle != 0) {
                return handle;
            }
            // A parent that had failed before goes on saying so; any other error is the child's own.
            if (status != Status.NCCL_IN_PROGRESS && status != before) {
                throw parent.health().fail(parent.handle(), status, operation, parent.enqueued());
            }
            if (isRevoked()) {
                ErrorDetails place = parent.health().place(ErrorDetails.none(), operation, parent.enqueued());
                throw new CommunicatorRevokedException(
                        place, options.revocation().reason());
            }
            if (Deadline.remaining(deadline) <= 0) {
                throw parent.health().timeout(operation, parent.enqueued(), options.initDeadline());
            }
            Backoff.pause(round);
        }
    }

    private boolean isRevoked() {
        return options.revocation() != null && options.revocation().isRevoked();
    }

    private NativeCommunicator ready(long handle, int rank, int worldSize) {
        NativeCommunicator child = new NativeCommunicator(parent.device(), rank, worldSize, options, arena, handle);
        return Formation.awaitReady(child, operation);
    }

    /** Only the library knows who else has the colour. */
    private NativeCommunicator inItsPlace(long child) {
        int rank;
        int worldSize;
        try {
            rank = ask(nccl::commUserRank, child);
            worldSize = ask(nccl::commCount, child);
        } catch (ConvoyException e) {
            nccl.commAbort(child);
            throw e;
        }
        return ready(child, rank, worldSize);
    }

    private int ask(LongBinaryOperator question, long child) {
        NativeCells cells = NativeCells.ofThread();
        int status = (int) question.applyAsLong(child, cells.first());
        parent.device().status().checkNccl(status, operation.function());
        return cells.firstInt();
    }
}
