/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.launcher.job;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** Finds every process that inherited a mark, whoever its parent is by now: the mark is a variable's unique value. */
final class MarkedProcesses {
    static final String VARIABLE = "CONVOY_TEST_MARK";

    private final String value = UUID.randomUUID().toString();

    String value() {
        return value;
    }

    /** Process ids; a zombie counts only until its parent has reaped it, and has no environment. */
    List<Long> alive() {
        List<Long> alive = new ArrayList<>();
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(Path.of("/proc"), "[1-9]*")) {
            for (Path process : processes) {
                if (environment(process).contains(VARIABLE + "=" + value)) {
                    alive.add(Long.parseLong(process.getFileName().toString()));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return alive;
    }

    /** State letter of a process, {@code ?} if it has gone. */
    static char state(long pid) {
        try {
            String stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
            return stat.charAt(stat.lastIndexOf(')') + 2);
        } catch (IOException e) {
            return '?';
        }
    }

    private static String environment(Path process) {
        try {
            return new String(Files.readAllBytes(process.resolve("environ")), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            return "";
        }
    }
}
