/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.launcher.agent;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Deletes what jobs left whose agent was killed before it could: folders of jobs without a single whole version. One
 * with a manifest is a person's training state and stays.
 */
final class AbandonedState {
    private static final Pattern JOB = Pattern.compile("job-([0-9]{1,18})-([0-9]{1,9})");
    private static final String CLAIM = "led-by-";
    // Of the start times that the system tells.
    private static final long CLOCK_ERROR_MS = 2_000;

    private AbandonedState() {}

    /** Name for this process's job; names the process so that a later agent can tell whether it still lives. */
    static String newJobId() {
        return "job-" + System.currentTimeMillis() + "-"
                + ProcessHandle.current().pid();
    }

    /** Says in a job's folder that it is this process's now, whose name it does not bear. */
    static void claim(Path job) throws IOException {
        Files.createFile(job.resolve(CLAIM + newJobId()));
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

    /**
     * The jobs in a folder whose agents are gone, newest first.
     *
     * @throws IOException if the folder cannot be read
     */
    static List<Path> ended(Path stateFolder) throws IOException {
        List<Path> ended = new ArrayList<>();
        try (DirectoryStream<Path> jobs = Files.newDirectoryStream(stateFolder, "job-*")) {
            jobs.forEach(job -> {
                if (hasEnded(job)) {
                    ended.add(job);
                }
            });
        }
        ended.sort(Comparator.comparing(AbandonedState::begunMillis).reversed());
        return ended;
    }

    private static long begunMillis(Path job) {
        Matcher name = JOB.matcher(job.getFileName().toString());
        return name.matches() ? Long.parseLong(name.group(1)) : 0;
    }

    private static boolean hasEnded(Path job) {
        return JOB.matcher(job.getFileName().toString()).matches()
                && hasEnded(job.getFileName().toString())
                && claims(job).stream().allMatch(AbandonedState::hasEnded);
    }

    private static List<String> claims(Path job) {
        try (Stream<Path> files = Files.list(job)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.startsWith(CLAIM))
                    .map(name -> name.substring(CLAIM.length()))
                    .toList();
        } catch (IOException | UncheckedIOException e) {
            return List.of(); // gone meanwhile
        }
    }

    private static boolean hasEnded(String named) {
        Matcher name = JOB.matcher(named);
        return !name.matches()
                || ProcessHandle.of(Long.parseLong(name.group(2)))
                        .filter(process -> isOlderThan(process, Long.parseLong(name.group(1))))
                        .isEmpty();
    }

    // Process ids come again; a process that started after the job is another one.
    private static boolean isOlderThan(ProcessHandle process, long jobMillis) {
        return process.info()
                .startInstant()
                .map(start -> start.toEpochMilli() <= jobMillis + CLOCK_ERROR_MS)
                .orElse(true);
    }

    private static boolean isAbandoned(Path job) throws IOException {
        return hasEnded(job) && wholeVersions(job).isEmpty();
    }

    /** Folders of a job's whole versions, newest first. */
    static List<Path> wholeVersions(Path job) throws IOException {
        List<Path> whole = new ArrayList<>();
        try (DirectoryStream<Path> versions = Files.newDirectoryStream(job)) {
            for (Path version : versions) {
                if (VersionFolder.parse(version).isPresent() && Files.exists(version.resolve(Manifest.NAME))) {
                    whole.add(version);
                }
            }
        }
        whole.sort(Comparator.comparing(
                        (Path version) -> VersionFolder.parse(version).orElseThrow())
                .reversed());
        return whole;
    }
}
