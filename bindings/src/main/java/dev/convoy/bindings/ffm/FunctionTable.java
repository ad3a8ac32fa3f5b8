/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.bindings.ffm;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.convoy.bindings.AbsentFunctionException;
import dev.convoy.bindings.NativeFunction;
import dev.convoy.bindings.NcclLayouts;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;

/** Links the functions of one library by name. One that the library lacks throws the reason when it is called. */
final class FunctionTable {
    private final DynamicLibrary library;
    private final NativeFunction[] functions;
    /** Filled as functions are called; without a lock, since a handle is safe to publish and to make twice. */
    private final MethodHandle[] handles;

    FunctionTable(DynamicLibrary library, NativeFunction[] functions) {
        this.library = library;
        this.functions = functions;
        this.handles = new MethodHandle[functions.length];
    }

    /** The handle of a function, which is linked if this is the first time that it is asked for. */
    MethodHandle handle(NativeFunction function) {
        MethodHandle linked = handles[function.ordinal()];
        if (linked != null) {
            return linked;
        }
        OptionalLong address = library.symbol(function.symbol());
        if (address.isEmpty()) {
            throw absent(function);
        }
        MethodHandle handle = downcall(address.getAsLong(), descriptor(function.signature()));
        handles[function.ordinal()] = handle;
        return handle;
    }

    /** Links a function now; if the library lacks it, a handle that throws the reason stands for it. */
    MethodHandle link(NativeFunction function) {
        return library.has(function.symbol()) ? handle(function) : thrower(function);
    }

    void prepare(String symbol) {
        for (NativeFunction function : functions) {
            if (function.symbol().equals(symbol)) {
                prepare(function);
            }
        }
    }

    /** Links those of the functions that the library has. */
    void prepare(NativeFunction... wanted) {
        for (NativeFunction function : wanted) {
            if (library.has(function.symbol())) {
                handle(function);
            }
        }
    }

    boolean supports(String symbol) {
        for (NativeFunction function : functions) {
            if (function.symbol().equals(symbol)) {
                return library.has(symbol);
            }
        }
        return false;
    }

    Set<String> present() {
        Set<String> present = new TreeSet<>();
        for (NativeFunction function : functions) {
            if (library.has(function.symbol())) {
                present.add(function.symbol());
            }
        }
        return present;
    }

    @SuppressWarnings("restricted")
    private static MethodHandle downcall(long address, FunctionDescriptor descriptor) {
        return Linker.nativeLinker().downcallHandle(MemorySegment.ofAddress(address), descriptor);
    }

    private static FunctionDescriptor descriptor(String signature) {
        int end = signature.indexOf(')');
        MemoryLayout[] parameters = new MemoryLayout[end - 1];
        for (int i = 0; i < parameters.length; i++) {
            parameters[i] = layout(signature.charAt(i + 1));
        }
        return signature.charAt(end + 1) == 'V'
                ? FunctionDescriptor.ofVoid(parameters)
                : FunctionDescriptor.of(layout(signature.charAt(end + 1)), parameters);
    }

    private static MemoryLayout layout(char type) {
        return switch (type) {
            case 'I' -> JAVA_INT;
            case 'L', 'T' -> JAVA_LONG;
            case 'U' -> NcclLayouts.UNIQUE_ID;
            default -> throw new IllegalArgumentException("no C type is called " + type);
        };
    }

    private MethodHandle thrower(NativeFunction function) {
        try {
            MethodType type = descriptor(function.signature()).toMethodType();
            MethodHandle reason = MethodHandles.lookup()
                    .findVirtual(
                            FunctionTable.class,
                            "absent",
                            MethodType.methodType(AbsentFunctionException.class, NativeFunction.class));
            MethodHandle thrower = MethodHandles.throwException(type.returnType(), AbsentFunctionException.class);
            return MethodHandles.dropArguments(
                    MethodHandles.foldArguments(thrower, MethodHandles.insertArguments(reason, 0, this, function)),
                    0,
                    type.parameterList());
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("a class finds its own method", e);
        }
    }

    private AbsentFunctionException absent(NativeFunction function) {
        return new AbsentFunctionException(function, library.path(), version(function.origin()));
    }

    /** The version that the library tells, or 0. */
    private int version(NativeFunction.Origin origin) {
        OptionalLong address = library.symbol(origin.versionSymbol());
        if (address.isEmpty()) {
            return 0;
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment cell = arena.allocate(JAVA_INT);
            int status = (int) downcall(address.getAsLong(), FunctionDescriptor.of(JAVA_INT, JAVA_LONG))
                    .invokeExact(cell.address());
            return status == 0 ? cell.get(JAVA_INT, 0) : 0;
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /** What a handle throws: our own reason for an absent function; nothing else can come out of a downcall. */
    static RuntimeException unexpected(Throwable thrown) {
        if (thrown instanceof Error error) {
            throw error;
        }
        if (thrown instanceof RuntimeException exception) {
            return exception;
        }
        return new IllegalStateException("a native call threw a checked exception", thrown);
    }
}
