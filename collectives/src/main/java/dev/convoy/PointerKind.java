/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Asks the library what memory is behind an address that came from elsewhere. */
final class PointerKind {
    /** {@code cudaPointerAttributes}: type, device, two pointers; CUDA 13 added 64 reserved bytes. */
    private static final long ATTRIBUTES_BYTES = 128;

    private static final long DEVICE_AT = Integer.BYTES;
    private static final int PINNED = 1;
    private static final int DEVICE = 2;
    private static final int MANAGED = 3;

    private PointerKind() {}

    static MemoryKind of(Device device, long address) {
        device.makeCurrent();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment attributes = arena.allocate(ATTRIBUTES_BYTES, Long.BYTES);
            int asked = device.natives().cuda().pointerGetAttributes(attributes.address(), address);
            device.status().checkCuda(asked, "cudaPointerGetAttributes");
            int type = attributes.get(ValueLayout.JAVA_INT, 0);
            int owner = attributes.get(ValueLayout.JAVA_INT, DEVICE_AT);
            if (type == PINNED) {
                return MemoryKind.PINNED_HOST;
            }
            if (type == MANAGED || type == DEVICE && owner == device.index()) {
                return MemoryKind.DEVICE;
            }
            throw new IllegalArgumentException("0x" + Long.toHexString(address) + " is neither memory of " + device
                    + " nor page-locked" + (type == DEVICE ? ", but memory of device " + owner : ""));
        }
    }
}
