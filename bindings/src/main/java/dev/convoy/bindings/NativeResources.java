/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.bindings;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * The native files that Convoy carries, unpacked into the user's cache. A file's folder is named by the hash of its
 * content, so that versions live side by side and a file that is there is the right one or is replaced.
 */
public final class NativeResources {
    private static final String PLATFORM = "linux-x86_64";
    private static final String FOLDER = "dev/convoy/native/" + PLATFORM + "/";

    private NativeResources() {}

    /**
     * Unpacks an executable, such as {@code convoy-exec}.
     *
     * @param name its name
     * @return its path
     * @throws UncheckedIOException if it is not carried, damaged or cannot be written; the message says which
     */
    public static Path executable(String name) {
        return unpack(name);
    }

    /**
     * Unpacks a library, such as {@code libconvoy_host.so}.
     *
     * @param name its file name
     * @return its path
     * @throws UncheckedIOException if it is not carried, damaged or cannot be written; the message says which
     */
    public static Path library(String name) {
        return unpack(name);
    }

    private static Path unpack(String name) {
        try {
            byte[] content = read(name);
            String hash = sha256(content);
            verify(name, hash);
            Path folder = cacheFolder().resolve(hash);
            Path file = folder.resolve(name);
            if (!isIntact(file, hash)) {
                write(folder, file, content);
            }
            return file;
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "cannot unpack " + name + ": " + e + "; XDG_CACHE_HOME names a folder to unpack into", e);
        }
    }

    private static byte[] read(String name) throws IOException {
        try (InputStream in = NativeResources.class.getClassLoader().getResourceAsStream(FOLDER + name)) {
            if (in == null) {
                throw new IOException("no resource " + FOLDER + name + "; is convoy-native on the module or class path,"
                        + " and is this " + PLATFORM + "?");
            }
            return in.readAllBytes();
        }
    }

    private static void verify(String name, String hash) throws IOException {
        String sums = new String(read("SHA256SUMS"), StandardCharsets.US_ASCII);
        boolean listed = sums.lines().anyMatch(line -> line.startsWith(hash) && line.endsWith(" " + name));
        if (!listed) {
            throw new IOException(name + " is damaged: its SHA-256 " + hash + " is not the one in SHA256SUMS");
        }
    }

    private static Path cacheFolder() {
        String cache = System.getenv("XDG_CACHE_HOME");
        Path base =
                cache == null || cache.isEmpty() ? Path.of(System.getProperty("user.home"), ".cache") : Path.of(cache);
        return base.resolve("convoy");
    }

    private static boolean isIntact(Path file, String hash) throws IOException {
        return Files.isExecutable(file) && sha256(Files.readAllBytes(file)).equals(hash);
    }

    private static void write(Path folder, Path file, byte[] content) throws IOException {
        var ownerOnly = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
        Files.createDirectories(folder.getParent());
        try {
            Files.createDirectory(folder, ownerOnly);
        } catch (FileAlreadyExistsException e) {
            // Another process unpacks the same: both write beside, and the later rename wins with equal bytes.
        }
        Path beside = Files.createTempFile(folder, file.getFileName().toString(), ".part", ownerOnly);
        try {
            Files.write(beside, content);
            Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(beside);
        }
    }

    private static String sha256(byte[] content) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
