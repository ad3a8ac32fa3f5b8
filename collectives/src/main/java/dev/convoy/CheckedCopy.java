/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy;

import dev.convoy.bindings.HostExtensions;
import java.lang.foreign.MemorySegment;
import java.util.zip.CRC32C;

/**
 * Copies memory that the CPU reaches and says its CRC32C (Castagnoli). Where the runtime can, what is copied is read
 * once for both and written past the caches, which is what much data that nobody looks at soon wants. All threads may
 * use it.
 */
public final class CheckedCopy {
    /** Bytes taken at once: a thread that is inside the JDK's checksum holds a garbage collection up. */
    private static final long PIECE = 1L << 20;

    private final Device device;
    private final HostExtensions extensions;

    private CheckedCopy(Device device, HostExtensions extensions) {
        this.device = device;
        this.extensions = extensions;
    }

    /**
     * Prepares copies.
     *
     * @param device whose pinned memory, or memory that the CPU sees, is copied
     * @return the same for all memory of the process
     */
    public static CheckedCopy of(Device device) {
        HostExtensions found = device.runtime().supports(Capability.CHECKED_COPY)
                ? device.natives().extensions().orElseThrow()
                : null;
        boolean works =
                found != null && found.copyChecksum(0, NativeCells.ofThread().second(), 1, cell()) == Status.SUCCESS;
        return new CheckedCopy(device, works ? found : null);
    }

    private static long cell() {
        return NativeCells.ofThread().first();
    }

    /**
     * Whether this runtime and CPU copy and checksum in one pass, and receive so, too.
     *
     * @return false if it takes two passes here, and checksums cannot be had with what is received
     */
    public boolean isFused() {
        return extensions != null;
    }

    /**
     * Copies and checksums, at once.
     *
     * @param from what is copied, outside the heap
     * @param to where to, outside the heap; as many bytes, apart from {@code from}
     * @return the CRC32C, 0 to 2<sup>32</sup> − 1
     * @throws IllegalArgumentException if the sizes differ
     */
    public long copy(MemorySegment from, MemorySegment to) {
        if (from.byteSize() != to.byteSize()) {
            throw new IllegalArgumentException(from.byteSize() + " bytes cannot be copied to " + to.byteSize());
        }
        if (extensions == null) {
            to.copyFrom(from);
            return checksum(to);
        }
        long cell = cell();
        int status = extensions.copyChecksum(to.address(), from.address(), from.byteSize(), cell);
        device.status().checkCuda(status, "convoyCopyChecksum");
        return Integer.toUnsignedLong(NativeCells.ofThread().firstInt());
    }

    /**
     * Checksums.
     *
     * @param memory any memory
     * @return the CRC32C, 0 to 2<sup>32</sup> − 1
     */
    public static long checksum(MemorySegment memory) {
        CRC32C crc = new CRC32C();
        for (long done = 0; done < memory.byteSize(); done += PIECE) {
            long length = Math.min(PIECE, memory.byteSize() - done);
            crc.update(memory.asSlice(done, length).asByteBuffer());
        }
        return crc.getValue();
    }
}
