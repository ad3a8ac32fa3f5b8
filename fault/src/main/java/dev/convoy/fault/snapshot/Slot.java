/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.snapshot;

import dev.convoy.DeviceBuffer;
import dev.convoy.fault.protocol.HeldParity;
import dev.convoy.fault.protocol.Holding;
import dev.convoy.fault.protocol.ParityRing;
import dev.convoy.fault.protocol.Redundancy;
import dev.convoy.fault.protocol.Version;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/**
 * Memory for one version: the replicated state, this rank's shard, and the shards or parity that it keeps for others.
 * What it holds is offered to others only once it is whole and only as far as its checksums still hold.
 */
public final class Slot {
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
    private Region parity = Region.EMPTY;
    // Read by another thread than the one that writes a slot: only what is whole is looked at.
    private volatile Stage stage = Stage.EMPTY;
    private Version version;
    private Custody custody = Custody.NONE;
    private int[] shards = custody.shards();
    private long replicatedChecksum;
    private ChunkSums replicatedSums = new ChunkSums(MemorySegment.ofArray(new byte[0]));
    private ChunkSums[] shardSums = {};
    private long[] shardChecksums = {};
    private long[] originals = {};
    private ChunkSums[] paritySums = {};
    private long[] parityChecksums = {};
    /** Checksums of the group's shards, as their owners told them, where there is parity. */
    private long[] told = {};

    private boolean parityIsSound;
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
     * @param kept what of its shards is to be kept
     */
    void begin(Version next, Custody kept) {
        boolean keeps = isBaseOf(next, kept);
        base = keeps ? version : null;
        stage = Stage.WRITING;
        version = next;
        custody = kept;
        shards = kept.shards();
        open();
        if (keeps) {
            return;
        }
        fit(kept);
        clearPadding();
        int pieces = parityChecksums.length;
        replicatedSums = new ChunkSums(replicatedBytes());
        long chunk = kept.grid() == null ? ChunkSums.CHUNK : kept.grid().chunk();
        shardSums = new ChunkSums[shards.length];
        Arrays.setAll(shardSums, i -> new ChunkSums(shardBytes(i), chunk));
        paritySums = new ChunkSums[pieces];
        Arrays.setAll(paritySums, i -> new ChunkSums(parityBytes(i), chunk));
    }

    /**
     * Takes a version up again that did not become what all want: everything of others is to be written once more. What
     * was copied from the live state stays, with the checksums of that copy: they alone tell whether it is still that.
     */
    void reopen() {
        requireStage(Stage.COMPLETE);
        base = null;
        open();
    }

    private void open() {
        stage = Stage.WRITING;
        shardChecksums = unknown(shards.length);
        originals = unknown(shards.length);
        parityChecksums =
                unknown(custody.grid() == null ? 0 : custody.grid().ring().parity());
        told = unknown(custody.grid() == null ? 0 : custody.grid().ring().size());
        parityIsSound = true;
        ownIsStaged = false;
    }

    private static long[] unknown(int count) {
        long[] checksums = new long[count];
        Arrays.fill(checksums, UNKNOWN);
        return checksums;
    }

    // All ranks have taken the same snapshots in this epoch, so all come to the same answer.
    private boolean isBaseOf(Version next, Custody kept) {
        return stage == Stage.COMMITTED && version.epoch() == next.epoch() && custody.equals(kept);
    }

    /** The version whose content lies here while the next is written over it, or null if the content is nothing. */
    Version base() {
        return base;
    }

    /** Makes memory for a version kept like this; changes nothing that the slot holds. */
    void reserve(Custody expected) {
        if (stage == Stage.EMPTY) {
            fit(expected);
        }
    }

    private void fit(Custody wanted) {
        if (replicated.bytes().byteSize() < shape.replicatedBytes()) {
            replicated.close();
            replicated = source.allocate(shape.replicatedBytes());
            replicated.bytes().asSlice(shape.hostOffset(0)).fill((byte) 0);
        }
        if (!shardsFit(wanted)) {
            // All first, so that what they leave behind can be one piece.
            closeShards();
            for (int shard : wanted.shards()) {
                long bytes = shape.shardBytes(shard, wanted.shardCount());
                shardRegions.add(bytes == 0 ? Region.EMPTY : source.allocate(bytes));
            }
            parity = parityBytes(wanted) == 0 ? Region.EMPTY : source.allocate(parityBytes(wanted));
        }
    }

    private void closeShards() {
        shardRegions.forEach(Region::close);
        shardRegions.clear();
        parity.close();
        parity = Region.EMPTY;
    }

    private boolean shardsFit(Custody wanted) {
        int[] wantedShards = wanted.shards();
        boolean fit =
                shardRegions.size() >= wantedShards.length && parity.bytes().byteSize() >= parityBytes(wanted);
        for (int i = 0; fit && i < wantedShards.length; i++) {
            fit = shardRegions.get(i).bytes().byteSize() >= shape.shardBytes(wantedShards[i], wanted.shardCount());
        }
        return fit;
    }

    /** Bytes of all parity that is kept. */
    private static long parityBytes(Custody kept) {
        return kept.grid() == null
                ? 0
                : kept.grid().parityBytes() * kept.grid().ring().parity();
    }

    /** Bytes of a slot that holds what is kept. */
    static long bytes(StateShape shape, Custody kept) {
        long bytes = shape.replicatedBytes() + parityBytes(kept);
        for (int shard : kept.shards()) {
            bytes += shape.shardBytes(shard, kept.shardCount());
        }
        return bytes;
    }

    long usedBytes() {
        long bytes = replicated.bytes().byteSize() + parity.bytes().byteSize();
        for (Region region : shardRegions) {
            bytes += region.bytes().byteSize();
        }
        return bytes;
    }

    // Equal states must have equal checksums, and memory is used again for other cuts.
    private void clearPadding() {
        shape.clearBufferPadding(replicatedBytes());
        for (int i = 0; i < shards.length; i++) {
            shape.clearShardPadding(shardBytes(i), shards[i], custody.shardCount());
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

    /** The checksums of a parity piece, as it is written. */
    ChunkSums paritySums(int index) {
        return paritySums[index];
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

    /** Names the checksum that a member of the group says its shard has. */
    void tell(int place, long checksum) {
        requireStage(Stage.WRITING);
        told[place] = checksum;
    }

    /** The checksum that a member of the group said its shard had. */
    long told(int place) {
        return told[place];
    }

    /** Notes that parity was made of something else than what its owners have. It is never offered. */
    void doubtParity() {
        requireStage(Stage.WRITING);
        parityIsSound = false;
    }

    boolean parityIsSound() {
        return parityIsSound;
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
        for (int i = 0; i < parityChecksums.length; i++) {
            parityChecksums[i] = paritySums[i].whole();
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
        custody = Custody.NONE;
        shards = custody.shards();
        parityChecksums = unknown(0);
    }

    void close() {
        clear();
        replicated.close();
        replicated = Region.EMPTY;
        closeShards();
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

    /** What the slot holds of the shards, or is being written with. */
    Custody custody() {
        return custody;
    }

    int shardCount() {
        return custody.shardCount();
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

    /** Part of a parity piece. */
    DeviceBuffer parityMemory(int index, long offset, long bytes) {
        return parity.buffer().slice(index * custody.grid().parityBytes() + offset, bytes);
    }

    MemorySegment parityBytes(int index) {
        long bytes = custody.grid().parityBytes();
        return parity.bytes().asSlice(index * bytes, bytes);
    }

    MemorySegment replicatedBytes() {
        return replicated.bytes().asSlice(0, shape.replicatedBytes());
    }

    MemorySegment shardBytes(int position) {
        return shardRegions.get(position).bytes().asSlice(0, shape.shardBytes(shards[position], shardCount()));
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
        return isWhole() ? bytes + parityBytes(custody) : bytes;
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
        HeldParity held = offerParity(check, damage);
        if (!sound && count == 0 && (held == null || held.indices().length == 0)) {
            return Optional.empty();
        }
        int[] offered = Arrays.copyOf(soundShards, count);
        Arrays.sort(offered);
        return Optional.of(new Holding(version, shardCount(), offered, sound, held));
    }

    private HeldParity offerParity(boolean check, Consumer<String> damage) {
        if (custody.grid() == null) {
            return null;
        }
        int[] sound = IntStream.range(0, parityChecksums.length)
                .filter(i -> parityIsSound && (!check || Checksum.of(parityBytes(i)) == parityChecksums[i]))
                .toArray();
        if (sound.length < parityChecksums.length) {
            damage.accept("the parity of " + version);
        }
        ParityRing ring = custody.grid().ring();
        return new HeldParity(new Redundancy.Parity(ring.data(), ring.parity()), sound);
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
