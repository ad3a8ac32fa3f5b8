/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.snapshot;

import dev.convoy.fault.StateMismatchException;
import dev.convoy.fault.protocol.RestorePlan;
import dev.convoy.fault.protocol.Version;
import dev.convoy.fault.safetensors.Dtype;
import dev.convoy.fault.safetensors.JsonText;
import dev.convoy.fault.safetensors.SafetensorsFile;
import java.io.Closeable;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * A version on disk that an earlier job of the same program left. Every rank of the new job takes some of the shards
 * into a slot, and the replicated state; from there on it is restored as any other version, cut anew for the present
 * world size. Used by the user's thread.
 */
public final class DurableVersion implements Closeable {
    /** Lists the parts, as JSON. */
    public static final String MANIFEST = "MANIFEST";
    // Below those of this job, none of which can have the same shards.
    private static final long EARLIER = 0;

    private final Path folder;
    private final StateShape shape;
    private final List<SafetensorsFile> parts;
    private final long step;
    private final int shardCount;

    private DurableVersion(Path folder, StateShape shape, List<SafetensorsFile> parts) throws IOException {
        this.folder = folder;
        this.shape = shape;
        this.parts = parts;
        if (parts.isEmpty()) {
            throw new IOException(folder + " has no parts");
        }
        step = same(PartFile.STEP);
        same(PartFile.EPOCH);
        shardCount = Math.toIntExact(same(PartFile.SHARD_COUNT));
        for (SafetensorsFile part : parts) {
            if (part.number(PartFile.DECLARATION, 16) != shape.declarationHash()) {
                throw new StateMismatchException(folder + " holds the state of a program that declared other states"
                        + " than this one; name another --state-dir, or delete that folder to start anew");
            }
        }
    }

    /**
     * Opens a version.
     *
     * @param folder its folder
     * @param shape what this program has declared
     * @return the open version
     * @throws IOException if it cannot be read, or is damaged
     * @throws StateMismatchException if it holds other states
     */
    public static DurableVersion open(Path folder, StateShape shape) throws IOException {
        List<SafetensorsFile> parts = new ArrayList<>();
        try {
            for (String name : files(folder)) {
                parts.add(SafetensorsFile.open(folder.resolve(name)));
            }
            return new DurableVersion(folder, shape, parts);
        } catch (IOException | RuntimeException e) {
            close(parts);
            throw e;
        }
    }

    private static List<String> files(Path folder) throws IOException {
        Path manifest = folder.resolve(MANIFEST);
        List<String> files = new ArrayList<>();
        if (JsonText.object(Files.readString(manifest)).get("parts") instanceof List<?> listed) {
            for (Object part : listed) {
                if (!(part instanceof Map<?, ?> fields && fields.get("file") instanceof String file)) {
                    throw new IOException(manifest + " is damaged: a part has no file");
                }
                files.add(file);
            }
        }
        return files;
    }

    // All parts are of one version, or one of them is in the wrong place.
    private long same(String key) throws IOException {
        long first = parts.getFirst().number(key, 10);
        for (SafetensorsFile part : parts) {
            if (part.number(key, 10) != first) {
                throw new IOException(folder + " has parts of several versions");
            }
        }
        return first;
    }

    /**
     * The step that comes first after this version.
     *
     * @return 0 or more
     */
    public long step() {
        return step;
    }

    /**
     * Reads this rank's share into a slot, and checks it.
     *
     * @param slots this rank's slots, both empty
     * @param members the epoch
     * @return a plan, the same on all ranks, for the restore of what they have read
     * @throws IOException if something cannot be read, or is damaged
     */
    public RestorePlan load(SlotPair slots, Membership members) throws IOException {
        Version version = new Version(EARLIER, step);
        int worldSize = members.worldSize();
        int[] mine = IntStream.range(0, shardCount)
                .filter(shard -> shard % worldSize == members.rank())
                .toArray();
        Slot slot = slots.begin(version, new Custody(shardCount, mine));
        readReplicated(slot);
        for (int position = 0; position < mine.length; position++) {
            readShard(slot, position, mine[position]);
        }
        slot.seal();
        check(slot);
        slot.commit();
        boolean[] holdsReplicated = new boolean[worldSize];
        Arrays.fill(holdsReplicated, true);
        int[] sources =
                IntStream.range(0, shardCount).map(shard -> shard % worldSize).toArray();
        return new RestorePlan(version, shardCount, sources, 0, holdsReplicated);
    }

    private void readReplicated(Slot slot) throws IOException {
        SafetensorsFile part = partWith(PartFile.REPLICATED);
        MemorySegment region = slot.replicatedBytes();
        for (int i = 0; i < shape.buffers().size(); i++) {
            StateShape.Vector vector = shape.buffers().get(i);
            part.read(vector.name(), Dtype.of(vector.type()), region.asSlice(shape.bufferOffset(i), vector.bytes()));
        }
        for (int i = 0; i < shape.hosts().size(); i++) {
            StateShape.Host host = shape.hosts().get(i);
            MemorySegment memory = region.asSlice(shape.hostOffset(i), shape.hostOffset(i + 1) - shape.hostOffset(i));
            long length = part.bytes(host.name());
            if (length > host.maxBytes()) {
                throw new IOException(folder + " is damaged: state \"" + host.name() + "\" has " + length
                        + " bytes; at most " + host.maxBytes() + " can be");
            }
            memory.fill((byte) 0);
            memory.set(StateShape.LENGTH, 0, length);
            part.read(host.name(), Dtype.BYTES, memory.asSlice(StateShape.LENGTH_BYTES, length));
        }
    }

    private void readShard(Slot slot, int position, int shard) throws IOException {
        SafetensorsFile part = partWith(shard);
        for (int i = 0; i < shape.sharded().size(); i++) {
            StateShape.Vector vector = shape.sharded().get(i);
            long bytes = Partition.count(vector.count(), shard, shardCount) * vector.elementBytes();
            part.read(
                    PartFile.shardName(vector.name(), shard, shardCount),
                    Dtype.of(vector.type()),
                    slot.shardBytes(position).asSlice(shape.shardOffset(i, shard, shardCount), bytes));
        }
    }

    // What came from the disk is what the ranks had agreed on when they committed it.
    private void check(Slot slot) throws IOException {
        check(PartFile.REPLICATED, slot.replicatedChecksum());
        for (int position = 0; position < slot.heldShards(); position++) {
            check(slot.shard(position), slot.shardChecksum(position));
        }
    }

    private void check(int shard, long checksum) throws IOException {
        if (partWith(shard).number(PartFile.regionKey(shard), 16) != checksum) {
            throw new IOException(folder + " is damaged: "
                    + (shard == PartFile.REPLICATED ? "the replicated state" : "shard " + shard)
                    + " does not have its checksum");
        }
    }

    private SafetensorsFile partWith(int shard) throws IOException {
        for (SafetensorsFile part : parts) {
            if (part.has(PartFile.regionKey(shard))) {
                return part;
            }
        }
        throw new IOException(folder + " lacks "
                + (shard == PartFile.REPLICATED ? "the replicated state" : "shard " + shard + " of " + shardCount));
    }

    @Override
    public void close() throws IOException {
        close(parts);
    }

    private static void close(List<SafetensorsFile> parts) throws IOException {
        for (SafetensorsFile part : parts) {
            part.close();
        }
    }
}
