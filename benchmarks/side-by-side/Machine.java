/* SPDX-License-Identifier: Apache-2.0 */

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The machine that this runs on, in words. */
final class Machine {
    private Machine() {}

    static String describe() throws IOException {
        return valueOf("/proc/cpuinfo", "model name") + ", "
                + Runtime.getRuntime().availableProcessors() + " cores, "
                + Math.round(Long.parseLong(valueOf("/proc/meminfo", "MemTotal").replaceAll("\\D", "")) / 1048576.0)
                + " GiB, Linux " + System.getProperty("os.version").replaceFirst("(\\d+\\.\\d+).*", "$1") + ", Java "
                + System.getProperty("java.version");
    }

    private static String valueOf(String file, String key) throws IOException {
        return Files.readAllLines(Path.of(file)).stream()
                .filter(line -> line.startsWith(key))
                .map(line -> line.substring(line.indexOf(':') + 1).strip())
                .findFirst()
                .orElse("0");
    }
}
