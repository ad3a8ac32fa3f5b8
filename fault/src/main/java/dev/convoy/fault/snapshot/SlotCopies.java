/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.snapshot;

import dev.convoy.DeviceBuffer;
import dev.convoy.Stream;
import dev.convoy.fault.ElasticException;
import dev.convoy.fault.HostState;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.BufferOverflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.List;

/**
 * Copies between the live states and a slot. Device copies go in pieces on the stream, and each piece is checksummed
 * while it lies in a cache; host states are copied at once.
 */
final class SlotCopies {
    /** A piece and its copy fit a core's second cache, and a call costs little beside it. */
    private static final long PIECE = 512L << 10;

    private static final ValueLayout.OfLong LENGTH = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final LiveState live;
    private final StateShape shape;
    private final Stream stream;

    SlotCopies(LiveState live, Stream stream) {
        this.live = live;
        this.shape = live.shape();
        this.stream = stream;
    }

    /** Copies the replicated buffers into a slot. */
    void saveBuffers(Slot slot, Duration bound) {
        MemorySegment region = slot.replicatedBytes();
        long end = shape.hostOffset(0);
        for (long from = 0; from < end; from += PIECE) {
            long to = Math.min(from + PIECE, end);
            eachBuffer(from, to, (part, offset) -> part.copyToAsync(region.asSlice(offset, part.bytes()), stream));
            stream.synchronize(bound);
            slot.checksumReplicated(to);
        }
    }

    /** Copies a part of the live shard into a slot whose first shard is this rank's own. */
    void saveOwnShard(Slot slot, long begin, long end, Duration bound) {
        MemorySegment region = slot.shardBytes(0);
        for (long from = begin; from < end; from += PIECE) {
            long to = Math.min(from + PIECE, end);
            eachShard(slot, from, to, (part, offset) -> part.copyToAsync(region.asSlice(offset, part.bytes()), stream));
            stream.synchronize(bound);
            slot.checksumShard(0, to);
        }
    }

    /** Enqueues the copy of a part of a slot's replicated buffers into the live ones. */
    void loadBuffers(Slot slot, long from, long to) {
        MemorySegment region = slot.replicatedBytes();
        eachBuffer(from, to, (part, offset) -> part.copyFromAsync(region.asSlice(offset, part.bytes()), stream));
    }

    /** Enqueues the copy of a part of a slot's first shard into the live shard of the same cut. */
    void loadOwnShard(Slot slot, long from, long to) {
        MemorySegment region = slot.shardBytes(0);
        eachShard(slot, from, to, (part, offset) -> part.copyFromAsync(region.asSlice(offset, part.bytes()), stream));
    }

    @FunctionalInterface
    private interface Copy {
        void copy(DeviceBuffer part, long offset);
    }

    private void eachBuffer(long from, long to, Copy copy) {
        List<DeviceBuffer> buffers = live.buffers();
        for (int i = 0; i < buffers.size(); i++) {
            part(buffers.get(i), shape.bufferOffset(i), from, to, copy);
        }
    }

    private void eachShard(Slot slot, long from, long to, Copy copy) {
        List<DeviceBuffer> shards = live.shards();
        for (int i = 0; i < shards.size(); i++) {
            if (shards.get(i) != null) {
                part(shards.get(i), shape.shardOffset(i, slot.shard(0), slot.shardCount()), from, to, copy);
            }
        }
    }

    // What of a buffer that lies at `offset` of a region is between `from` and `to` there.
    private static void part(DeviceBuffer buffer, long offset, long from, long to, Copy copy) {
        long begin = Math.max(from, offset);
        long end = Math.min(to, offset + buffer.bytes());
        if (begin < end) {
            int size = buffer.type().bytes();
            copy.copy(buffer.slice((begin - offset) / size, (end - begin) / size), begin);
        }
    }

    /** Saves the host states. Bytes beyond the saved length are zero, so that equal states have equal checksums. */
    void saveHosts(Slot slot) {
        for (int i = 0; i < shape.hosts().size(); i++) {
            StateShape.Host host = shape.hosts().get(i);
            MemorySegment memory = slot.replicatedBytes().asSlice(shape.hostOffset(i));
            MemorySegment content = memory.asSlice(StateShape.LENGTH_BYTES, host.maxBytes());
            long before = Math.clamp(memory.get(LENGTH, 0), 0, host.maxBytes());
            long length = save(host, live.hosts().get(i), content);
            if (length < before) {
                content.asSlice(length, before - length).fill((byte) 0);
            }
            memory.set(LENGTH, 0, length);
        }
    }

    private static long save(StateShape.Host host, HostState state, MemorySegment content) {
        ByteBuffer target = content.asByteBuffer();
        try {
            state.save(target);
        } catch (BufferOverflowException e) {
            throw new ElasticException(
                    "state '" + host.name() + "' saves more than the " + host.maxBytes()
                            + " bytes that its maxBytes() promised when it was declared",
                    e);
        }
        return target.position();
    }

    /** Loads the host states from a slot whose checksum was verified. */
    void loadHosts(Slot slot) {
        for (int i = 0; i < shape.hosts().size(); i++) {
            StateShape.Host host = shape.hosts().get(i);
            MemorySegment memory = slot.replicatedBytes().asSlice(shape.hostOffset(i));
            long length = memory.get(LENGTH, 0);
            if (length < 0 || length > host.maxBytes()) {
                throw new ElasticException("snapshot " + slot.version() + " gives state '" + host.name()
                        + "' a length of " + length + " bytes; at most " + host.maxBytes() + " can be");
            }
            MemorySegment content = memory.asSlice(StateShape.LENGTH_BYTES, length);
            live.hosts().get(i).load(content.asReadOnly().asByteBuffer());
        }
    }
}
