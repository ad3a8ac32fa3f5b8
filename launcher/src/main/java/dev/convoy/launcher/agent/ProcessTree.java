/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.launcher.agent;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Reads from {@code /proc} what the JDK does not tell, or tells only after a scan of all processes. */
public final class ProcessTree {
    private ProcessTree() {}

    /** Children, their children and so on; empty for a process that has gone. */
    static List<ProcessHandle> descendants(long pid) {
        List<ProcessHandle> found = new ArrayList<>();
        collect(pid, found);
        return found;
    }

    /**
     * How a process is doing.
     *
     * @param pid its id
     * @return state letter of {@code /proc/PID/stat}, such as {@code T} for stopped; {@code ?} if it has gone
     */
    public static char state(long pid) {
        String stat = read(Path.of("/proc", Long.toString(pid), "stat"));
        // The name in brackets may itself hold brackets and spaces.
        int end = stat.lastIndexOf(')');
        return end >= 0 && end + 2 < stat.length() ? stat.charAt(end + 2) : '?';
    }

    private static void collect(long pid, List<ProcessHandle> found) {
        for (long child : children(pid)) {
            ProcessHandle.of(child).ifPresent(found::add);
            collect(child, found);
        }
    }

    private static List<Long> children(long pid) {
        List<Long> children = new ArrayList<>();
        // A child is listed with the thread that forked it.
        try (DirectoryStream<Path> threads = Files.newDirectoryStream(Path.of("/proc", Long.toString(pid), "task"))) {
            for (Path thread : threads) {
                for (String child : read(thread.resolve("children")).split(" ")) {
                    if (!child.isBlank()) {
                        children.add(Long.parseLong(child.strip()));
                    }
                }
            }
        } catch (IOException e) {
            return children; // the process has gone, and its list with it
        }
        return children;
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return ""; // the process has gone
        }
    }
}
