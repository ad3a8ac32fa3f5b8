/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.bindings;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Set;

/**
 * The native files that Convoy carries, unpacked into the user's cache. A file's folder is named by the hash of its
 * content, so that versions live side by side and a file that is there is the right one or is replaced.
 */
public final class NativeResources {
    private static final String PLATFORM = "linux-x86_64";
    private static final String FOLDER = "dev/convoy/native/" + PLATFORM + "/";
    private static final FileAttribute<Set<PosixFilePermission>> OWNER_ONLY =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

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
            if (isIntact(file, hash)) {
                requireOwn(folder);
            } else {
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

    private static Path cacheFolder() throws IOException {
        return cacheFolder(System.getenv("XDG_CACHE_HOME"), System.getProperty("user.home"));
    }

    /**
     * A relative folder would be one in whatever directory the program happens to run in; "?" is a user without a home.
     */
    static Path cacheFolder(String cache, String home) throws IOException {
        if (cache != null && cache.startsWith("/")) {
            return Path.of(cache, "convoy");
        }
        if (home != null && home.startsWith("/")) {
            return Path.of(home, ".cache", "convoy");
        }
        throw new IOException("the user has no home folder (" + home + ")");
    }

    private static boolean isIntact(Path file, String hash) throws IOException {
        return Files.isExecutable(file) && sha256(Files.readAllBytes(file)).equals(hash);
    }

    /**
     * A folder of the cache for files that are made from those that Convoy carries.
     *
     * @param name its name
     * @return its path; nobody else can write there
     * @throws UncheckedIOException if it cannot be made; the message says why
     */
    public static Path folder(String name) {
        try {
            return makeOwn(cacheFolder().resolve(name));
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "cannot make a folder for " + name + ": " + e + "; XDG_CACHE_HOME names a folder to make it in", e);
        }
    }

    private static Path makeOwn(Path folder) throws IOException {
        Files.createDirectories(folder.getParent());
        try {
            Files.createDirectory(folder, OWNER_ONLY);
        } catch (FileAlreadyExistsException e) {
            // Another process unpacks the same: both write beside, and the later rename wins with equal bytes.
            requireOwn(folder);
        }
        return folder;
    }

    private static void write(Path folder, Path file, byte[] content) throws IOException {
        makeOwn(folder);
        Path beside = Files.createTempFile(folder, file.getFileName().toString(), ".part", OWNER_ONLY);
        try {
            Files.write(beside, content);
            Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(beside);
        }
    }

    /** What somebody else may write to cannot be trusted to be the same when it is loaded as when it was looked at. */
    static void requireOwn(Path folder) throws IOException {
        var attributes = Files.readAttributes(folder, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        Object owner = Files.getAttribute(folder, "unix:uid", LinkOption.NOFOLLOW_LINKS);
        boolean own = owner.equals(0) || owner.equals(effectiveUser());
        var permissions = attributes.permissions();
        if (!attributes.isDirectory()
                || !own
                || permissions.contains(PosixFilePermission.GROUP_WRITE)
                || permissions.contains(PosixFilePermission.OTHERS_WRITE)) {
            throw new IOException(folder + " is not a folder that only this user can write to");
        }
    }

    /** The second number of {@code Uid: real effective saved file-system}. */
    private static int effectiveUser() throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
            if (line.startsWith("Uid:")) {
                return Integer.parseUnsignedInt(line.split("\\s+")[2]);
            }
        }
        throw new IOException("/proc/self/status names no user");
    }

    private static String sha256(byte[] content) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
