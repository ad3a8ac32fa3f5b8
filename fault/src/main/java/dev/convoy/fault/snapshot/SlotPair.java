/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.snapshot;

import dev.convoy.fault.protocol.GroupPlacement;
import dev.convoy.fault.protocol.Holding;
import dev.convoy.fault.protocol.Version;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The two slots of a rank, and the rule that keeps a version safe: a slot is written only if the other one's version is
 * known to be committed, or if there is nothing to lose yet. So whenever a rank stops, the slots of the survivors hold,
 * whole, the newest version that any rank may have gone on from.
 */
public final class SlotPair implements AutoCloseable {
    /** What is read within a few milliseconds is checked before it is offered, anything larger when it is used. */
    private static final long CHECKED_AT_ONCE = 32L << 20;

    private final Slot[] slots;
    private final int copies;
    private Version agreed;

    /**
     * Creates two empty slots; their memory comes with the first use.
     *
     * @param shape what a snapshot holds
     * @param source where memory comes from
     */
    public SlotPair(StateShape shape, Region.Source source) {
        this(shape, GroupPlacement.DEFAULT_COPIES, source);
    }

    /**
     * Creates two empty slots; their memory comes with the first use.
     *
     * @param shape what a snapshot holds
     * @param copies copies of each shard, the owner's included
     * @param source where memory comes from
     */
    public SlotPair(StateShape shape, int copies, Region.Source source) {
        this.copies = copies;
        slots = new Slot[] {new Slot(shape, source), new Slot(shape, source)};
    }

    /**
     * Where the copies of shards lie.
     *
     * @param worldSize ranks
     * @return the same on every rank
     */
    public GroupPlacement placement(int worldSize) {
        return new GroupPlacement(worldSize, copies);
    }

    /**
     * Makes the memory of one slot, the one that a first snapshot or a restore takes, before anybody waits for it.
     *
     * @param shardCount number of shards, 0 if the job has no sharded state
     * @param shards shards that are expected to be held, own first
     */
    public void reserve(int shardCount, int[] shards) {
        slots[0].reserve(shardCount, shards);
    }

    /**
     * Memory that a rank needs for its snapshots: two slots.
     *
     * @param shape what a snapshot holds
     * @param shardCount number of shards, 0 if the job has no sharded state
     * @param shards the shards held
     * @return bytes
     */
    public static long announcedBytes(StateShape shape, int shardCount, int[] shards) {
        long bytes = shape.replicatedBytes();
        for (int shard : shards) {
            bytes += shape.shardBytes(shard, shardCount);
        }
        return 2 * bytes;
    }

    /**
     * Memory that the slots have at present.
     *
     * @return bytes
     */
    public long usedBytes() {
        return slots[0].usedBytes() + slots[1].usedBytes();
    }

    /**
     * Opens the slot that may be overwritten, for a version.
     *
     * @param version the version to be written
     * @param shardCount number of shards, 0 if the job has no sharded state
     * @param shards shards to be held, own first
     * @return the slot, in the stage of being written
     * @throws IllegalStateException if writing would put the only usable version at risk
     */
    Slot begin(Version version, int shardCount, int[] shards) {
        Slot target = writable(version);
        target.begin(version, shardCount, shards);
        return target;
    }

    /**
     * Takes up a slot that a restore has prepared for a version, or opens one as {@link #begin} does.
     *
     * @param version the version to be written
     * @param shardCount number of shards, 0 if the job has no sharded state
     * @param shards shards to be held, own first
     * @return the slot, in the stage of being written
     */
    Slot resume(Version version, int shardCount, int[] shards) {
        for (Slot slot : slots) {
            if (slot.ownIsStaged() && version.equals(slot.version())) {
                return slot;
            }
        }
        return begin(version, shardCount, shards);
    }

    private Slot writable(Version version) {
        Slot kept = newestCommitted();
        if (kept != null) {
            if (version.equals(kept.version())) {
                throw new IllegalStateException("version " + version + " is committed already");
            }
            Slot target = other(kept);
            requireNothingAtRisk(target, version);
            return target;
        }
        for (Slot slot : slots) {
            requireNothingAtRisk(slot, version);
        }
        // A repeated attempt at the same version goes where the first one went.
        return version.equals(slots[1].version()) ? slots[1] : slots[0];
    }

    // A whole version whose commit was not seen here may be what another rank already goes on from.
    private static void requireNothingAtRisk(Slot target, Version next) {
        if (target.stage() == Slot.Stage.COMPLETE && !next.equals(target.version())) {
            throw new IllegalStateException(
                    "cannot write version " + next + " while " + target.version() + " is not known to be committed");
        }
    }

    /**
     * Takes over what the coordinator decided: {@code version} is what every member goes on from, anything else is
     * void.
     *
     * @param version the restore version, or null for the initial state
     */
    public void agree(Version version) {
        agreed = version;
        for (Slot slot : slots) {
            if (slot.isWhole() && slot.version().equals(version)) {
                slot.commit();
            } else {
                slot.clear();
            }
        }
    }

    /**
     * Empties the slot with a version and frees its memory: what was read from disk is cut as nothing of this job is.
     *
     * @param version the version
     */
    public void discard(Version version) {
        Slot slot = find(version);
        if (slot != null) {
            slot.close();
        }
    }

    /**
     * The slot with a version.
     *
     * @param version the version
     * @return the whole slot, or null if this rank does not hold it
     */
    Slot find(Version version) {
        for (Slot slot : slots) {
            if (slot.isWhole() && slot.version().equals(version)) {
                return slot;
            }
        }
        return null;
    }

    /**
     * The newest version that this rank knows to be whole on every rank.
     *
     * @return null if none is
     */
    public Version committed() {
        Slot slot = newestCommitted();
        return slot == null ? null : slot.version();
    }

    /**
     * What this rank holds of the newest committed version, without looking at a byte of it.
     *
     * @return empty if none is committed
     */
    public Optional<Holding> newest() {
        Slot slot = newestCommitted();
        return slot == null ? Optional.empty() : slot.offer(false, damage -> {});
    }

    /**
     * Lists what may be offered for a restore. Every byte is checked against its checksum before, unless there are so
     * many that all ranks would wait for it: then the restore itself checks what it uses, and if that fails, the next
     * list is a checked one.
     *
     * @param damage told of every part that lost its checksum
     * @return newest first
     */
    public List<Holding> inventory(Consumer<String> damage) {
        boolean check = hasProvedNothing() || slots[0].heldBytes() + slots[1].heldBytes() <= CHECKED_AT_ONCE;
        List<Holding> holdings = new ArrayList<>();
        for (Slot slot : slots) {
            slot.offer(check, damage).ifPresent(holdings::add);
        }
        holdings.sort((a, b) -> b.version().compareTo(a.version()));
        return holdings;
    }

    // Nothing was committed since the last restore began: it may have failed for damage here.
    private boolean hasProvedNothing() {
        return agreed != null && agreed.equals(committed());
    }

    /** Flips bits in this rank's own newest committed snapshot; an injected fault. */
    public void damageNewest() {
        Slot newest = newestCommitted();
        if (newest != null) {
            newest.damage();
        }
    }

    /** The slot with the newest version that this rank knows to be committed, or null. */
    Slot newestCommitted() {
        Slot newest = null;
        for (Slot slot : slots) {
            boolean candidate = slot.stage() == Slot.Stage.COMMITTED;
            if (candidate && (newest == null || slot.version().compareTo(newest.version()) > 0)) {
                newest = slot;
            }
        }
        return newest;
    }

    private Slot other(Slot slot) {
        return slot == slots[0] ? slots[1] : slots[0];
    }

    /** Frees the memory. Idempotent. */
    @Override
    public void close() {
        for (Slot slot : slots) {
            slot.close();
        }
    }
}
