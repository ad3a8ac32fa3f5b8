/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy;

import dev.convoy.bindings.NcclConfig;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandles;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Forms communicators: bounded, revocable, and without anything left behind when it fails. */
final class Formation {
    private static final int SHRINK_DEFAULT = 0;
    private static final int SHRINK_ABORT = 1;

    /** What forming a communicator runs through. */
    private static final List<Class<?>> CLASSES = List.of(
            CommunicatorOptions.class,
            Communicator.class,
            Arguments.class,
            NativeCommunicator.class,
            WorkRing.class,
            Occupancy.class,
            Health.class,
            NativeCells.class,
            Revocation.class,
            Operation.class,
            Deadline.class);

    private Formation() {}

    /** Loads its classes when the runtime is opened, since the first communicator is formed while other ranks wait. */
    static void prepare() {
        try {
            for (Class<?> needed : CLASSES) {
                MethodHandles.lookup().ensureInitialized(needed);
            }
        } catch (IllegalAccessException e) {
            throw new IllegalStateException("classes of one package see each other", e);
        }
    }

    static NativeCommunicator init(Device device, UniqueId id, int worldSize, int rank, CommunicatorOptions options) {
        NativeCommunicator begun = begin(device, id, worldSize, rank, options);
        return awaitReady(begun, Operation.INIT);
    }

    /** All ranks by this one thread: all are begun before one is waited for. */
    static List<NativeCommunicator> initAll(List<Device> devices, CommunicatorOptions options) {
        if (options.blocking()) {
            throw new IllegalArgumentException("one thread forms all ranks, so the options must not be blocking");
        }
        UniqueId id = devices.getFirst().runtime().newUniqueId();
        List<NativeCommunicator> begun = new ArrayList<>();
        try {
            for (int rank = 0; rank < devices.size(); rank++) {
                begun.add(begin(devices.get(rank), id, devices.size(), rank, options));
            }
            begun.forEach(communicator -> communicator.awaitAsynchronous(Operation.INIT, 0, options.initDeadline()));
        } catch (RuntimeException e) {
            begun.forEach(communicator -> abortAfter(e, communicator));
            throw e;
        }
        return begun;
    }

    private static NativeCommunicator begin(
            Device device, UniqueId id, int worldSize, int rank, CommunicatorOptions options) {
        Arena arena = Arena.ofAuto();
        NcclConfig config = NcclConfig.allocate(arena, device.natives().version())
                .blocking(options.blocking())
                .name(options.name());
        MemorySegment idBytes = arena.allocateFrom(ValueLayout.JAVA_BYTE, id.bytes());
        MemorySegment out = arena.allocate(ValueLayout.JAVA_LONG);
        device.makeCurrent();
        int status = device.natives()
                .nccl()
                .commInitRankConfig(out.address(), worldSize, idBytes.address(), rank, config.address());
        long handle = out.get(ValueLayout.JAVA_LONG, 0);
        if (status == Status.SUCCESS || status == Status.NCCL_IN_PROGRESS) {
            return new NativeCommunicator(device, rank, worldSize, options, arena, handle);
        }
        ErrorDetails details = device.status().ncclDetails(status, Operation.INIT.function(), handle);
        if (handle != 0) {
            device.natives().nccl().commAbort(handle);
        }
        throw Status.ncclException(details.in(options, rank, Operation.INIT, 0));
    }

    static NativeCommunicator shrink(
            NativeCommunicator parent, int[] excluded, boolean abort, CommunicatorOptions options) {
        parent.occupancy().enter(parent);
        try {
            return awaitReady(shrinkInside(parent, excluded, abort, options), Operation.SHRINK);
        } finally {
            parent.occupancy().leave();
        }
    }

    private static NativeCommunicator shrinkInside(
            NativeCommunicator parent, int[] excluded, boolean abort, CommunicatorOptions options) {
        Device device = parent.device();
        Arena arena = Arena.ofAuto();
        NcclConfig config = NcclConfig.allocate(arena, device.natives().version())
                .blocking(options.blocking())
                .name(options.name());
        MemorySegment list = arena.allocateFrom(ValueLayout.JAVA_INT, excluded);
        MemorySegment out = arena.allocate(ValueLayout.JAVA_LONG);
        device.makeCurrent();
        parent.expectChild(out);
        if (abort) {
            parent.operationsEnd(Operation.SHRINK);
        }
        int before = parent.health().asynchronousStatus(parent.handle());
        int status = device.natives()
                .nccl()
                .commShrink(
                        parent.handle(),
                        list.address(),
                        excluded.length,
                        out.address(),
                        config.address(),
                        abort ? SHRINK_ABORT : SHRINK_DEFAULT);
        if (status != Status.SUCCESS && status != Status.NCCL_IN_PROGRESS) {
            throw parent.health().refusal(parent.handle(), status, Operation.SHRINK, parent.enqueued());
        }
        long handle = awaitChild(parent, out, before, options);
        parent.childClaimed();
        int below = (int) Arrays.stream(excluded).filter(r -> r < parent.rank()).count();
        return new NativeCommunicator(
                device, parent.rank() - below, parent.worldSize() - excluded.length, options, arena, handle);
    }

    /** NCCL fills in the child only when it is there, and says so through the parent. */
    private static long awaitChild(
            NativeCommunicator parent, MemorySegment out, int before, CommunicatorOptions options) {
        long deadline = Deadline.after(options.initDeadline());
        for (int round = 0; ; round++) {
            int status = parent.health().asynchronousStatus(parent.handle());
            long handle = out.get(ValueLayout.JAVA_LONG, 0);
            if (handle != 0) {
                return handle;
            }
            // A parent that had failed before goes on saying so; any other error is the shrink's own.
            if (status != Status.NCCL_IN_PROGRESS && status != before) {
                throw parent.health().fail(parent.handle(), status, Operation.SHRINK, parent.enqueued());
            }
            Revocation revocation = options.revocation();
            if (revocation != null && revocation.isRevoked()) {
                ErrorDetails place = parent.health().place(ErrorDetails.none(), Operation.SHRINK, parent.enqueued());
                throw new CommunicatorRevokedException(place, revocation.reason());
            }
            if (Deadline.remaining(deadline) <= 0) {
                throw parent.timeout(Operation.SHRINK, parent.enqueued(), options.initDeadline());
            }
            Backoff.pause(round);
        }
    }

    private static NativeCommunicator awaitReady(NativeCommunicator begun, Operation operation) {
        try {
            begun.awaitAsynchronous(operation, 0, begun.options().initDeadline());
            return begun;
        } catch (RuntimeException e) {
            abortAfter(e, begun);
            throw e;
        }
    }

    private static void abortAfter(RuntimeException failure, NativeCommunicator communicator) {
        try {
            communicator.abort();
        } catch (RuntimeException e) {
            failure.addSuppressed(e);
        }
    }
}
