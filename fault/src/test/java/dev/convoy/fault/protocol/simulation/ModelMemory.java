/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.protocol.simulation;

import dev.convoy.fault.protocol.Holding;
import dev.convoy.fault.protocol.Version;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Two snapshot slots of a rank. The one that holds the version to fall back on is never written. */
final class ModelMemory {
    private final Slot[] slots = {new Slot(), new Slot()};
    private Version fallBack;

    static final class Slot {
        private Version version;
        private int shardCount;
        private int[] ledger;
        private boolean complete;
        private final Map<Integer, long[]> shards = new HashMap<>();

        long[] shard(int number) {
            return shards.get(number);
        }

        int[] ledger() {
            return ledger;
        }
    }

    void fallBackOn(Version version) {
        fallBack = version;
    }

    /** Newest version known to be committed, or restored. */
    Version fallBack() {
        return fallBack;
    }

    Slot begin(Version version, int shardCount) {
        Slot slot = slots[0].complete && slots[0].version.equals(fallBack) ? slots[1] : slots[0];
        slot.complete = false;
        slot.shards.clear();
        slot.version = version;
        slot.shardCount = shardCount;
        return slot;
    }

    static void complete(Slot slot, Map<Integer, long[]> shards, int[] ledger) {
        slot.shards.putAll(shards);
        slot.ledger = ledger;
        slot.complete = true;
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

    List<Holding> inventory() {
        List<Holding> holdings = new ArrayList<>();
        for (Slot slot : slots) {
            if (slot.complete) {
                int[] numbers = slot.shards.keySet().stream().mapToInt(i -> i).toArray();
                holdings.add(new Holding(slot.version, slot.shardCount, numbers, true));
            }
        }
        return holdings;
    }
}
