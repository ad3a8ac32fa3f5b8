/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.launcher.report;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/** Writes files that are whole or not there, also after a loss of power. */
public final class AtomicFile {
    private AtomicFile() {}

    /**
     * Writes a file beside its place, syncs and renames it.
     *
     * @param file the file; replaced if it is there
     * @param content its content
     * @throws IOException if the folder cannot be written; nothing is left then
     */
    public static void write(Path file, byte[] content) throws IOException {
        Path folder = file.toAbsolutePath().getParent();
        Path beside = besideOf(file);
        try {
            try (FileChannel channel = FileChannel.open(
                    beside,
                    StandardOpenOption.CREATE,
                    StandardOpenOption.TRUNCATE_EXISTING,
                    StandardOpenOption.WRITE)) {
                ByteBuffer bytes = ByteBuffer.wrap(content);
                while (bytes.hasRemaining()) {
                    channel.write(bytes);
                }
                channel.force(true);
            }
            Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            Files.deleteIfExists(beside);
            throw e;
        }
        sync(folder);
    }

    /**
     * Checks that {@link #write} could work, and leaves nothing.
     *
     * @param file the file
     * @throws IOException the reason why not
     */
    public static void probe(Path file) throws IOException {
        Path beside = besideOf(file);
        Files.write(beside, new byte[0]);
        Files.delete(beside);
    }

    /**
     * Creates a folder, and those above it that are not there, each with its entry made durable: what is synced within
     * a folder is lost with the folder's own entry.
     *
     * @param folder the folder; nothing happens if it is there
     * @throws IOException if one of them cannot be created
     */
    public static void createFolders(Path folder) throws IOException {
        if (Files.isDirectory(folder)) {
            return;
        }
        Path above = folder.toAbsolutePath().getParent();
        createFolders(above);
        Files.createDirectories(folder);
        sync(above);
    }

    /**
     * Makes a folder's entries durable.
     *
     * @param folder the folder
     * @throws IOException if the system refuses
     */
    public static void sync(Path folder) throws IOException {
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    /** In the same folder, since a rename does not cross file systems; by process, since two may write one report. */
    private static Path besideOf(Path file) {
        String name = "." + file.getFileName() + "." + ProcessHandle.current().pid() + ".part";
        return file.toAbsolutePath().resolveSibling(name);
    }
}
