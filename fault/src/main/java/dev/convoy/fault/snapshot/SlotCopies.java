/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.snapshot;

import dev.convoy.CheckedCopy;
import dev.convoy.DeviceBuffer;
import dev.convoy.Stream;
import dev.convoy.fault.ElasticException;
import dev.convoy.fault.HostState;
import java.lang.foreign.MemorySegment;
import java.nio.BufferOverflowException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Copies between the live states and a slot. To a slot go chunks, each read once for its copy and its checksum, and
 * only those that differ from what lies there already; from a slot go pieces, by the stream. Host states are copied at
 * once.
 */
final class SlotCopies {
    private final LiveState live;
    private final StateShape shape;
    private final Stream stream;
    private final CheckedCopy checked;
    private final Duration bound;

    /**
     * Prepares copies.
     *
     * @param live the states
     * @param stream where copies of a device that the CPU does not see are enqueued
     * @param bound bound of the wait for one of these
     */
    SlotCopies(LiveState live, Stream stream, Duration bound) {
        this.live = live;
        this.shape = live.shape();
        this.stream = stream;
        this.bound = bound;
        this.checked = CheckedCopy.of(stream.device());
    }

    /** Saves all replicated states into a slot. */
    void saveReplicated(Slot slot) {
        saveHosts(slot);
        saveBuffers(slot);
    }

    /** Saves the replicated buffers; the host states of the same slot were saved before. */
    void saveBuffers(Slot slot) {
        for (int chunk = 0; chunk < slot.replicatedSums().count(); chunk++) {
            saveReplicatedChunk(slot, chunk);
        }
    }

    private void saveReplicatedChunk(Slot slot, int chunk) {
        ChunkSums sums = slot.replicatedSums();
        long hosts = shape.hostOffset(0);
        long begin = sums.offset(chunk);
        long end = begin + sums.length(chunk);
        boolean hasHosts = end > hosts && !shape.hosts().isEmpty();
        if (!hasHosts && slot.base() != null && !differs(slot.replicatedBytes(), begin, end, this::eachBuffer)) {
            return;
        }
        JoinedChecksum joined = save(slot.replicatedBytes(), begin, Math.min(end, hosts), this::eachBuffer);
        long from = Math.max(begin, hosts);
        if (from < end) {
            joined.add(CheckedCopy.checksum(slot.replicatedBytes().asSlice(from, end - from)), end - from);
        }
        sums.put(chunk, joined.value());
    }

    /**
     * Saves a chunk of the live shard into a slot whose first shard is this rank's own.
     *
     * @return false if it lay there already
     */
    private boolean saveOwn(Slot slot, int chunk) {
        ChunkSums sums = slot.shardSums(0);
        long begin = sums.offset(chunk);
        long end = begin + sums.length(chunk);
        Parts parts = (from, to, copy) -> eachShard(slot, from, to, copy);
        if (slot.base() != null && !differs(slot.shardBytes(0), begin, end, parts)) {
            return false;
        }
        sums.put(chunk, save(slot.shardBytes(0), begin, end, parts).value());
        return true;
    }

    /**
     * Saves a batch of chunks.
     *
     * @return a bit for each that did not lie there already
     */
    long saveOwnBatch(Slot slot, int batch) {
        long changed = 0;
        int many = slot.custody().chunksAtOnce();
        for (int i = 0; i < many; i++) {
            int chunk = batch * many + i;
            if (chunk < slot.shardSums(0).count() && saveOwn(slot, chunk)) {
                changed |= 1L << i;
            }
        }
        return changed;
    }

    /**
     * The live memory with the content of a chunk of this rank's shard.
     *
     * @return null if it lies in several pieces
     */
    DeviceBuffer liveChunk(Slot slot, int chunk) {
        long begin = slot.shardSums(0).offset(chunk);
        long length = slot.shardSums(0).length(chunk);
        DeviceBuffer[] found = new DeviceBuffer[1];
        eachShard(slot, begin, begin + length, (part, _) -> found[0] = part.bytes() == length ? part : null);
        return found[0];
    }

    // The first differing byte ends the comparison, so that what changes everywhere costs next to nothing here.
    private boolean differs(MemorySegment region, long begin, long end, Parts parts) {
        boolean[] differs = new boolean[1];
        parts.each(begin, end, (part, offset) -> {
            differs[0] |= part.hostView().isEmpty()
                    || part.hostView().get().mismatch(region.asSlice(offset, part.bytes())) >= 0;
        });
        return differs[0];
    }

    private JoinedChecksum save(MemorySegment region, long begin, long end, Parts parts) {
        JoinedChecksum joined = new JoinedChecksum();
        parts.each(begin, end, (part, offset) -> {
            joined.zerosTo(offset - begin);
            joined.add(copy(part, region.asSlice(offset, part.bytes())), part.bytes());
        });
        joined.zerosTo(end - begin);
        return joined;
    }

    /**
     * Copies, and waits for it.
     *
     * @return checksum of what was copied
     */
    long copy(DeviceBuffer part, MemorySegment target) {
        Optional<MemorySegment> view = part.hostView();
        if (view.isPresent()) {
            return checked.copy(view.get(), target);
        }
        part.copyToAsync(target, stream);
        stream.synchronize(bound);
        return CheckedCopy.checksum(target);
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

    @FunctionalInterface
    private interface Parts {
        void each(long from, long to, Copy copy);
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
            long before = Math.clamp(memory.get(StateShape.LENGTH, 0), 0, host.maxBytes());
            long length = save(host, live.hosts().get(i), content);
            if (length < before) {
                content.asSlice(length, before - length).fill((byte) 0);
            }
            memory.set(StateShape.LENGTH, 0, length);
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
            long length = memory.get(StateShape.LENGTH, 0);
            if (length < 0 || length > host.maxBytes()) {
                throw new ElasticException("snapshot " + slot.version() + " gives state '" + host.name()
                        + "' a length of " + length + " bytes; at most " + host.maxBytes() + " can be");
            }
            MemorySegment content = memory.asSlice(StateShape.LENGTH_BYTES, length);
            live.hosts().get(i).load(content.asReadOnly().asByteBuffer());
        }
    }
}
