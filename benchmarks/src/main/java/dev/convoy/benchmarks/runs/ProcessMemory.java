/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.benchmarks.runs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What this process holds, as the kernel tells it.
 *
 * @param residentKiB all of it
 * @param anonymousKiB Java heap, native memory and stacks
 * @param arenaKiB the host runtime's arena
 * @param threads threads
 * @param files open files
 */
record ProcessMemory(long residentKiB, long anonymousKiB, long arenaKiB, long threads, long files) {
    private static final Path SELF = Path.of("/proc/self");

    static ProcessMemory now() throws IOException {
        List<String> status = Files.readAllLines(SELF.resolve("status"));
        try (Stream<Path> files = Files.list(SELF.resolve("fd"))) {
            return new ProcessMemory(
                    number(status, "VmRSS:"),
                    number(status, "RssAnon:"),
                    arena(Files.readAllLines(SELF.resolve("smaps"))),
                    number(status, "Threads:"),
                    files.count());
        }
    }

    /** As numbers between spaces. */
    static ProcessMemory parse(String text) {
        String[] numbers = text.split(" ");
        return new ProcessMemory(
                Long.parseLong(numbers[0]),
                Long.parseLong(numbers[1]),
                Long.parseLong(numbers[2]),
                Long.parseLong(numbers[3]),
                Long.parseLong(numbers[4]));
    }

    /** For {@link #parse(String)}. */
    String text() {
        return Stream.of(residentKiB, anonymousKiB, arenaKiB, threads, files)
                .map(String::valueOf)
                .collect(Collectors.joining(" "));
    }

    private static long number(List<String> lines, String name) {
        return lines.stream()
                .filter(line -> line.startsWith(name))
                .mapToLong(ProcessMemory::number)
                .findFirst()
                .orElseThrow();
    }

    private static long number(String line) {
        return Long.parseLong(line.replaceAll("\\D+", ""));
    }

    /** Its own is writable; those of peers are not. */
    private static long arena(List<String> smaps) {
        long sum = 0;
        boolean inside = false;
        for (String line : smaps) {
            if (line.matches("[0-9a-f]+-[0-9a-f]+ .*")) {
                inside = line.contains(" rw-s ") && line.contains("/memfd:convoy");
            } else if (inside && line.startsWith("Rss:")) {
                sum += number(line);
            }
        }
        return sum;
    }
}
