/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.launcher.agent;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;

/**
 * Finds what ranks started and left running when they died: nothing of a job outlives it. Such a process belongs to
 * nobody's tree any more, but its environment holds the job's token, which nobody else knows.
 */
final class Leftovers {
    private final byte[] mark;

    /** What belongs to a whole job. */
    static Leftovers ofJob(String token) {
        return new Leftovers("CONVOY_TOKEN=" + token);
    }

    /** What this agent started, of a job that has others. */
    static Leftovers ofThisAgent() {
        return new Leftovers("CONVOY_AGENT_PID=" + ProcessHandle.current().pid());
    }

    private Leftovers(String variable) {
        this.mark = variable.getBytes(StandardCharsets.US_ASCII);
    }

    /**
     * Kills them.
     *
     * @return how many there were
     */
    int kill() {
        int killed = 0;
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(Path.of("/proc"), "[1-9]*")) {
            for (Path process : processes) {
                if (isOurs(process) && kill(process)) {
                    killed++;
                }
            }
        } catch (IOException e) {
            return killed; // without /proc there is nothing to read; the ranks themselves have ended already
        }
        return killed;
    }

    private static boolean kill(Path process) {
        Optional<ProcessHandle> handle =
                ProcessHandle.of(Long.parseLong(process.getFileName().toString()));
        return handle.isPresent() && handle.get().destroyForcibly();
    }

    private boolean isOurs(Path process) {
        try {
            return contains(Files.readAllBytes(process.resolve("environ")));
        } catch (IOException e) {
            return false; // gone, or another user's
        }
    }

    private boolean contains(byte[] environment) {
        for (int start = 0; start + mark.length <= environment.length; start++) {
            boolean atVariable = start == 0 || environment[start - 1] == 0;
            int end = start + mark.length;
            // Whole: another agent's process id may begin like this one's.
            boolean whole = end == environment.length || environment[end] == 0;
            if (atVariable && whole && Arrays.equals(environment, start, end, mark, 0, mark.length)) {
                return true;
            }
        }
        return false;
    }
}
