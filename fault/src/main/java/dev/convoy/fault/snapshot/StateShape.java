/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.snapshot;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import java.util.stream.Stream;

/**
 * What a job declared, and where each piece lies in a snapshot. The replicated region holds every replicated buffer and
 * after them every host state as an 8-byte length and its bytes; a shard's region holds that shard of every sharded
 * state. Pieces start at multiples of {@value #ALIGNMENT} bytes.
 *
 * @param buffers replicated buffers, in the order of their declaration
 * @param hosts host states, in the order of their declaration
 * @param sharded sharded states, in the order of their declaration
 */
public record StateShape(List<Vector> buffers, List<Host> hosts, List<Vector> sharded) {
    /** Alignment of every piece in a region, in bytes. */
    public static final int ALIGNMENT = 64;

    /** Bytes of the length before a host state's content. */
    public static final int LENGTH_BYTES = Long.BYTES;

    /** How that length is written. */
    static final ValueLayout.OfLong LENGTH = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    /**
     * A vector of numbers.
     *
     * @param name unique name
     * @param type name of the element type
     * @param elementBytes bytes of an element
     * @param count elements of the whole vector
     */
    public record Vector(String name, String type, int elementBytes, long count) {
        long bytes() {
            return count * elementBytes;
        }
    }

    /**
     * A state on the heap.
     *
     * @param name unique name
     * @param maxBytes bound of its saved form
     */
    public record Host(String name, long maxBytes) {}

    /** Copies the lists. */
    public StateShape {
        buffers = List.copyOf(buffers);
        hosts = List.copyOf(hosts);
        sharded = List.copyOf(sharded);
    }

    /**
     * Whether any state is cut into shards.
     *
     * @return false if a snapshot is nothing but replicated state
     */
    public boolean hasShards() {
        return !sharded.isEmpty();
    }

    /**
     * Names of all replicated states.
     *
     * @return buffers, then host states
     */
    public List<String> replicatedNames() {
        return Stream.concat(buffers.stream().map(Vector::name), hosts.stream().map(Host::name))
                .toList();
    }

    /**
     * Offset of a replicated buffer in the replicated region.
     *
     * @param index position among the buffers; their number gives the end of the last
     * @return bytes
     */
    public long bufferOffset(int index) {
        long offset = 0;
        for (int i = 0; i < index; i++) {
            offset = align(offset + buffers.get(i).bytes());
        }
        return offset;
    }

    /**
     * Offset of a host state's length in the replicated region.
     *
     * @param index position among the host states; their number gives the end of the last
     * @return bytes
     */
    public long hostOffset(int index) {
        long offset = bufferOffset(buffers.size());
        for (int i = 0; i < index; i++) {
            offset = align(offset + LENGTH_BYTES + hosts.get(i).maxBytes());
        }
        return offset;
    }

    /**
     * Size of the replicated region.
     *
     * @return bytes, a multiple of the alignment, perhaps 0
     */
    public long replicatedBytes() {
        return hostOffset(hosts.size());
    }

    /**
     * Offset of a sharded state's piece in a shard's region.
     *
     * @param state position among the sharded states; their number gives the end of the last
     * @param shard the shard
     * @param shards number of shards
     * @return bytes
     */
    public long shardOffset(int state, int shard, int shards) {
        long offset = 0;
        for (int i = 0; i < state; i++) {
            Vector vector = sharded.get(i);
            offset = align(offset + Partition.count(vector.count(), shard, shards) * vector.elementBytes());
        }
        return offset;
    }

    /**
     * Size of a shard's region.
     *
     * @param shard the shard
     * @param shards number of shards
     * @return bytes, a multiple of the alignment, perhaps 0
     */
    public long shardBytes(int shard, int shards) {
        return shardOffset(sharded.size(), shard, shards);
    }

    /** Zeroes what lies between the replicated buffers. */
    void clearBufferPadding(MemorySegment region) {
        for (int i = 0; i < buffers.size(); i++) {
            long end = bufferOffset(i) + buffers.get(i).bytes();
            region.asSlice(end, bufferOffset(i + 1) - end).fill((byte) 0);
        }
    }

    /** Zeroes what lies between the pieces of a shard. */
    void clearShardPadding(MemorySegment region, int shard, int shards) {
        for (int i = 0; i < sharded.size(); i++) {
            Vector vector = sharded.get(i);
            long bytes = Partition.count(vector.count(), shard, shards) * vector.elementBytes();
            long end = shardOffset(i, shard, shards) + bytes;
            region.asSlice(end, shardOffset(i + 1, shard, shards) - end).fill((byte) 0);
        }
    }

    /**
     * A hash over everything that the ranks must have in common: names, types, lengths, and the job's own settings.
     *
     * @param settings further values that must be equal, such as the number of steps
     * @return the first 8 bytes of a SHA-256
     */
    public long declarationHash(long... settings) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            buffers.forEach(vector -> digest.update(line("buffer", vector)));
            hosts.forEach(host -> digest.update(
                    ("host " + host.name() + '\0' + host.maxBytes() + '\n').getBytes(StandardCharsets.UTF_8)));
            sharded.forEach(vector -> digest.update(line("sharded", vector)));
            for (long setting : settings) {
                digest.update(("setting " + setting + '\n').getBytes(StandardCharsets.UTF_8));
            }
            return ByteBuffer.wrap(digest.digest()).getLong();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this JDK lacks SHA-256, which every Java platform must have", e);
        }
    }

    private static byte[] line(String kind, Vector vector) {
        return (kind + ' ' + vector.name() + '\0' + vector.type() + ' ' + vector.count() + '\n')
                .getBytes(StandardCharsets.UTF_8);
    }

    private static long align(long offset) {
        return (offset + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    }
}
