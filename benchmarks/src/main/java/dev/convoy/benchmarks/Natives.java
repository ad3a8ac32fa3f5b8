/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.benchmarks;

import java.nio.file.Files;
import java.nio.file.Path;

/** Where {@code jmh/build-native} put what it built. */
public final class Natives {
    private static final String PROPERTY = "convoy.benchmarks.natives";

    private Natives() {}

    /** The folder that the property {@value #PROPERTY} names; what else a run writes goes beside it. */
    public static Path folder() {
        String folder = System.getProperty(PROPERTY);
        if (folder == null) {
            throw new IllegalStateException("-D" + PROPERTY + " is not set; benchmarks/jmh/run does that");
        }
        return Path.of(folder);
    }

    /** A file of that folder. */
    public static Path file(String name) {
        Path file = folder().resolve(name);
        if (!Files.isRegularFile(file)) {
            throw new IllegalStateException("there is no " + file + "; mvn -pl benchmarks -am package builds it");
        }
        return file;
    }
}
