/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.launcher.perf;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The CPU time of this JVM's compiler threads. While they work they take a rank's CPU, and on a machine that has no
 * other to give every rank waits for it: what is measured meanwhile is the compiler.
 *
 * <p>Read from Linux's list of threads, since the JVM's own figures do not count a compilation that is under way.
 */
final class JitThreads {
    private static final Path TASKS = Path.of("/proc/self/task");
    /** HotSpot's names go on with "CompilerThread0" and so on. */
    private static final List<String> NAMES = List.of("C1 ", "C2 ");

    private JitThreads() {}

    /** Nanoseconds until now; 0 where the system does not say. */
    static long cpuNanos() {
        long sum = 0;
        try (DirectoryStream<Path> tasks = Files.newDirectoryStream(TASKS)) {
            for (Path task : tasks) {
                sum += cpuNanos(task);
            }
        } catch (IOException e) {
            return 0;
        }
        return sum;
    }

    private static long cpuNanos(Path task) {
        try {
            String name = Files.readString(task.resolve("comm"));
            return NAMES.stream().anyMatch(name::startsWith) ? runningNanos(task) : 0;
        } catch (IOException e) {
            return 0; // the thread has ended: the JVM has fewer compilers when there is little to do
        }
    }

    private static long runningNanos(Path task) throws IOException {
        String figures = Files.readString(task.resolve("schedstat"));
        return Long.parseLong(figures.substring(0, figures.indexOf(' ')));
    }
}
