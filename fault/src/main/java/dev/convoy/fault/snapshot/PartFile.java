/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.snapshot;

import dev.convoy.fault.protocol.Version;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/**
 * One rank's part of a version on disk. Big-endian: the 8 bytes {@code CONVOYP1}, epoch, step and declaration hash as
 * longs, number of sections as int; for each section kind (0 replicated state, 1 shard), shard and number of shards as
 * ints, length and CRC32C as longs; then the sections' bytes.
 *
 * @param version the version
 * @param declaration hash of the declared states
 * @param sections what the file holds
 */
record PartFile(Version version, long declaration, List<Section> sections) {
    private static final byte[] MAGIC = {'C', 'O', 'N', 'V', 'O', 'Y', 'P', '1'};
    private static final int HEAD_BYTES = MAGIC.length + 3 * Long.BYTES + Integer.BYTES;
    private static final int SECTION_BYTES = 3 * Integer.BYTES + 2 * Long.BYTES;
    private static final long CHUNK = 1L << 24;

    static final int REPLICATED = 0;
    static final int SHARD = 1;

    /**
     * A run of bytes.
     *
     * @param kind {@link #REPLICATED} or {@link #SHARD}
     * @param shard number of the shard, 0 for replicated state
     * @param shardCount number of shards
     * @param checksum its CRC32C
     * @param bytes the content
     */
    record Section(int kind, int shard, int shardCount, long checksum, MemorySegment bytes) {}

    /**
     * What was written.
     *
     * @param bytes length of the file
     * @param sha256 its SHA-256, lower-case hexadecimal
     */
    record Written(long bytes, String sha256) {}

    /** Memory is checked before it goes to disk: a durable version with damage in it is none. */
    void requireSound() throws IOException {
        for (Section section : sections) {
            if (Checksum.of(section.bytes()) != section.checksum()) {
                String what = section.kind() == REPLICATED ? "the replicated state" : "shard " + section.shard();
                throw new IOException(
                        "memory was damaged: " + what + " of " + version + " does not have its checksum any more");
            }
        }
    }

    /** Writes beside, syncs, renames, and syncs the folder: under its name the file is whole or absent. */
    Written write(Path folder, String name) throws IOException {
        Files.createDirectories(folder);
        Path beside = folder.resolve(name + ".part");
        MessageDigest digest = sha256();
        long length;
        try (FileChannel channel = FileChannel.open(
                beside, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            put(channel, digest, header());
            for (Section section : sections) {
                put(channel, digest, section.bytes());
            }
            length = channel.position();
            channel.force(true);
        } catch (IOException e) {
            Files.deleteIfExists(beside);
            throw e;
        }
        Files.move(beside, folder.resolve(name), StandardCopyOption.ATOMIC_MOVE);
        sync(folder);
        return new Written(length, HexFormat.of().formatHex(digest.digest()));
    }

    private ByteBuffer header() {
        ByteBuffer header = ByteBuffer.allocate(HEAD_BYTES + sections.size() * SECTION_BYTES);
        header.put(MAGIC).putLong(version.epoch()).putLong(version.step()).putLong(declaration);
        header.putInt(sections.size());
        for (Section section : sections) {
            header.putInt(section.kind()).putInt(section.shard()).putInt(section.shardCount());
            header.putLong(section.bytes().byteSize()).putLong(section.checksum());
        }
        return header.flip();
    }

    private static void put(FileChannel channel, MessageDigest digest, MemorySegment content) throws IOException {
        for (long done = 0; done < content.byteSize(); ) {
            long length = Math.min(CHUNK, content.byteSize() - done);
            put(channel, digest, content.asSlice(done, length).asByteBuffer());
            done += length;
        }
    }

    private static void put(FileChannel channel, MessageDigest digest, ByteBuffer content) throws IOException {
        digest.update(content.duplicate());
        while (content.hasRemaining()) {
            channel.write(content);
        }
    }

    private static void sync(Path folder) throws IOException {
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this JDK lacks SHA-256, which every Java platform must have", e);
        }
    }
}
