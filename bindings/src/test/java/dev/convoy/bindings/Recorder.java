/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.bindings;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;

/** The library of {@code recorder.c}, compiled where the test wants it, and what it has recorded. */
public final class Recorder {
    /** What a text function returns starts with this. */
    public static final String TEXT = "a text of ";

    /** What a function that makes a handle makes. */
    public static final long HANDLE = 0x0123456789abcdefL;

    private final Path file;
    private final MethodHandle name;
    private final MethodHandle count;
    private final MethodHandle values;
    private final MethodHandle answer;

    private Recorder(Path file) {
        SymbolLookup library = open(file);
        this.file = file;
        name = link(library, "recorder_name", FunctionDescriptor.of(ValueLayout.JAVA_LONG));
        count = link(library, "recorder_count", FunctionDescriptor.of(ValueLayout.JAVA_INT));
        values = link(library, "recorder_values", FunctionDescriptor.of(ValueLayout.JAVA_LONG));
        answer = link(library, "recorder_answer", FunctionDescriptor.ofVoid(ValueLayout.JAVA_INT));
    }

    @SuppressWarnings("restricted")
    private static SymbolLookup open(Path file) {
        return SymbolLookup.libraryLookup(file, Arena.global());
    }

    @SuppressWarnings("restricted")
    private static MethodHandle link(SymbolLookup library, String symbol, FunctionDescriptor type) {
        return Linker.nativeLinker().downcallHandle(library.findOrThrow(symbol), type);
    }

    /** Compiles and opens the library. */
    public static Recorder compile(Path folder) throws IOException, InterruptedException {
        Path source = folder.resolve("recorder.c");
        Path library = folder.resolve("librecorder.so");
        try (InputStream in = Recorder.class.getResourceAsStream("recorder.c")) {
            Files.copy(in, source, StandardCopyOption.REPLACE_EXISTING);
        }
        Process compiler = new ProcessBuilder(
                        System.getenv().getOrDefault("CC", "cc"),
                        "-std=gnu17",
                        "-Wall",
                        "-Wextra",
                        "-Werror",
                        "-O1",
                        "-fPIC",
                        "-shared",
                        "-o",
                        library.toString(),
                        source.toString())
                .redirectErrorStream(true)
                .start();
        String said = new String(compiler.getInputStream().readAllBytes());
        if (!compiler.waitFor(60, TimeUnit.SECONDS) || compiler.exitValue() != 0) {
            throw new IOException("recorder.c does not compile: " + said);
        }
        return new Recorder(library);
    }

    /** The library. */
    public Path file() {
        return file;
    }

    /** The C name of the last function called. */
    public String function() {
        try {
            return NativeMemory.text((long) name.invokeExact());
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    /** What it was given; 32 bits are extended as a signed number. */
    public long[] arguments() {
        try {
            long from = (long) values.invokeExact();
            return LongStream.range(0, (int) count.invokeExact())
                    .map(i -> NativeMemory.longAt(from + i * Long.BYTES))
                    .toArray();
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    /** The status that every function returns from now on. */
    public void answer(int status) {
        try {
            answer.invokeExact(status);
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    /** How an id that is passed by value is recorded: its FNV-1a digest. */
    public static long digest(byte[] bytes) {
        long hash = 0xcbf29ce484222325L;
        for (byte value : bytes) {
            hash = (hash ^ (value & 0xff)) * 0x100000001b3L;
        }
        return hash;
    }
}
