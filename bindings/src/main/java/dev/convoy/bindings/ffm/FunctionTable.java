/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.bindings.ffm;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.Collections;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;

/**
 * Links the functions of one library by name, all at once: a first link costs tens of milliseconds, which must not fall
 * into a recovery. A function that the library lacks becomes a handle that throws the reason.
 */
final class FunctionTable {
    private static final MethodHandle ABSENT;

    static {
        try {
            ABSENT = MethodHandles.lookup()
                    .findStatic(
                            FunctionTable.class,
                            "absent",
                            MethodType.methodType(UnsupportedOperationException.class, String.class));
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final DynamicLibrary library;
    private final Set<String> present = new TreeSet<>();

    FunctionTable(DynamicLibrary library) {
        this.library = library;
    }

    /** A function that returns a status. */
    MethodHandle status(String name, MemoryLayout... parameters) {
        return link(name, FunctionDescriptor.of(ValueLayout.JAVA_INT, parameters));
    }

    /** A function that returns the address of a C string. */
    MethodHandle text(String name, MemoryLayout... parameters) {
        return link(name, FunctionDescriptor.of(ValueLayout.JAVA_LONG, parameters));
    }

    boolean supports(String name) {
        return present.contains(name);
    }

    Set<String> present() {
        return Collections.unmodifiableSet(present);
    }

    @SuppressWarnings("restricted")
    private MethodHandle link(String name, FunctionDescriptor descriptor) {
        OptionalLong address = library.symbol(name);
        if (address.isEmpty()) {
            return thrower(descriptor.toMethodType(), name + " is not in " + library.path());
        }
        present.add(name);
        return Linker.nativeLinker().downcallHandle(MemorySegment.ofAddress(address.getAsLong()), descriptor);
    }

    private static MethodHandle thrower(MethodType type, String reason) {
        MethodHandle thrower = MethodHandles.throwException(type.returnType(), UnsupportedOperationException.class);
        return MethodHandles.dropArguments(
                MethodHandles.foldArguments(thrower, ABSENT.bindTo(reason)), 0, type.parameterList());
    }

    private static UnsupportedOperationException absent(String reason) {
        return new UnsupportedOperationException(reason);
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
