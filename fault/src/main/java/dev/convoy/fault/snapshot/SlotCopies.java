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
import java.util.List;

/**
 * Copies between the live states and a slot. Device copies are enqueued on the stream; host states are copied at once.
 */
final class SlotCopies {
    private static final ValueLayout.OfLong LENGTH = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final LiveState live;
    private final StateShape shape;
    private final Stream stream;

    SlotCopies(LiveState live, Stream stream) {
        this.live = live;
        this.shape = live.shape();
        this.stream = stream;
    }

    /** Enqueues the copies of replicated buffers and own shard into a slot whose first shard is this rank's own. */
    void saveDevice(Slot slot) {
        List<DeviceBuffer> buffers = live.buffers();
        for (int i = 0; i < buffers.size(); i++) {
            buffers.get(i).copyToAsync(piece(slot.replicatedBytes(), shape.bufferOffset(i), buffers.get(i)), stream);
        }
        if (slot.heldShards() > 0) {
            List<DeviceBuffer> shards = live.shards();
            for (int i = 0; i < shards.size(); i++) {
                DeviceBuffer shard = shards.get(i);
                if (shard != null) {
                    long offset = shape.shardOffset(i, slot.shard(0), slot.shardCount());
                    shard.copyToAsync(piece(slot.shardBytes(0), offset, shard), stream);
                }
            }
        }
    }

    /** Enqueues the copies of a slot's replicated buffers into the live ones. */
    void loadBuffers(Slot slot) {
        List<DeviceBuffer> buffers = live.buffers();
        for (int i = 0; i < buffers.size(); i++) {
            buffers.get(i).copyFromAsync(piece(slot.replicatedBytes(), shape.bufferOffset(i), buffers.get(i)), stream);
        }
    }

    /** Enqueues the copies of a slot's first shard into the live shards of the same cut. */
    void loadOwnShard(Slot slot) {
        List<DeviceBuffer> shards = live.shards();
        for (int i = 0; i < shards.size(); i++) {
            DeviceBuffer shard = shards.get(i);
            if (shard != null) {
                long offset = shape.shardOffset(i, slot.shard(0), slot.shardCount());
                shard.copyFromAsync(piece(slot.shardBytes(0), offset, shard), stream);
            }
        }
    }

    private static MemorySegment piece(MemorySegment region, long offset, DeviceBuffer like) {
        return region.asSlice(offset, like.bytes());
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
