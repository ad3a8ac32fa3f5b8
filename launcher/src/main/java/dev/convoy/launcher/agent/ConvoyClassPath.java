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

/** The jars that a training program on the class path needs: the fault layer and what that needs, nothing more. */
final class ConvoyClassPath {
    private ConvoyClassPath() {}

    static String get() {
        Module fault = MemberId.class.getModule();
        if (!fault.isNamed()) {
            return System.getProperty("java.class.path");
        }
        Set<Path> jars = new LinkedHashSet<>();
        Optional<ResolvedModule> root = fault.getLayer().configuration().findModule(fault.getName());
        collect(root.orElseThrow(), jars);
        return jars.stream().map(Path::toString).collect(Collectors.joining(":"));
    }

    private static void collect(ResolvedModule module, Set<Path> jars) {
        Optional<URI> location = module.reference().location();
        // The JDK's own modules are no files.
        if (location.isPresent() && location.get().getScheme().equals("file") && jars.add(Path.of(location.get()))) {
            module.reads().forEach(read -> collect(read, jars));
        }
    }
}
