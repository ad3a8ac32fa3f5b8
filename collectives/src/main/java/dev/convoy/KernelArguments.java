/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * The structure that a kernel takes, while it is being filled in. All fields of all kernels are words of 8 bytes, so
 * that a structure is its fields in their order. One is kept by each thread, since a launch copies it.
 */
final class KernelArguments {
    /** Of the largest structure: that of a multiplication. */
    private static final int WORDS = 12;

    private static final ThreadLocal<KernelArguments> OF_THREAD = ThreadLocal.withInitial(KernelArguments::new);

    /** The structure, and behind it what the driver takes: the address of each parameter, of which there is one. */
    private final MemorySegment memory = Arena.ofAuto().allocate((WORDS + 1) * Long.BYTES, Long.BYTES);

    private int words;

    private KernelArguments() {
        memory.setAtIndex(ValueLayout.JAVA_LONG, WORDS, memory.address());
    }

    /** The calling thread's, empty. */
    static KernelArguments begin() {
        KernelArguments arguments = OF_THREAD.get();
        arguments.words = 0;
        return arguments;
    }

    KernelArguments add(long value) {
        memory.setAtIndex(ValueLayout.JAVA_LONG, words, value);
        words++;
        return this;
    }

    KernelArguments add(double value) {
        return add(Double.doubleToRawLongBits(value));
    }

    KernelArguments add(DataType type) {
        return add((long) type.code());
    }

    long address() {
        return memory.address();
    }

    long bytes() {
        return (long) words * Long.BYTES;
    }

    /** For the driver: address of the array of addresses of the parameters. */
    long parameters() {
        return memory.address() + WORDS * Long.BYTES;
    }
}
