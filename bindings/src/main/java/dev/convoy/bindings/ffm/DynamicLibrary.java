/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.bindings.ffm;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.convoy.bindings.LibraryRefusedException;
import dev.convoy.bindings.NativeMemory;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.OptionalLong;

/**
 * A shared library opened by the system's loader, for good. The JDK's own lookup is not used, because it does not tell
 * the loader's reason when a library is refused.
 */
public final class DynamicLibrary {
    private static final int RTLD_NOW = 2;
    /** {@code Dl_info}: file name, base, symbol name, symbol address. */
    private static final long DL_INFO_BYTES = 32;

    private static final MethodHandle DLOPEN = libc("dlopen", JAVA_LONG, JAVA_LONG, JAVA_INT);
    private static final MethodHandle DLERROR = libc("dlerror", JAVA_LONG);
    private static final MethodHandle DLSYM = libc("dlsym", JAVA_LONG, JAVA_LONG, JAVA_LONG);
    private static final MethodHandle DLADDR = libc("dladdr", JAVA_INT, JAVA_LONG, JAVA_LONG);

    private final long handle;
    private final String name;

    private DynamicLibrary(long handle, String name) {
        this.handle = handle;
        this.name = name;
    }

    /**
     * Opens a library.
     *
     * @param name a path, or a name that the loader searches for
     * @return the library
     * @throws LibraryRefusedException with the loader's own reason
     */
    public static DynamicLibrary open(String name) throws LibraryRefusedException {
        if (name.isEmpty()) {
            // The loader takes this for the program itself.
            throw new LibraryRefusedException("the name of the library is empty");
        }
        try (Arena arena = Arena.ofConfined()) {
            long handle = (long) DLOPEN.invokeExact(arena.allocateFrom(name).address(), RTLD_NOW);
            if (handle == 0) {
                throw new LibraryRefusedException(NativeMemory.text((long) DLERROR.invokeExact()));
            }
            return new DynamicLibrary(handle, name);
        } catch (LibraryRefusedException e) {
            throw e;
        } catch (Throwable e) {
            throw FunctionTable.unexpected(e);
        }
    }

    /**
     * Tells whether the library has a function.
     *
     * @param symbol its name
     * @return whether it is there
     */
    public boolean has(String symbol) {
        return symbol(symbol).isPresent();
    }

    OptionalLong symbol(String symbol) {
        try (Arena arena = Arena.ofConfined()) {
            long address =
                    (long) DLSYM.invokeExact(handle, arena.allocateFrom(symbol).address());
            return address == 0 ? OptionalLong.empty() : OptionalLong.of(address);
        } catch (Throwable e) {
            throw FunctionTable.unexpected(e);
        }
    }

    /**
     * The file that holds a function.
     *
     * @param symbol name of a function that the library has
     * @return the path as the loader resolved it, or the name that was opened
     */
    public String fileOf(String symbol) {
        OptionalLong address = symbol(symbol);
        if (address.isEmpty()) {
            return name;
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment info = arena.allocate(DL_INFO_BYTES, Long.BYTES);
            int found = (int) DLADDR.invokeExact(address.getAsLong(), info.address());
            return found == 0 ? name : NativeMemory.text(info.get(JAVA_LONG, 0));
        } catch (Throwable e) {
            throw FunctionTable.unexpected(e);
        }
    }

    /**
     * What was opened.
     *
     * @return the path or name that was given
     */
    public String path() {
        return name;
    }

    @SuppressWarnings("restricted")
    private static MethodHandle libc(String symbol, MemoryLayout result, MemoryLayout... parameters) {
        Linker linker = Linker.nativeLinker();
        return linker.downcallHandle(
                linker.defaultLookup().findOrThrow(symbol), FunctionDescriptor.of(result, parameters));
    }
}
