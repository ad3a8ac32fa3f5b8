/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.launcher.agent;

import dev.convoy.fault.protocol.MemberId;
import java.lang.module.ResolvedModule;
import java.net.URI;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** The jars that a rank's program on the class path needs, nothing more. */
public final class ConvoyClassPath {
    private ConvoyClassPath() {}

    /** What a training program needs: the fault layer and what that needs. */
    static String get() {
        return of(MemberId.class);
    }

    /**
     * What a program of ours needs that uses one of our libraries.
     *
     * @param library a class of the library's module, which is needed with all that it needs
     * @param alone classes of modules of which nothing but their own jar is needed, first the program's
     * @return a class path; our own where we run on one ourselves
     */
    public static String of(Class<?> library, Class<?>... alone) {
        if (!library.getModule().isNamed()) {
            return System.getProperty("java.class.path");
        }
        Set<Path> jars = new LinkedHashSet<>();
        for (Class<?> each : alone) {
            location(resolved(each)).ifPresent(jars::add);
        }
        collect(resolved(library), jars);
        return jars.stream().map(Path::toString).collect(Collectors.joining(":"));
    }

    private static ResolvedModule resolved(Class<?> member) {
        Module module = member.getModule();
        return module.getLayer().configuration().findModule(module.getName()).orElseThrow();
    }

    private static void collect(ResolvedModule module, Set<Path> jars) {
        Optional<Path> location = location(module);
        if (location.isPresent() && jars.add(location.get())) {
            module.reads().forEach(read -> collect(read, jars));
        }
    }

    /** The JDK's own modules are no files. */
    private static Optional<Path> location(ResolvedModule module) {
        Optional<URI> location = module.reference().location();
        return location.filter(uri -> uri.getScheme().equals("file")).map(Path::of);
    }
}
