/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.safetensors;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Reads a file; what its header says is checked against its length before anything is read by it. */
public final class SafetensorsFile implements Closeable {
    private static final long LONGEST_HEADER = 100_000_000;
    private static final long CHUNK = 1L << 24;

    private final Path path;
    private final FileChannel channel;
    private final long dataBegin;
    private final Map<String, String> metadata = new HashMap<>();
    private final Map<String, Entry> entries = new HashMap<>();

    /** Where a tensor lies, in bytes from the end of the header. */
    private record Entry(String dtype, long elements, long begin, long end) {}

    private SafetensorsFile(Path path, FileChannel channel) throws IOException {
        this.path = path;
        this.channel = channel;
        ByteBuffer length = read(0, Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        long headerBytes = length.getLong();
        if (headerBytes < 2 || headerBytes > Math.min(LONGEST_HEADER, channel.size() - Long.BYTES)) {
            throw damaged("its header has a length of " + headerBytes + " bytes");
        }
        dataBegin = Long.BYTES + headerBytes;
        ByteBuffer header = read(Long.BYTES, (int) headerBytes);
        take(JsonText.object(StandardCharsets.UTF_8.decode(header).toString()));
    }

    /**
     * Opens a file and reads its header.
     *
     * @param path the file
     * @return the open file
     * @throws IOException if it cannot be read or is no such file
     */
    @SuppressWarnings("resource") // What it returns closes the channel.
    public static SafetensorsFile open(Path path) throws IOException {
        FileChannel channel = FileChannel.open(path, StandardOpenOption.READ);
        try {
            return new SafetensorsFile(path, channel);
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    private void take(Map<String, Object> header) throws IOException {
        for (Map.Entry<String, Object> field : header.entrySet()) {
            if (!(field.getValue() instanceof Map<?, ?> value)) {
                throw damaged("\"" + field.getKey() + "\" is no object");
            }
            if (field.getKey().equals(SafetensorsWriter.METADATA)) {
                value.forEach((key, text) -> metadata.put(key.toString(), text.toString()));
            } else {
                entries.put(field.getKey(), entry(field.getKey(), value));
            }
        }
        long bytes = entries.values().stream().mapToLong(Entry::end).max().orElse(0);
        if (bytes != channel.size() - dataBegin) {
            throw damaged("it has " + (channel.size() - dataBegin) + " bytes of data, not " + bytes);
        }
    }

    private Entry entry(String name, Map<?, ?> value) throws IOException {
        boolean wellFormed = value.get("dtype") instanceof String
                && value.get("shape") instanceof List<?> shape
                && shape.size() == 1
                && shape.getFirst() instanceof Long
                && value.get("data_offsets") instanceof List<?> offsets
                && offsets.size() == 2
                && offsets.getFirst() instanceof Long begin
                && offsets.getLast() instanceof Long end
                && begin >= 0
                && end >= begin
                && end <= channel.size() - dataBegin;
        if (!wellFormed) {
            throw damaged("what it says of \"" + name + "\" is not understood");
        }
        List<?> offsets = (List<?>) value.get("data_offsets");
        return new Entry(
                (String) value.get("dtype"),
                (Long) ((List<?>) value.get("shape")).getFirst(),
                (Long) offsets.getFirst(),
                (Long) offsets.getLast());
    }

    /**
     * A text of the metadata.
     *
     * @param key its key
     * @return the text
     * @throws IOException if it is not there
     */
    public String metadata(String key) throws IOException {
        String text = metadata.get(key);
        if (text == null) {
            throw damaged("its metadata lack \"" + key + "\"");
        }
        return text;
    }

    /**
     * A whole number of the metadata.
     *
     * @param key its key
     * @param radix 10 or 16
     * @return the number; of 16 digits, as an unsigned one
     * @throws IOException if it is not there, or none
     */
    public long number(String key, int radix) throws IOException {
        try {
            return Long.parseUnsignedLong(metadata(key), radix);
        } catch (NumberFormatException e) {
            throw damaged("\"" + key + "\" is no number in its metadata");
        }
    }

    /**
     * Whether metadata have a key.
     *
     * @param key the key
     * @return true if they have
     */
    public boolean has(String key) {
        return metadata.containsKey(key);
    }

    /**
     * Length of a tensor.
     *
     * @param name its name
     * @return bytes
     * @throws IOException if it is not there
     */
    public long bytes(String name) throws IOException {
        Entry entry = entry(name);
        return entry.end() - entry.begin();
    }

    private Entry entry(String name) throws IOException {
        Entry entry = entries.get(name);
        if (entry == null) {
            throw damaged("it lacks \"" + name + "\"");
        }
        return entry;
    }

    /**
     * Reads a tensor.
     *
     * @param name its name
     * @param dtype the type that it must have
     * @param target memory of exactly its length
     * @throws IOException if it is not there, is another one, or cannot be read
     */
    public void read(String name, String dtype, MemorySegment target) throws IOException {
        Entry entry = entry(name);
        long bytes = entry.end() - entry.begin();
        if (!entry.dtype().equals(dtype) || bytes != target.byteSize()) {
            throw damaged("\"" + name + "\" has " + bytes + " bytes of " + entry.dtype() + ", not " + target.byteSize()
                    + " of " + dtype);
        }
        for (long done = 0; done < bytes; ) {
            long length = Math.min(CHUNK, bytes - done);
            fill(dataBegin + entry.begin() + done, target.asSlice(done, length).asByteBuffer());
            done += length;
        }
    }

    private ByteBuffer read(long position, int bytes) throws IOException {
        ByteBuffer content = ByteBuffer.allocate(bytes);
        fill(position, content);
        return content.flip();
    }

    private void fill(long position, ByteBuffer content) throws IOException {
        long at = position;
        while (content.hasRemaining()) {
            int got = channel.read(content, at);
            if (got < 0) {
                throw new EOFException(path + " ends too soon");
            }
            at += got;
        }
    }

    private IOException damaged(String what) {
        return new IOException(path + " is damaged: " + what);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
