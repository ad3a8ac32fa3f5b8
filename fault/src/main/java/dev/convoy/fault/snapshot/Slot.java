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
    // Read by another thread than the one that writes a slot: only what is whole is looked at.
    private volatile Stage stage = Stage.EMPTY;
    private Version version;
    private int shardCount;
    private int[] shards = NONE;
    private long replicatedChecksum;
    private ChunkSums replicatedSums = new ChunkSums(MemorySegment.ofArray(new byte[0]));
    private ChunkSums[] shardSums = {};
    private long[] shardChecksums = {};
    private long[] originals = {};
    private boolean ownIsStaged;
    private Version base;

    Slot(StateShape shape, Region.Source source) {
        this.shape = shape;
        this.source = source;
    }

    /**
     * Starts to write a version. From here until {@link #seal} the slot counts as torn. If it holds a version that
     * every rank of the same epoch has whole, cut alike, that stays as the {@link #base} of the new one: who writes
     * only what has changed since then has everything.
     *
     * @param next the version
     * @param nextShardCount number of shards, 0 if the job has no sharded state
     * @param nextShards the shards to be held, this rank's own first; empty if the job has no sharded state
     */
    void begin(Version next, int nextShardCount, int[] nextShards) {
        boolean keeps = isBaseOf(next, nextShardCount, nextShards);
        base = keeps ? version : null;
        stage = Stage.WRITING;
        version = next;
        shardCount = nextShardCount;
        shards = nextShards.clone();
        shardChecksums = new long[shards.length];
        originals = new long[shards.length];
        ownIsStaged = false;
        Arrays.fill(shardChecksums, UNKNOWN);
        Arrays.fill(originals, UNKNOWN);
        if (keeps) {
            return;
        }
        fit(shards, shardCount);
        clearPadding();
        replicatedSums = new ChunkSums(replicatedBytes());
        shardSums = new ChunkSums[shards.length];
        Arrays.setAll(shardSums, i -> new ChunkSums(shardBytes(i)));
    }

    // All ranks have taken the same snapshots in this epoch, so all come to the same answer.
    private boolean isBaseOf(Version next, int nextShardCount, int[] nextShards) {
        return stage == Stage.COMMITTED
                && version.epoch() == next.epoch()
                && shardCount == nextShardCount
                && Arrays.equals(shards, nextShards);
    }

    /** The version whose content lies here while the next is written over it, or null if the content is nothing. */
    Version base() {
        return base;
    }

    /** Makes memory for a version with these shards; changes nothing that the slot holds. */
    void reserve(int expectedCount, int[] expected) {
        if (stage == Stage.EMPTY) {
            fit(expected, expectedCount);
        }
    }

    private void fit(int[] wanted, int count) {
        if (replicated.bytes().byteSize() < shape.replicatedBytes()) {
            replicated.close();
            replicated = source.allocate(shape.replicatedBytes());
            replicated.bytes().asSlice(shape.hostOffset(0)).fill((byte) 0);
        }
        if (!shardsFit(wanted, count)) {
            // All first, so that what they leave behind can be one piece.
            shardRegions.forEach(Region::close);
            shardRegions.clear();
            for (int shard : wanted) {
                long bytes = shape.shardBytes(shard, count);
                shardRegions.add(bytes == 0 ? Region.EMPTY : source.allocate(bytes));
            }
        }
    }

    private boolean shardsFit(int[] wanted, int count) {
        boolean fit = shardRegions.size() >= wanted.length;
        for (int i = 0; fit && i < wanted.length; i++) {
            fit = shardRegions.get(i).bytes().byteSize() >= shape.shardBytes(wanted[i], count);
        }
        return fit;
    }

    long usedBytes() {
        long bytes = replicated.bytes().byteSize();
        for (Region region : shardRegions) {
            bytes += region.bytes().byteSize();
        }
        return bytes;
    }

    // Equal states must have equal checksums, and memory is used again for other cuts.
    private void clearPadding() {
        shape.clearBufferPadding(replicatedBytes());
        for (int i = 0; i < shards.length; i++) {
            shape.clearShardPadding(shardBytes(i), shards[i], shardCount);
        }
    }

    /** The checksums of the replicated region, as it is written. */
    ChunkSums replicatedSums() {
        return replicatedSums;
    }

    /** The checksums of a held shard, as it is written. */
    ChunkSums shardSums(int position) {
        return shardSums[position];
    }

    /** Checksum of this rank's own shard, whose bytes must be there: what its copies are compared with. */
    long checksumOwn() {
        requireStage(Stage.WRITING);
        if (shardChecksums[0] == UNKNOWN) {
            shardChecksums[0] = shardSums[0].whole();
        }
        return shardChecksums[0];
    }

    /**
     * Notes that a restore has put this rank's own shard here, whole and verified. The live state has the same content
     * until the program runs, so that a snapshot of it need not copy it again.
     */
    void stageOwn(long checksum) {
        requireStage(Stage.WRITING);
        shardChecksums[0] = checksum;
        ownIsStaged = true;
    }

    boolean ownIsStaged() {
        return ownIsStaged;
    }

    /** Names what the shard at a position has at its owner. A copy that differs is never offered. */
    void expect(int position, long checksum) {
        requireStage(Stage.WRITING);
        originals[position] = checksum;
    }

    /** Checksums what was written; the slot is whole from here on. */
    void seal() {
        requireStage(Stage.WRITING);
        replicatedChecksum = replicatedSums.whole();
        for (int i = 0; i < shards.length; i++) {
            if (shardChecksums[i] == UNKNOWN) {
                shardChecksums[i] = shardSums[i].whole();
            }
        }
        ownIsStaged = false;
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

    /** Bytes that {@link #offer} reads when it checks. */
    long heldBytes() {
        long bytes = isWhole() ? shape.replicatedBytes() : 0;
        for (int i = 0; isWhole() && i < shards.length; i++) {
            bytes += shardBytes(i).byteSize();
        }
        return bytes;
    }

    /**
     * What of this slot can be offered: only a whole slot, of it only copies that equalled their originals, and of
     * these, where they are checked, only what still has its checksum.
     *
     * @param check whether to read everything
     * @param damage told of everything else, completes a sentence: {@code shard 3 of step 7 of epoch 1}
     */
    Optional<Holding> offer(boolean check, Consumer<String> damage) {
        if (!isWhole()) {
            return Optional.empty();
        }
        boolean sound = !check || Checksum.of(replicatedBytes()) == replicatedChecksum;
        if (!sound) {
            damage.accept("the replicated state of " + version);
        }
        int[] soundShards = new int[shards.length];
        int count = 0;
        for (int i = 0; i < shards.length; i++) {
            if (isFaithful(i) && (!check || Checksum.of(shardBytes(i)) == shardChecksums[i])) {
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
