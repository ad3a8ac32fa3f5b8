/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.benchmarks.calls;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.convoy.benchmarks.Natives;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;

/** The loops of {@code baseline.c}. Load the host runtime first: the library is bound to the one that is there. */
final class Baseline {
    private static final SymbolLookup LIBRARY = load();
    private static final MethodHandle ALL_REDUCE =
            link("baselineAllReduce", JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG);
    private static final MethodHandle COMM_COUNT = link("baselineCommCount", JAVA_LONG, JAVA_LONG, JAVA_LONG);
    private static final MethodHandle ASYNC_ERROR = link("baselineAsyncError", JAVA_LONG, JAVA_LONG, JAVA_LONG);

    private Baseline() {}

    @SuppressWarnings("restricted")
    private static SymbolLookup load() {
        return SymbolLookup.libraryLookup(Natives.file("libconvoy_baseline.so"), Arena.global());
    }

    @SuppressWarnings("restricted")
    private static MethodHandle link(String function, MemoryLayout... parameters) {
        return Linker.nativeLinker()
                .downcallHandle(LIBRARY.findOrThrow(function), FunctionDescriptor.of(JAVA_INT, parameters));
    }

    /** Reduces and asks the stream, so many times. */
    static int allReduce(OneRank rank, long calls) {
        try {
            return (int) ALL_REDUCE.invokeExact(rank.send, rank.receive, OneRank.COUNT, rank.comm, rank.stream, calls);
        } catch (Throwable e) {
            throw new IllegalStateException("a native call threw", e);
        }
    }

    /** Asks for the number of ranks, so many times. */
    static int commCount(OneRank rank, long calls) {
        try {
            return (int) COMM_COUNT.invokeExact(rank.comm, rank.cell(), calls);
        } catch (Throwable e) {
            throw new IllegalStateException("a native call threw", e);
        }
    }

    /** Asks for the asynchronous status, so many times. */
    static int asyncError(OneRank rank, long calls) {
        try {
            return (int) ASYNC_ERROR.invokeExact(rank.comm, rank.cell(), calls);
        } catch (Throwable e) {
            throw new IllegalStateException("a native call threw", e);
        }
    }
}
