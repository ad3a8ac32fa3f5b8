/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.bindings.javacpp;

import dev.convoy.bindings.LibraryRefusedException;
import dev.convoy.bindings.NativeResources;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.UUID;
import org.bytedeco.cuda.global.nccl;
import org.bytedeco.javacpp.Loader;

/**
 * Puts the host runtime where JavaCPP's libraries look for NVIDIA's: they ask the loader for names, first in their own
 * folder. So they are unpacked into a folder of Convoy's cache, in which these names are links to the host runtime.
 */
final class HostPlacement {
    /** JavaCPP's library of the runtime also needs the driver to be there; nothing of it is called. */
    private static final List<String> NAMES = List.of("libnccl.so.2", "libcudart.so.13", "libcuda.so.1");

    private HostPlacement() {}

    static void place(Path host) throws LibraryRefusedException {
        try {
            String key = UUID.nameUUIDFromBytes(host.toAbsolutePath().toString().getBytes(StandardCharsets.UTF_8))
                    .toString();
            Path cache = NativeResources.folder("javacpp-" + key);
            // Read once by JavaCPP, when its loader is first used.
            setUnlessSet("org.bytedeco.javacpp.cachedir", cache.toString());
            setUnlessSet("org.bytedeco.javacpp.pathsfirst", "true");
            File own = Loader.getCacheDir();
            if (!own.toPath().toRealPath().equals(cache.toRealPath())) {
                throw new LibraryRefusedException("JavaCPP unpacks its libraries into " + own
                        + " already, where the host runtime must not stand in for NVIDIA's libraries");
            }
            Path folder = unpackedLibrary().getParent();
            setUnlessSet("org.bytedeco.javacpp.platform.linkpath", folder.toString());
            for (String name : NAMES) {
                link(folder.resolve(name), host.toAbsolutePath());
            }
        } catch (IOException | UncheckedIOException e) {
            throw new LibraryRefusedException("the host runtime cannot be put in NVIDIA's place: " + e.getMessage());
        }
    }

    private static Path unpackedLibrary() throws IOException, LibraryRefusedException {
        String resource = "/org/bytedeco/cuda/" + Loader.Detector.getPlatform() + "/libjninccl.so";
        File file = Loader.cacheResource(nccl.class, resource);
        if (file == null) {
            throw new LibraryRefusedException(
                    "there is no " + resource + "; org.bytedeco:cuda is needed with its classifier, too");
        }
        return file.toPath();
    }

    private static void setUnlessSet(String property, String value) {
        if (System.getProperty(property) == null) {
            System.setProperty(property, value);
        }
    }

    /** In one step, since other processes may be loading from there. */
    private static void link(Path name, Path target) throws IOException {
        if (Files.isSymbolicLink(name) && Files.readSymbolicLink(name).equals(target)) {
            return;
        }
        Path beside = Files.createSymbolicLink(
                name.resolveSibling(
                        name.getFileName() + "." + ProcessHandle.current().pid()),
                target);
        Files.move(beside, name, StandardCopyOption.ATOMIC_MOVE);
    }
}
