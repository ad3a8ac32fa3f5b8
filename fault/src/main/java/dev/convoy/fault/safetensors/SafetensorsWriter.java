/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.safetensors;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.StringJoiner;

/** Writes a file that is whole under its name or not there, also after a loss of power. */
public final class SafetensorsWriter {
    /** The header's key of what is no tensor. */
    public static final String METADATA = "__metadata__";

    private static final long CHUNK = 1L << 24;
    private static final int ALIGNMENT = 8;

    private final Map<String, String> metadata;
    private final List<Tensor> tensors;

    /**
     * Prepares a file.
     *
     * @param metadata goes into the header
     * @param tensors in any order; the file has those of the widest elements first, which aligns all of them
     * @throws IllegalArgumentException if two tensors have one name
     */
    public SafetensorsWriter(Map<String, String> metadata, List<Tensor> tensors) {
        this.metadata = Map.copyOf(metadata);
        this.tensors = new ArrayList<>(tensors);
        this.tensors.sort(
                Comparator.comparingLong(Tensor::elementBytes).reversed().thenComparing(Tensor::name));
        Set<String> names = new HashSet<>(Set.of(METADATA));
        for (Tensor tensor : tensors) {
            if (!names.add(tensor.name())) {
                throw new IllegalArgumentException("two tensors would be called \"" + tensor.name() + "\"");
            }
        }
    }

    /**
     * What was written.
     *
     * @param bytes length of the file
     * @param sha256 its SHA-256, lower-case hexadecimal
     */
    public record Written(long bytes, String sha256) {}

    /**
     * Writes beside, syncs, renames, and syncs the folder.
     *
     * @param folder created if it is not there
     * @param name name of the file; one that is there is replaced
     * @return what was written
     * @throws IOException if the disk refuses; nothing is left then
     */
    public Written write(Path folder, String name) throws IOException {
        Files.createDirectories(folder);
        Path beside = folder.resolve(name + ".part");
        MessageDigest digest = sha256();
        long length;
        try (FileChannel channel = FileChannel.open(
                beside, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            put(channel, digest, header());
            for (Tensor tensor : tensors) {
                put(channel, digest, tensor.bytes());
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
        byte[] json = json().getBytes(StandardCharsets.UTF_8);
        int length = (json.length + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
        ByteBuffer header = ByteBuffer.allocate(Long.BYTES + length).order(ByteOrder.LITTLE_ENDIAN);
        header.putLong(length).put(json);
        while (header.hasRemaining()) {
            header.put((byte) ' ');
        }
        return header.flip();
    }

    private String json() {
        StringJoiner fields = new StringJoiner(",", "{", "}");
        StringJoiner more = new StringJoiner(",", "{", "}");
        metadata.entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .forEach(entry -> more.add(JsonText.quoted(entry.getKey()) + ":" + JsonText.quoted(entry.getValue())));
        fields.add(JsonText.quoted(METADATA) + ":" + more);
        long at = 0;
        for (Tensor tensor : tensors) {
            long end = at + tensor.bytes().byteSize();
            fields.add(JsonText.quoted(tensor.name()) + ":{\"dtype\":" + JsonText.quoted(tensor.dtype())
                    + ",\"shape\":[" + tensor.elements() + "],\"data_offsets\":[" + at + "," + end + "]}");
            at = end;
        }
        return fields.toString();
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
