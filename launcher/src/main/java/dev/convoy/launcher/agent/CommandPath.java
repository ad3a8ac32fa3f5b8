/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.launcher.agent;

import dev.convoy.launcher.UsageException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Finds a rank's command before any rank is started, so that a typing error is one line and not N dead processes. */
final class CommandPath {
    private CommandPath() {}

    /**
     * Looks a command up.
     *
     * @param name a file name for PATH, or a path with a slash, relative to the working directory
     * @param searchPath the ranks' PATH
     * @return the absolute path of the executable
     * @throws UsageException if there is none
     */
    static Path resolve(String name, String searchPath) {
        if (name.isEmpty()) {
            throw new UsageException("the command is empty; say what each rank runs after --");
        }
        if (name.indexOf('/') >= 0) {
            return resolveFile(name);
        }
        for (String folder : searchPath.split(":")) {
            // An empty entry of PATH is the working directory.
            Path candidate = Path.of(folder.isEmpty() ? "." : folder, name);
            if (isProgram(candidate)) {
                return candidate.toAbsolutePath();
            }
        }
        throw new UsageException("command not found: " + name + " is not on PATH");
    }

    private static Path resolveFile(String name) {
        Path file = Path.of(name);
        if (!Files.exists(file)) {
            throw new UsageException("command not found: there is no file " + name);
        }
        if (!isProgram(file)) {
            throw new UsageException("cannot run " + name + ": not an executable file");
        }
        return file.toAbsolutePath();
    }

    private static boolean isProgram(Path file) {
        return Files.isRegularFile(file) && Files.isExecutable(file);
    }
}
