/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.snapshot;

import dev.convoy.fault.protocol.Holding;
import dev.convoy.fault.protocol.Version;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Memory for one version: the replicated state, this rank's shard, and the shards that it keeps for others. What it
 * holds is offered to others only once it is whole and only as far as its checksums still hold.
 */
public final class Slot {
    private static final int[] NONE = {};
    /** No checksum: a CRC32C is not negative. */
    private static final long UNKNOWN = -1;

    /** How far a slot's content can be relied on. */
    enum Stage {
        /** Holds nothing. */
        EMPTY,
        /** Being written: torn if the writer stops here. */
        WRITING,
        /** Whole on this rank; whether it is on all ranks is not known here. */
        COMPLETE,
        /** Known to be whole on all ranks. */
        COMMITTED
    }

    private final StateShape shape;
    private final Region.Source source;
    private final List<Region> shardRegions = new ArrayList<>();
    private Region replicated = Region.EMPTY;
    private Stage stage = Stage.EMPTY;
    private Version version;
    private int shardCount;
    private int[] shards = NONE;
    private long replicatedChecksum;
    private long[] shardChecksums = {};
    private long[] originals = {};

    Slot(StateShape shape, Region.Source source) {
        this.shape = shape;
        this.source = source;
    }

    /**
     * Starts to write a version. From here until {@link #seal} the slot counts as torn.
     *
     * @param next the version
     * @param nextShardCount number of shards, 0 if the job has no sharded state
     * @param nextShards the shards to be held, this rank's own first; empty if the job has no sharded state
     */
    void begin(Version next, int nextShardCount, int[] nextShards) {
        stage = Stage.WRITING;
        version = next;
        shardCount = nextShardCount;
        shards = nextShards.clone();
        shardChecksums = new long[shards.length];
        originals = new long[shards.length];
        Arrays.fill(shardChecksums, UNKNOWN);
        Arrays.fill(originals, UNKNOWN);
        replicated = fitted(replicated, shape.replicatedBytes());
        for (int i = 0; i < shards.length; i++) {
            if (shardRegions.size() == i) {
                shardRegions.add(Region.EMPTY);
            }
            shardRegions.set(i, fitted(shardRegions.get(i), shape.shardBytes(shards[i], shardCount)));
        }
    }

    private Region fitted(Region region, long bytes) {
        if (region.bytes().byteSize() >= bytes) {
            return region;
        }
        region.close();
        return source.allocate(bytes);
    }

    /** Checksum of this rank's own shard, whose bytes must be there: what its copies are compared with. */
    long checksumOwn() {
        requireStage(Stage.WRITING);
        shardChecksums[0] = Checksum.of(shardBytes(0));
        return shardChecksums[0];
    }

    /** Names what the shard at a position has at its owner. A copy that differs is never offered. */
    void expect(int position, long checksum) {
        requireStage(Stage.WRITING);
        originals[position] = checksum;
    }

    /** Checksums what was written; the slot is whole from here on. */
    void seal() {
        requireStage(Stage.WRITING);
        replicatedChecksum = Checksum.of(replicatedBytes());
        for (int i = 0; i < shards.length; i++) {
            if (shardChecksums[i] == UNKNOWN) {
                shardChecksums[i] = Checksum.of(shardBytes(i));
            }
        }
        stage = Stage.COMPLETE;
    }

    /** Notes that every rank has this version whole. */
    void commit() {
        if (stage != Stage.COMMITTED) {
            requireStage(Stage.COMPLETE);
            stage = Stage.COMMITTED;
        }
    }

    void clear() {
        stage = Stage.EMPTY;
        version = null;
        shards = NONE;
        shardCount = 0;
    }

    void close() {
        clear();
        replicated.close();
        replicated = Region.EMPTY;
        shardRegions.forEach(Region::close);
        shardRegions.clear();
    }

    boolean isWhole() {
        return stage == Stage.COMPLETE || stage == Stage.COMMITTED;
    }

    Stage stage() {
        return stage;
    }

    /**
     * The version that this slot holds or is being written with.
     *
     * @return null if the slot is empty
     */
    public Version version() {
        return version;
    }

    int shardCount() {
        return shardCount;
    }

    int heldShards() {
        return shards.length;
    }

    int shard(int position) {
        return shards[position];
    }

    int positionOf(int shard) {
        for (int i = 0; i < shards.length; i++) {
            if (shards[i] == shard) {
                return i;
            }
        }
        throw new IllegalStateException(
                "shard " + shard + " is not among those of snapshot " + version + ": " + Arrays.toString(shards));
    }

    Region replicated() {
        return replicated;
    }

    Region shardRegion(int position) {
        return shardRegions.get(position);
    }

    MemorySegment replicatedBytes() {
        return replicated.bytes().asSlice(0, shape.replicatedBytes());
    }

    MemorySegment shardBytes(int position) {
        return shardRegions.get(position).bytes().asSlice(0, shape.shardBytes(shards[position], shardCount));
    }

    long replicatedChecksum() {
        return replicatedChecksum;
    }

    long shardChecksum(int position) {
        return shardChecksums[position];
    }

    /**
     * What of this slot can be offered: only a whole slot, and of it only what still has its checksum.
     *
     * @param damage told of everything else, completes a sentence: {@code shard 3 of step 7 of epoch 1}
     */
    Optional<Holding> verified(Consumer<String> damage) {
        if (!isWhole()) {
            return Optional.empty();
        }
        boolean sound = Checksum.of(replicatedBytes()) == replicatedChecksum;
        if (!sound) {
            damage.accept("the replicated state of " + version);
        }
        int[] soundShards = new int[shards.length];
        int count = 0;
        for (int i = 0; i < shards.length; i++) {
            if (isFaithful(i) && Checksum.of(shardBytes(i)) == shardChecksums[i]) {
                soundShards[count++] = shards[i];
            } else {
                damage.accept("shard " + shards[i] + " of " + version);
            }
        }
        if (!sound && count == 0) {
            return Optional.empty();
        }
        int[] offered = Arrays.copyOf(soundShards, count);
        Arrays.sort(offered);
        return Optional.of(new Holding(version, shardCount, offered, sound));
    }

    /** Flips bits of this rank's own shard, or of the replicated state where there are no shards. */
    void damage() {
        MemorySegment memory = shards.length > 0 ? shardBytes(0) : replicatedBytes();
        if (memory.byteSize() > 0) {
            long middle = memory.byteSize() / 2;
            memory.set(ValueLayout.JAVA_BYTE, middle, (byte) ~memory.get(ValueLayout.JAVA_BYTE, middle));
        }
    }

    // The vote would have found it, too; but the owner may die before the vote, and then this copy is all there is.
    private boolean isFaithful(int position) {
        return originals[position] == UNKNOWN || originals[position] == shardChecksums[position];
    }

    private void requireStage(Stage expected) {
        if (stage != expected) {
            throw new IllegalStateException(
                    "snapshot slot of version " + version + " is " + stage + ", not " + expected);
        }
    }
}
