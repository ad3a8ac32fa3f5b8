/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.cudatests;

import dev.convoy.ConvoyRuntime;
import dev.convoy.Device;
import dev.convoy.RuntimeKind;
import dev.convoy.RuntimeUnavailableException;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** What a trial works with: the runtime that is tried, a folder of its own, and where it says what it sees. */
public final class Bench implements AutoCloseable {
    private final Options options;
    private final PrintStream out;
    private Path folder;

    Bench(Options options, PrintStream out) {
        this.options = options;
        this.out = out;
    }

    /**
     * Which runtime is tried.
     *
     * @return {@link RuntimeKind#CUDA} or {@link RuntimeKind#HOST}
     */
    public RuntimeKind kind() {
        return options.runtime();
    }

    /**
     * The runtime's name on command lines.
     *
     * @return cuda or host
     */
    public String runtimeName() {
        return options.runtime().name().toLowerCase(Locale.ROOT);
    }

    /**
     * Whether less of everything is enough.
     *
     * @return whether it is a quick run
     */
    public boolean isQuick() {
        return options.isQuick();
    }

    /**
     * Opens the runtime that is tried.
     *
     * @return the runtime
     * @throws SkippedException with the reason if it is not there
     */
    public ConvoyRuntime runtime() {
        try {
            return ConvoyRuntime.open(options.runtime());
        } catch (RuntimeUnavailableException e) {
            throw new SkippedException(String.join("; ", e.reasons()));
        }
    }

    /**
     * The first device of the runtime that is tried.
     *
     * @return the device
     * @throws SkippedException with the reason if there is none
     */
    public Device device() {
        return runtime().device(0);
    }

    /**
     * Says something that belongs to the raw results.
     *
     * @param format as {@link String#format(String, Object...)} has it
     * @param arguments likewise
     */
    public void say(String format, Object... arguments) {
        out.println(String.format(Locale.ROOT, format, arguments));
        out.flush();
    }

    /**
     * Shows lines of a process that the trial started.
     *
     * @param lines the lines
     */
    public void show(List<String> lines) {
        lines.forEach(out::println);
        out.flush();
    }

    /**
     * A folder that goes with this object.
     *
     * @return its path
     */
    public Path folder() {
        try {
            if (folder == null) {
                folder = Files.createTempDirectory("convoy-cuda-tests");
            }
            return folder;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        if (folder == null) {
            return;
        }
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
