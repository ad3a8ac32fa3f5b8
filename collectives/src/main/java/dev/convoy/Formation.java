/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy;

import dev.convoy.bindings.Nccl;
import dev.convoy.bindings.NcclConfig;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandles;
import java.util.ArrayList;
import java.util.List;

/** Forms communicators: bounded, revocable, and without anything left behind when it fails. */
final class Formation {
    /** What forming a communicator runs through. */
    private static final List<Class<?>> CLASSES = List.of(
            CommunicatorOptions.class,
            Collectives.class,
            Communicator.class,
            GroupedTransfers.class,
            Arguments.class,
            NativeCommunicator.class,
            CommunicatorWaits.class,
            Inspection.class,
            Ending.class,
            Children.class,
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

    static NativeCommunicator init(
            Device device, List<UniqueId> ids, int worldSize, int rank, CommunicatorOptions options) {
        NativeCommunicator begun = begin(device, ids, worldSize, rank, options);
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
                begun.add(begin(devices.get(rank), List.of(id), devices.size(), rank, options));
            }
            begun.forEach(
                    communicator -> communicator.waits().awaitAsynchronous(Operation.INIT, 0, options.initDeadline()));
        } catch (RuntimeException e) {
            begun.forEach(communicator -> abortAfter(e, communicator));
            throw e;
        }
        return begun;
    }

    private static NativeCommunicator begin(
            Device device, List<UniqueId> ids, int worldSize, int rank, CommunicatorOptions options) {
        Arena arena = Arena.ofAuto();
        NcclConfig config = config(device, options, arena);
        MemorySegment bytes = arena.allocate((long) ids.size() * UniqueId.SIZE);
        for (int i = 0; i < ids.size(); i++) {
            MemorySegment.copy(
                    ids.get(i).bytes(), 0, bytes, ValueLayout.JAVA_BYTE, (long) i * UniqueId.SIZE, UniqueId.SIZE);
        }
        MemorySegment out = arena.allocate(ValueLayout.JAVA_LONG);
        device.makeCurrent();
        Nccl nccl = device.natives().nccl();
        int status = ids.size() == 1
                ? nccl.commInitRankConfig(out.address(), worldSize, bytes.address(), rank, config.address())
                : nccl.commInitRankScalable(
                        out.address(), worldSize, rank, ids.size(), bytes.address(), config.address());
        long handle = out.get(ValueLayout.JAVA_LONG, 0);
        return begun(device, status, Operation.INIT, worldSize, rank, options, arena, handle);
    }

    static NcclConfig config(Device device, CommunicatorOptions options, Arena arena) {
        return NcclConfig.allocate(arena, device.natives().version())
                .blocking(options.blocking())
                .name(options.name());
    }

    private static NativeCommunicator begun(
            Device device,
            int status,
            Operation operation,
            int worldSize,
            int rank,
            CommunicatorOptions options,
            Arena arena,
            long handle) {
        if (status == Status.SUCCESS || status == Status.NCCL_IN_PROGRESS) {
            return new NativeCommunicator(device, rank, worldSize, options, arena, handle);
        }
        ErrorDetails details = device.status().ncclDetails(status, operation.function(), handle);
        if (handle != 0) {
            device.natives().nccl().commAbort(handle);
        }
        throw Status.ncclException(details.in(options, rank, operation, 0));
    }

    /** A new rank of a communicator that grows; its old ranks are in {@link Offspring}. */
    static NativeCommunicator joinGrowth(
            Device device, UniqueId id, int worldSize, int rank, CommunicatorOptions options) {
        Arena arena = Arena.ofAuto();
        NcclConfig config = config(device, options, arena);
        MemorySegment idBytes = arena.allocateFrom(ValueLayout.JAVA_BYTE, id.bytes());
        MemorySegment out = arena.allocate(ValueLayout.JAVA_LONG);
        device.makeCurrent();
        int status = device.natives()
                .nccl()
                .commGrow(0, worldSize, idBytes.address(), rank, out.address(), config.address());
        NativeCommunicator begun = begun(
                device, status, Operation.GROW, worldSize, rank, options, arena, out.get(ValueLayout.JAVA_LONG, 0));
        return awaitReady(begun, Operation.GROW);
    }

    static NativeCommunicator awaitReady(NativeCommunicator begun, Operation operation) {
        try {
            begun.waits().awaitAsynchronous(operation, 0, begun.options().initDeadline());
            return begun;
        } catch (RuntimeException e) {
            abortAfter(e, begun);
            throw e;
        }
    }

    private static void abortAfter(RuntimeException failure, NativeCommunicator communicator) {
        try {
            communicator.ending().abort();
        } catch (RuntimeException e) {
            failure.addSuppressed(e);
        }
    }
}
