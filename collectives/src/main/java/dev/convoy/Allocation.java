/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy;

import dev.convoy.bindings.NativeRuntime.Kind;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;

/** Memory of a device that a buffer owns, and its slices share. */
final class Allocation {
    private final Root root;
    private final boolean owner;

    /** What there is once an allocation, however many slices look at it. */
    private static final class Root {
        final Device device;
        final MemoryKind kind;
        final long address;
        final boolean borrowed;
        final Lifetime lifetime = new Lifetime();
        final List<LibraryObject> users = new ArrayList<>();
        Arena arena;

        Root(Device device, MemoryKind kind, long address, boolean borrowed) {
            this.device = device;
            this.kind = kind;
            this.address = address;
            this.borrowed = borrowed;
        }
    }

    private Allocation(Device device, MemoryKind kind, long address, boolean borrowed) {
        this(new Root(device, kind, address, borrowed), true);
    }

    /** Memory that is freed in the end. */
    static Allocation owning(Device device, MemoryKind kind, long address) {
        return new Allocation(device, kind, address, false);
    }

    /** Memory that something else frees. */
    static Allocation borrowing(Device device, MemoryKind kind, long address) {
        return new Allocation(device, kind, address, true);
    }

    private Allocation(Root root, boolean owner) {
        this.root = root;
        this.owner = owner;
    }

    /** The same memory for a slice, which does not free it. */
    Allocation shared() {
        return owner ? new Allocation(root, false) : this;
    }

    Device device() {
        return root.device;
    }

    MemoryKind kind() {
        return root.kind;
    }

    void check(DeviceBuffer buffer) {
        root.lifetime.check(buffer);
    }

    boolean isHostAccessible() {
        return root.kind == MemoryKind.PINNED_HOST || root.device.natives().kind() == Kind.HOST;
    }

    /** The lifetime of views; made on demand, because closing a shared arena is dear. */
    Arena arena(DeviceBuffer buffer) {
        synchronized (root) {
            // Looked at in here, or a view made while another thread closes would outlive the memory.
            root.lifetime.check(buffer);
            if (root.arena == null) {
                root.arena = Arena.ofShared();
            }
            return root.arena;
        }
    }

    void usedBy(LibraryObject user, DeviceBuffer buffer) {
        synchronized (root) {
            root.lifetime.check(buffer);
            root.users.removeIf(each -> !each.isLive());
            root.users.add(user);
        }
    }

    void close() {
        if (owner && end() && root.address != 0 && !root.borrowed) {
            root.device.reclaimer().free(root.kind, root.address);
        }
    }

    /** Ends the views, then the buffer: while somebody is inside a view, both stay. True for the first caller only. */
    private boolean end() {
        synchronized (root) {
            if (root.lifetime.hasEnded()) {
                return false;
            }
            if (root.users.stream().anyMatch(LibraryObject::isLive)) {
                throw new IllegalStateException("memory at 0x" + Long.toHexString(root.address)
                        + " has an open window or registration: close that first, or the communicator");
            }
            if (root.arena != null) {
                root.arena.close();
            }
            return root.lifetime.end();
        }
    }
}
