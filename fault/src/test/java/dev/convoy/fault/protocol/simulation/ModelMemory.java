/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.protocol.simulation;

import dev.convoy.fault.protocol.Holding;
import dev.convoy.fault.protocol.Version;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Two snapshot slots of a rank. The one that holds the version to fall back on is never written. A large slot is
 * offered by its recorded checksums and read through only when a restore of its version has failed.
 */
final class ModelMemory {
    private final Slot[] slots = {new Slot(), new Slot()};
    private final boolean large;
    private Version fallBack;
    private Version doubted;

    ModelMemory(boolean large) {
        this.large = large;
    }

    static final class Slot {
        private Version version;
        private int shardCount;
        private int[] ledger;
        private boolean complete;
        private int damaged = -1;
        private final Map<Integer, long[]> shards = new TreeMap<>();
        private ModelParity parity;

        /** Null if there is none. */
        ModelParity parity() {
            return parity;
        }

        /** Null if it is not there; damage does not show. */
        long[] shard(int number) {
            return shards.get(number);
        }

        boolean isDamaged(int number) {
            return damaged == number;
        }

        int[] ledger() {
            return ledger;
        }

        private Holding holding(boolean readThrough) {
            int[] numbers = shards.keySet().stream()
                    .mapToInt(i -> i)
                    .filter(number -> !readThrough || !isDamaged(number))
                    .toArray();
            return new Holding(version, shardCount, numbers, true, parity == null ? null : parity.held(readThrough));
        }
    }

    void fallBackOn(Version version) {
        fallBack = version;
    }

    /** Newest version known to be committed, or restored. */
    Version fallBack() {
        return fallBack;
    }

    /** A restore of this version begins; until it is done the version is not taken at its word. */
    void doubt(Version version) {
        doubted = version;
    }

    Slot begin(Version version, int shardCount) {
        Slot slot = slots[0].complete && slots[0].version.equals(fallBack) ? slots[1] : slots[0];
        slot.complete = false;
        slot.damaged = -1;
        slot.shards.clear();
        slot.parity = null;
        slot.version = version;
        slot.shardCount = shardCount;
        return slot;
    }

    static void complete(Slot slot, Map<Integer, long[]> shards, ModelParity parity, int[] ledger) {
        slot.shards.putAll(shards);
        slot.parity = parity;
        slot.ledger = ledger;
        slot.complete = true;
    }

    /** Returns whether there was anything to damage. */
    boolean corruptNewest() {
        Slot newest = null;
        for (Slot slot : slots) {
            boolean newer = slot.complete && (newest == null || slot.version.compareTo(newest.version) > 0);
            newest = newer ? slot : newest;
        }
        if (newest != null && newest.parity != null && newest.version.step() % 2 == 1) {
            newest.parity.damage();
        } else if (newest != null) {
            newest.damaged = newest.shards.keySet().iterator().next();
        }
        return newest != null;
    }

    /** Null if no complete slot holds it. */
    Slot find(Version version) {
        for (Slot slot : slots) {
            if (slot.complete && slot.version.equals(version)) {
                return slot;
            }
        }
        return null;
    }

    /** What the rank offers. */
    List<Holding> inventory() {
        List<Holding> holdings = new ArrayList<>();
        for (Slot slot : slots) {
            if (slot.complete) {
                holdings.add(slot.holding(!large || slot.version.equals(doubted)));
            }
        }
        return holdings;
    }

    /** What is really there. */
    List<Holding> sound() {
        List<Holding> holdings = new ArrayList<>();
        for (Slot slot : slots) {
            if (slot.complete) {
                holdings.add(slot.holding(true));
            }
        }
        return holdings;
    }
}
