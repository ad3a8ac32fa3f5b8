/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.launcher.agent;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Deletes what jobs left whose agent was killed before it could: folders of jobs without a single whole version. One
 * with a manifest is a person's training state and stays.
 */
final class AbandonedState {
    private static final Pattern JOB = Pattern.compile("job-[0-9]+-([0-9]{1,9})");

    private AbandonedState() {}

    /** Name for this process's job; names the process so that a later agent can tell whether it still lives. */
    static String newJobId() {
        return "job-" + System.currentTimeMillis() + "-"
                + ProcessHandle.current().pid();
    }

    static void clear(Path stateFolder) throws IOException {
        try (DirectoryStream<Path> jobs = Files.newDirectoryStream(stateFolder, "job-*")) {
            for (Path job : jobs) {
                if (isAbandoned(job)) {
                    FileTree.delete(job);
                }
            }
        }
    }

    private static boolean isAbandoned(Path job) throws IOException {
        Matcher name = JOB.matcher(job.getFileName().toString());
        if (!name.matches() || ProcessHandle.of(Long.parseLong(name.group(1))).isPresent()) {
            return false;
        }
        try (DirectoryStream<Path> versions = Files.newDirectoryStream(job)) {
            for (Path version : versions) {
                if (Files.exists(version.resolve(Manifest.NAME))) {
                    return false;
                }
            }
        }
        return true;
    }
}
