/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.bindings.javacpp;

import dev.convoy.bindings.AbsentFunctionException;
import dev.convoy.bindings.Binding;
import dev.convoy.bindings.NativeFunction;
import dev.convoy.bindings.NativeLibrary;
import dev.convoy.bindings.NativeMemory;
import dev.convoy.bindings.ffm.DynamicLibrary;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.LongToIntFunction;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;

/**
 * What JavaCPP's bindings of a library have in common. JavaCPP binds a symbol when it is first called, and a missing
 * one ends the process; so the library is asked beforehand.
 */
abstract class JavaCppLibrary implements NativeLibrary {
    private static final int SUCCESS = 0;

    private final DynamicLibrary library;
    private final NativeFunction[] functions;
    private final boolean[] present;

    /** Release of the header that JavaCPP was given; 0 where its bindings are complete. */
    private final int newest;

    JavaCppLibrary(DynamicLibrary library, NativeFunction[] functions, int newest) {
        this.library = library;
        this.newest = newest;
        this.functions = functions;
        this.present = new boolean[functions.length];
        for (NativeFunction function : functions) {
            present[function.ordinal()] = isBound(function) && library.has(function.symbol());
        }
    }

    private boolean isBound(NativeFunction function) {
        return newest == 0 || function.since() <= newest;
    }

    /** The version code of the library, or 0. */
    abstract int version();

    @Override
    public final Binding binding() {
        return Binding.JAVACPP;
    }

    @Override
    public final boolean supports(String symbol) {
        for (NativeFunction function : functions) {
            if (function.symbol().equals(symbol)) {
                return present[function.ordinal()];
            }
        }
        return false;
    }

    @Override
    public final Set<String> functions() {
        Set<String> symbols = new TreeSet<>();
        for (NativeFunction function : functions) {
            if (present[function.ordinal()]) {
                symbols.add(function.symbol());
            }
        }
        return symbols;
    }

    @Override
    public final void prepare(String symbol) {
        // The loader binds JNI functions fast enough.
    }

    /** The calling thread's pointers for a call of a function that is there. */
    final Arguments arguments(NativeFunction function) {
        require(function);
        return Arguments.ofThread();
    }

    final void require(NativeFunction function) {
        if (!present[function.ordinal()]) {
            throw absent(function);
        }
    }

    /** The reason for which a function cannot be called. */
    public final AbsentFunctionException absent(NativeFunction function) {
        return isBound(function)
                ? new AbsentFunctionException(function, library.path(), version())
                : new AbsentFunctionException(function, "JavaCPP's bindings", newest);
    }

    static int read(LongToIntFunction call) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment cell = arena.allocate(ValueLayout.JAVA_INT);
            return call.applyAsInt(cell.address()) == SUCCESS ? cell.get(ValueLayout.JAVA_INT, 0) : 0;
        }
    }

    static String text(BytePointer characters) {
        return characters == null || characters.isNull() ? "" : characters.getString();
    }

    /** Puts the handle that a call has made where the caller wants it. */
    static int handedOver(int status, Pointer handle, long address) {
        if (status == SUCCESS) {
            NativeMemory.setLong(address, handle.address());
        }
        return status;
    }
}
