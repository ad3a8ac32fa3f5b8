/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.launcher.agent;

import dev.convoy.fault.protocol.Version;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads a version back from the name of its folder, {@link Version#directoryName()}. */
final class VersionFolder {
    private static final Pattern NAME = Pattern.compile("e([1-9][0-9]{0,17})-s([0-9]{1,18})");

    private VersionFolder() {}

    static Optional<Version> parse(Path folder) {
        Matcher name = NAME.matcher(folder.getFileName().toString());
        if (!name.matches()) {
            return Optional.empty();
        }
        return Optional.of(new Version(Long.parseLong(name.group(1)), Long.parseLong(name.group(2))));
    }
}
