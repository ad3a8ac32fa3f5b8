/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.launcher.perf;

import dev.convoy.launcher.UsageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.stream.Stream;

/**
 * Refuses a run that does not fit the machine's memory before anything is started: on the host runtime all ranks'
 * buffers come out of it, and the system might end other programs to make room.
 */
final class MemoryNeed {
    private static final int BUFFERS = 2;
    /** What a rank's process takes beside its buffers. */
    private static final long PROCESS_BYTES = 100L << 20;

    private MemoryNeed() {}

    static void check(Plan plan, String runtime) {
        OptionalLong available = runtime.equals("host") ? available() : OptionalLong.empty();
        if (available.isPresent()) {
            check(plan, available.getAsLong());
        }
    }

    static void check(Plan plan, long available) {
        double need =
                (double) plan.largestBuffer() * BUFFERS * plan.ranks() + (double) PROCESS_BYTES * plan.processes();
        if (need > available) {
            throw new UsageException("--maxbytes " + plan.largestBuffer() + ": " + plan.ranks() + " ranks with "
                    + BUFFERS + " buffers each need " + SizeText.of((long) Math.min(need, Long.MAX_VALUE)) + ", and "
                    + SizeText.of(available) + " are available");
        }
    }

    private static OptionalLong available() {
        try (Stream<String> lines = Files.lines(Path.of("/proc/meminfo"))) {
            return lines.filter(line -> line.startsWith("MemAvailable:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
                    .findFirst();
        } catch (IOException | NumberFormatException e) {
            return OptionalLong.empty(); // then the ranks find out
        }
    }
}
