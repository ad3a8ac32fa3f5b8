/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.bindings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NativeResourcesTest {
    @Test
    void executableRuns() throws Exception {
        Path executable = NativeResources.executable("convoy-exec");
        long self = ProcessHandle.current().pid();
        Process process = new ProcessBuilder(executable.toString(), String.valueOf(self), "--", "true").start();
        assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isZero();
    }

    @Test
    void filesAreTheOwnersAlone() throws Exception {
        Path library = NativeResources.library("libconvoy_host.so");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(library)))
                .isEqualTo("rwx------");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(library.getParent())))
                .isEqualTo("rwx------");
    }

    @Test
    void unknownNameIsAClearError() {
        assertThatExceptionOfType(UncheckedIOException.class)
                .isThrownBy(() -> NativeResources.library("libnothing.so"))
                .withMessageContaining("cannot unpack libnothing.so")
                .withMessageContaining("convoy-native");
    }

    @Test
    void damagedFileInTheCacheIsReplaced(@TempDir Path cache) throws Exception {
        Path unpacked = unpackInFreshJvm(cache);
        assertThat(unpacked).startsWith(cache);
        Files.writeString(unpacked, "damaged");
        assertThat(unpackInFreshJvm(cache)).isEqualTo(unpacked);
        assertThat(Files.mismatch(unpacked, NativeResources.executable("convoy-exec")))
                .isEqualTo(-1);
        try (var files = Files.list(unpacked.getParent())) {
            assertThat(files).containsExactly(unpacked);
        }
    }

    @Test
    void folderThatOthersCanWriteToIsNotTrusted(@TempDir Path cache) throws Exception {
        Path folder = unpackInFreshJvm(cache).getParent();
        NativeResources.requireOwn(folder);
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxrwxrwx"));
        assertThatIOException()
                .isThrownBy(() -> NativeResources.requireOwn(folder))
                .withMessageContaining("only this user");
        Path link = Files.createSymbolicLink(cache.resolve("link"), folder);
        assertThatIOException().isThrownBy(() -> NativeResources.requireOwn(link));
    }

    @Test
    void cacheIsNeverInTheCurrentDirectory() throws Exception {
        assertThat(NativeResources.cacheFolder("/cache", "/home/me")).isEqualTo(Path.of("/cache/convoy"));
        assertThat(NativeResources.cacheFolder("relative", "/home/me")).isEqualTo(Path.of("/home/me/.cache/convoy"));
        assertThat(NativeResources.cacheFolder("", "/home/me")).isEqualTo(Path.of("/home/me/.cache/convoy"));
        assertThatIOException()
                .isThrownBy(() -> NativeResources.cacheFolder(null, "?"))
                .withMessageContaining("no home folder (?)");
    }

    private static Path unpackInFreshJvm(Path cache) throws Exception {
        ProcessBuilder builder = new ProcessBuilder(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:-UsePerfData",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                Unpack.class.getName()));
        builder.environment().put("XDG_CACHE_HOME", cache.toString());
        Process process = builder.redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes());
        assertThat(process.waitFor()).as(output).isZero();
        return Path.of(output.strip());
    }

    /** Prints where the executable was unpacked to. */
    static final class Unpack {
        public static void main(String[] arguments) {
            System.out.println(NativeResources.executable("convoy-exec"));
        }
    }
}
