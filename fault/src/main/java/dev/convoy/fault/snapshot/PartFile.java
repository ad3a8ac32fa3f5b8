/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.snapshot;

import dev.convoy.fault.protocol.Version;
import dev.convoy.fault.safetensors.Dtype;
import dev.convoy.fault.safetensors.SafetensorsWriter;
import dev.convoy.fault.safetensors.Tensor;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/**
 * One rank's part of a version on disk, a safetensors file. A replicated buffer is a tensor of its name, a host state
 * one of bytes, a shard one of the name that {@link #shardName} gives. The metadata have {@code epoch}, {@code step},
 * {@code shard_count}, the hash of what was declared, and the CRC32C of each tensor and of each region of the snapshot,
 * the latter as the ranks agreed on it.
 *
 * @param version the version
 * @param shape what was declared
 * @param sections what the file holds
 */
record PartFile(Version version, StateShape shape, List<Section> sections) {
    static final String EPOCH = "epoch";
    static final String STEP = "step";
    static final String SHARD_COUNT = "shard_count";
    static final String DECLARATION = "declaration";

    /** The shard that stands for replicated state. */
    static final int REPLICATED = -1;

    /**
     * A region of a snapshot.
     *
     * @param shard number of the shard, {@link #REPLICATED} for replicated state
     * @param shardCount number of shards
     * @param checksum its CRC32C
     * @param bytes the content
     */
    record Section(int shard, int shardCount, long checksum, MemorySegment bytes) {}

    /** Name of a shard of a sharded state. */
    static String shardName(String state, int shard, int shardCount) {
        return state + ".shard-" + shard + "-of-" + shardCount;
    }

    /** Key of a region's CRC32C in the metadata. */
    static String regionKey(int shard) {
        return "region_crc32c:" + (shard == REPLICATED ? "replicated" : Integer.toString(shard));
    }

    /** Key of a tensor's CRC32C in the metadata. */
    static String tensorKey(String name) {
        return "crc32c:" + name;
    }

    /** Memory is checked before it goes to disk: a durable version with damage in it is none. */
    void requireSound() throws IOException {
        for (Section section : sections) {
            if (Checksum.of(section.bytes()) != section.checksum()) {
                String what = section.shard() == REPLICATED ? "the replicated state" : "shard " + section.shard();
                throw new IOException(
                        "memory was damaged: " + what + " of " + version + " does not have its checksum any more");
            }
        }
    }

    /** Writes the file; under its name it is whole or absent. */
    SafetensorsWriter.Written write(Path folder, String name) throws IOException {
        List<Tensor> tensors = new ArrayList<>();
        Map<String, String> metadata = new HashMap<>();
        metadata.put("format", "convoy");
        metadata.put(EPOCH, Long.toString(version.epoch()));
        metadata.put(STEP, Long.toString(version.step()));
        metadata.put(SHARD_COUNT, Integer.toString(shardCount()));
        metadata.put(DECLARATION, HexFormat.of().toHexDigits(shape.declarationHash()));
        for (Section section : sections) {
            metadata.put(regionKey(section.shard()), crc(section.checksum()));
            if (section.shard() == REPLICATED) {
                addReplicated(section, tensors);
            } else {
                addShard(section, tensors);
            }
        }
        tensors.forEach(tensor -> metadata.put(tensorKey(tensor.name()), crc(Checksum.of(tensor.bytes()))));
        return new SafetensorsWriter(metadata, tensors).write(folder, name);
    }

    private int shardCount() {
        return sections.isEmpty() ? 0 : sections.getFirst().shardCount();
    }

    private static String crc(long checksum) {
        return HexFormat.of().toHexDigits((int) checksum);
    }

    private void addReplicated(Section section, List<Tensor> tensors) {
        for (int i = 0; i < shape.buffers().size(); i++) {
            StateShape.Vector vector = shape.buffers().get(i);
            MemorySegment bytes = section.bytes().asSlice(shape.bufferOffset(i), vector.bytes());
            tensors.add(new Tensor(vector.name(), Dtype.of(vector.type()), vector.count(), bytes));
        }
        for (int i = 0; i < shape.hosts().size(); i++) {
            MemorySegment memory = section.bytes().asSlice(shape.hostOffset(i));
            long length = memory.get(StateShape.LENGTH, 0);
            MemorySegment bytes = memory.asSlice(StateShape.LENGTH_BYTES, length);
            tensors.add(new Tensor(shape.hosts().get(i).name(), Dtype.BYTES, length, bytes));
        }
    }

    private void addShard(Section section, List<Tensor> tensors) {
        for (int i = 0; i < shape.sharded().size(); i++) {
            StateShape.Vector vector = shape.sharded().get(i);
            long count = Partition.count(vector.count(), section.shard(), section.shardCount());
            MemorySegment bytes = section.bytes()
                    .asSlice(
                            shape.shardOffset(i, section.shard(), section.shardCount()), count * vector.elementBytes());
            String name = shardName(vector.name(), section.shard(), section.shardCount());
            tensors.add(new Tensor(name, Dtype.of(vector.type()), count, bytes));
        }
    }
}
