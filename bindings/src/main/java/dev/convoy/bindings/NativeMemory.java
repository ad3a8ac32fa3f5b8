/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.bindings;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;

/** Memory at addresses that came from a native library. The caller vouches for address, size and lifetime. */
public final class NativeMemory {
    /** Made on first use: it needs native access, which {@link Platform} asks for before. */
    private static final class Shared {
        static final VarHandle LONG = ValueLayout.JAVA_LONG.varHandle();
        static final MemorySegment ALL = view(0, Long.MAX_VALUE);
    }

    private NativeMemory() {}

    /**
     * A view of native memory that lives for ever; for short use inside one method.
     *
     * @param address where it begins
     * @param bytes its size
     * @return the segment
     */
    @SuppressWarnings("restricted")
    public static MemorySegment view(long address, long bytes) {
        return MemorySegment.ofAddress(address).reinterpret(bytes);
    }

    /**
     * A view of native memory that dies with an arena.
     *
     * @param address where it begins
     * @param bytes its size
     * @param arena whose lifetime the view has
     * @return the segment
     */
    @SuppressWarnings("restricted")
    public static MemorySegment view(long address, long bytes, Arena arena) {
        return MemorySegment.ofAddress(address).reinterpret(bytes, arena, null);
    }

    /**
     * Reads a C string.
     *
     * @param address of its first character, or 0
     * @return the string, empty for 0
     */
    @SuppressWarnings("restricted")
    public static String text(long address) {
        return address == 0
                ? ""
                : MemorySegment.ofAddress(address).reinterpret(Long.MAX_VALUE).getString(0);
    }

    /**
     * Reads an {@code int}.
     *
     * @param address where it is
     * @return its value
     */
    public static int intAt(long address) {
        return view(address, Integer.BYTES).get(ValueLayout.JAVA_INT_UNALIGNED, 0);
    }

    /**
     * Reads a {@code long}.
     *
     * @param address where it is
     * @return its value
     */
    public static long longAt(long address) {
        return view(address, Long.BYTES).get(ValueLayout.JAVA_LONG_UNALIGNED, 0);
    }

    /**
     * Reads a {@code long} that another thread writes: what that thread wrote before is seen, too.
     *
     * @param address where it is, a multiple of 8
     * @return its value
     */
    public static long longAtAcquire(long address) {
        return (long) Shared.LONG.getAcquire(Shared.ALL, address);
    }

    /**
     * Writes a {@code long}.
     *
     * @param address where
     * @param value its value
     */
    public static void setLong(long address, long value) {
        view(address, Long.BYTES).set(ValueLayout.JAVA_LONG_UNALIGNED, 0, value);
    }
}
