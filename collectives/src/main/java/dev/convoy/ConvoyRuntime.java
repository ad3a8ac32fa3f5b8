/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy;

import dev.convoy.bindings.NativeRuntime;
import dev.convoy.bindings.NativeRuntime.Kind;
import dev.convoy.bindings.RuntimeProbe;
import dev.convoy.bindings.Runtimes;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The native libraries behind collectives, opened: where everything begins.
 *
 * <p>Without an argument the system property {@code convoy.runtime} or the environment variable {@code CONVOY_RUNTIME}
 * decides ({@code auto}, {@code cuda} or {@code host}); automatic is NVIDIA's if it is there, else the host runtime. Of
 * each there is one object a process, for all threads.
 */
public final class ConvoyRuntime implements AutoCloseable {
    private static final int ID_BYTES = UniqueId.SIZE;
    private static final int ABORT_IN_GROUP = 2_22_03;

    /** One a process, since devices, groups and memory of a library are one a process. */
    private static final Map<Kind, ConvoyRuntime> OPENED = new ConcurrentHashMap<>();

    private final NativeRuntime natives;
    private final Status status;
    private final List<Device> devices;
    private final Set<Capability> capabilities;
    private final AtomicInteger openGroups = new AtomicInteger();
    private final ThreadLocal<Group> groups = ThreadLocal.withInitial(() -> new Group(this));

    ConvoyRuntime(NativeRuntime natives) {
        this.natives = natives;
        this.status = new Status(natives);
        this.devices = IntStream.range(0, natives.deviceCount())
                .mapToObj(index -> new Device(this, index))
                .toList();
        this.capabilities = capabilities(natives);
        Formation.prepare();
    }

    /**
     * Opens the runtime that the property or the environment asks for, else chooses one.
     *
     * @return the runtime
     * @throws RuntimeUnavailableException if there is none, with the reasons
     */
    public static ConvoyRuntime open() {
        return open(RuntimeKind.AUTO);
    }

    /**
     * Opens a runtime.
     *
     * @param kind which one; {@link RuntimeKind#AUTO} heeds the property and the environment
     * @return the runtime
     * @throws RuntimeUnavailableException if it is not available, with the reasons
     */
    public static ConvoyRuntime open(RuntimeKind kind) {
        return switch (kind) {
            case CUDA -> open(kind, Kind.CUDA);
            case HOST -> open(kind, Kind.HOST);
            case AUTO -> openConfigured();
        };
    }

    private static ConvoyRuntime openConfigured() {
        Optional<Kind> configured = Runtimes.configured();
        if (configured.isPresent()) {
            return open(RuntimeKind.AUTO, configured.get());
        }
        boolean cuda = Runtimes.probe(Kind.CUDA).runtime().isPresent();
        return cuda ? open(RuntimeKind.AUTO, Kind.CUDA) : open(RuntimeKind.AUTO, Kind.CUDA, Kind.HOST);
    }

    private static ConvoyRuntime open(RuntimeKind wanted, Kind... kinds) {
        List<String> reasons = new ArrayList<>();
        for (Kind kind : kinds) {
            RuntimeProbe probe = Runtimes.probe(kind);
            if (probe.runtime().isPresent()) {
                return OPENED.computeIfAbsent(
                        kind, _ -> new ConvoyRuntime(probe.runtime().get()));
            }
            reasons.add(kind + ": " + probe.reason());
        }
        throw new RuntimeUnavailableException(wanted, reasons);
    }

    private static Set<Capability> capabilities(NativeRuntime natives) {
        return Arrays.stream(Capability.values())
                .filter(capability -> capability.functions().stream().allMatch(function -> has(natives, function)))
                .collect(Collectors.toCollection(() -> EnumSet.noneOf(Capability.class)));
    }

    private static boolean has(NativeRuntime natives, String function) {
        return natives.nccl().supports(function)
                || natives.cuda().supports(function)
                || natives.extensions().filter(e -> e.supports(function)).isPresent();
    }

    /**
     * Which runtime it is.
     *
     * @return {@link RuntimeKind#CUDA} or {@link RuntimeKind#HOST}
     */
    public RuntimeKind kind() {
        return natives.kind() == Kind.CUDA ? RuntimeKind.CUDA : RuntimeKind.HOST;
    }

    /**
     * The file that holds NCCL's functions.
     *
     * @return its path
     */
    public String library() {
        return natives.library();
    }

    /**
     * The version of NCCL that the library is, or whose interface it has.
     *
     * @return such as {@code 2.29.3}
     */
    public String version() {
        return natives.versionText();
    }

    /**
     * How many devices there are.
     *
     * @return at least 1
     */
    public int deviceCount() {
        return devices.size();
    }

    /**
     * A device.
     *
     * @param index from 0
     * @return the device
     * @throws IndexOutOfBoundsException if there is no such device
     */
    public Device device(int index) {
        return devices.get(index);
    }

    /**
     * What the libraries offer of that which not all versions do.
     *
     * @return the capabilities
     */
    public Set<Capability> capabilities() {
        return Set.copyOf(capabilities);
    }

    /**
     * Tells whether the libraries offer something.
     *
     * @param capability what
     * @return whether it can be used
     */
    public boolean supports(Capability capability) {
        return capabilities.contains(capability);
    }

    /**
     * Begins a group: the operations that the calling thread enqueues until the group is closed start together, on
     * whichever communicators they are. That is how a rank sends and receives at once, and how one thread drives
     * several ranks. Groups may be nested; the outermost one counts.
     *
     * @return the group, to be closed by the same thread
     * @throws IllegalStateException on a virtual thread: the library counts groups by native thread, and a virtual one
     *     changes it
     */
    public Group group() {
        return groups.get().enter();
    }

    /**
     * Runs operations as a group.
     *
     * @param operations enqueues them, in the calling thread
     * @see #group()
     */
    public void group(Runnable operations) {
        try (Group _ = group()) {
            operations.run();
        }
    }

    /**
     * Says that the caller has no more use for the runtime. It is shared by the process, so that nothing is freed:
     * libraries stay loaded, and what was made with it lives on.
     */
    @Override
    public void close() {
        // Nothing to free, see above; the method is there so that a runtime reads like every other resource.
    }

    @Override
    public String toString() {
        return "ConvoyRuntime[" + kind() + ", NCCL " + version() + ", " + library() + "]";
    }

    UniqueId newUniqueId() {
        try (var arena = Arena.ofConfined()) {
            var id = arena.allocate(ID_BYTES, Long.BYTES);
            status.checkNccl(natives.nccl().getUniqueId(id.address()), "ncclGetUniqueId");
            return new UniqueId(id.toArray(ValueLayout.JAVA_BYTE));
        }
    }

    /** Since 2.22.3 NCCL takes several aborts in a group; the host runtime aborts without waiting for anybody. */
    boolean abortsInGroups() {
        return natives.kind() == Kind.CUDA && natives.version() >= ABORT_IN_GROUP;
    }

    Group currentGroup() {
        return groups.get();
    }

    /** The open group of the calling thread, or null. Asked by every operation, and mostly nobody has one. */
    Group openGroup() {
        if (openGroups.get() == 0) {
            return null;
        }
        Group group = groups.get();
        return group.isOpen() ? group : null;
    }

    /** How many threads have a group open; each counts itself. */
    AtomicInteger openGroups() {
        return openGroups;
    }

    NativeRuntime natives() {
        return natives;
    }

    Status status() {
        return status;
    }
}
