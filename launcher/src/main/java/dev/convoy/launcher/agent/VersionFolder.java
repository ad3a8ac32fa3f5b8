/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.launcher.agent;

import dev.convoy.fault.protocol.Version;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Reads a version back from the name of its folder, {@link Version#directoryName()}. */
final class VersionFolder {
    private static final Pattern NAME = Pattern.compile("e([1-9][0-9]{0,17})-s([0-9]{1,18})");

    private VersionFolder() {}

    /** The newest version of a job that is whole: the one that a manifest makes exist. Empty if there is none. */
    static Optional<Path> newest(Path job) {
        try (Stream<Path> folders = Files.list(job)) {
            return folders.filter(folder -> parse(folder).isPresent())
                    .filter(folder -> Files.exists(folder.resolve(Manifest.NAME)))
                    .max(Comparator.comparing(folder -> parse(folder).orElseThrow()));
        } catch (IOException | UncheckedIOException e) {
            return Optional.empty(); // not on this machine
        }
    }

    static Optional<Version> parse(Path folder) {
        Matcher name = NAME.matcher(folder.getFileName().toString());
        if (!name.matches()) {
            return Optional.empty();
        }
        return Optional.of(new Version(Long.parseLong(name.group(1)), Long.parseLong(name.group(2))));
    }
}
