/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy;

import dev.convoy.bindings.NativeMemory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * A few bytes of native memory for out-parameters, kept by the object or thread that makes the calls, so that a call
 * allocates nothing.
 */
final class NativeCells {
    private static final long CELLS = 4;
    private static final ThreadLocal<NativeCells> OF_THREAD = ThreadLocal.withInitial(NativeCells::new);

    /** Collected with this object: whoever hands out an address keeps this reachable during the call. */
    private final MemorySegment memory = Arena.ofAuto().allocate(CELLS * Long.BYTES, Long.BYTES);

    static NativeCells ofThread() {
        return OF_THREAD.get();
    }

    /** The first cell's address. */
    long first() {
        return memory.address();
    }

    /** The second cell's address. */
    long second() {
        return memory.address() + Long.BYTES;
    }

    int firstInt() {
        return NativeMemory.intAt(first());
    }

    long firstLong() {
        return NativeMemory.longAt(first());
    }

    long secondLong() {
        return NativeMemory.longAt(second());
    }

    void clear() {
        memory.fill((byte) 0);
    }
}
