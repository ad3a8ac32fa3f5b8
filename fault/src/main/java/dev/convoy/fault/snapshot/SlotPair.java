/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.snapshot;

import dev.convoy.fault.protocol.Decoding;
import dev.convoy.fault.protocol.FailureDomains;
import dev.convoy.fault.protocol.Holding;
import dev.convoy.fault.protocol.Redundancy;
import dev.convoy.fault.protocol.RestorePlan;
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
    private final StateShape shape;
    private final Redundancy redundancy;
    private final ParityWorkspace workspace = new ParityWorkspace();
    private Protection protection;
    private FailureDomains protectedDomains;
    private Version agreed;

    /**
     * Creates two empty slots; their memory comes with the first use.
     *
     * @param shape what a snapshot holds
     * @param source where memory comes from
     */
    public SlotPair(StateShape shape, Region.Source source) {
        this(shape, new Redundancy.Copies(1), source);
    }

    /**
     * Creates two empty slots; their memory comes with the first use.
     *
     * @param shape what a snapshot holds
     * @param redundancy what is kept of each shard beside the owner's
     * @param source where memory comes from
     */
    public SlotPair(StateShape shape, Redundancy redundancy, Region.Source source) {
        this.shape = shape;
        this.redundancy = redundancy;
        slots = new Slot[] {new Slot(shape, source), new Slot(shape, source)};
    }

    /** What each rank of an epoch keeps for the others; the same on every rank. */
    Protection protection(Membership members) {
        return protection(members.worldSize(), members.domains());
    }

    private synchronized Protection protection(int worldSize, FailureDomains domains) {
        if (protection == null || protection.worldSize() != worldSize || !domains.equals(protectedDomains)) {
            protection = Protection.of(redundancy, shape, worldSize, domains);
            protectedDomains = domains;
        }
        return protection;
    }

    /** What this rank keeps of the shards in an epoch. */
    Custody custody(Membership members) {
        return shape.hasShards() ? protection(members).custody(members.rank()) : Custody.NONE;
    }

    /** Where parity is made, and shards are computed. */
    ParityWorkspace workspace() {
        return workspace;
    }

    /**
     * Makes the memory of one slot, the one that a first snapshot or a restore takes, before anybody waits for it.
     *
     * @param rank the likely rank
     * @param worldSize the likely number of ranks
     */
    public void reserve(int rank, int worldSize) {
        slots[0].reserve(custody(new Membership(0, rank, worldSize, null)));
    }

    /**
     * Memory that a rank needs for its snapshots in an epoch: two slots, and where there is parity, what it is made in
     * or the restore computes shards in.
     *
     * @param members this rank's place in the epoch; the communicator does not count
     * @param plan what the epoch restores
     * @return bytes
     */
    public long announcedBytes(Membership members, RestorePlan plan) {
        Custody custody = custody(members);
        long work = ParityWorkspace.bytes(custody.grid());
        for (Decoding decoding : plan.decodings()) {
            ParityGrid grid = ParityGrid.of(shape, decoding.ring(), plan.shardCount());
            work = Math.max(work, ParityWorkspace.bytes(grid));
        }
        return 2 * Slot.bytes(shape, custody) + work;
    }

    /**
     * Memory that the slots, and what parity is made in, have at present.
     *
     * @return bytes
     */
    public long usedBytes() {
        return slots[0].usedBytes() + slots[1].usedBytes() + workspace.usedBytes();
    }

    /**
     * Opens the slot that may be overwritten, for a version.
     *
     * @param version the version to be written
     * @param custody what of the shards is to be held
     * @return the slot, in the stage of being written
     * @throws IllegalStateException if writing would put the only usable version at risk
     */
    Slot begin(Version version, Custody custody) {
        Slot target = writable(version);
        target.begin(version, custody);
        return target;
    }

    /**
     * Takes up a slot that a restore has prepared for a version, or opens one as {@link #begin} does.
     *
     * @param version the version to be written
     * @param custody what of the shards is to be held
     * @return the slot, in the stage of being written
     */
    Slot resume(Version version, Custody custody) {
        for (Slot slot : slots) {
            if (slot.ownIsStaged() && version.equals(slot.version())) {
                return slot;
            }
        }
        return begin(version, custody);
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

    /** Empties the slot with a version that is not to be offered to anybody, whole as it is. */
    void forget(Version version) {
        Slot slot = find(version);
        if (slot != null) {
            slot.clear();
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
        workspace.close();
    }
}
