/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.protocol.simulation;

import dev.convoy.fault.protocol.Decoding;
import dev.convoy.fault.protocol.ParityRing;
import dev.convoy.fault.protocol.RestorePlan;
import java.util.ArrayList;
import java.util.List;

/** What really lies at the sources that a plan names for a shard which nobody holds. */
final class ModelDecoding {
    private ModelDecoding() {}

    /** One chunk of a stripe, at its source. */
    private record Part(ModelMemory.Slot slot, int shard) {
        boolean isDamaged() {
            return shard >= 0 ? slot.isDamaged(shard) : slot.parity().isDamaged();
        }
    }

    /** The content of the shard, or null if some piece of it does not follow from what is there. */
    static long[] content(Object[] slots, RestorePlan plan, int shard) {
        ParityRing ring = ring(slots, plan, shard);
        long[] content = null;
        for (int piece = 0; ring != null && piece < ring.data(); piece++) {
            List<Part> parts = parts(slots, plan, ring, shard, piece);
            if (parts.size() < ring.data()) {
                return null;
            }
            for (Part part : parts) {
                boolean isParity = part.shard() < 0 && part.slot().parity().shard(shard) != null;
                content = isParity ? part.slot().parity().shard(shard) : content;
            }
        }
        return content;
    }

    /** Whether a restore of the shard reads what is damaged. */
    static boolean readsDamage(Object[] slots, RestorePlan plan, int shard) {
        ParityRing ring = ring(slots, plan, shard);
        boolean damaged = false;
        for (int piece = 0; piece < ring.data(); piece++) {
            List<Part> parts = parts(slots, plan, ring, shard, piece);
            damaged |= parts.subList(0, ring.data()).stream().anyMatch(Part::isDamaged);
        }
        return damaged;
    }

    /** The group as it was when the parity was made, which is what somebody has of it. */
    private static ParityRing ring(Object[] slots, RestorePlan plan, int shard) {
        for (Decoding decoding : plan.decodings()) {
            for (int source : decoding.paritySource()) {
                ModelMemory.Slot slot = source < 0 ? null : (ModelMemory.Slot) slots[source];
                if (decoding.covers(shard) && slot != null && slot.parity() != null) {
                    return slot.parity().ring();
                }
            }
        }
        return null;
    }

    /** What is there of a piece's stripe, data before parity. */
    private static List<Part> parts(Object[] slots, RestorePlan plan, ParityRing ring, int shard, int piece) {
        int stripe = ring.stripeOfData(ring.placeOf(shard), piece);
        List<Part> parts = new ArrayList<>();
        for (int i = 0; i < ring.data(); i++) {
            int owner = ring.member(ring.dataPlace(stripe, i));
            int source = plan.shardSource()[owner];
            if (source >= 0 && ((ModelMemory.Slot) slots[source]).shard(owner) != null) {
                parts.add(new Part((ModelMemory.Slot) slots[source], owner));
            }
        }
        for (int index = 0; index < ring.parity(); index++) {
            int keeper = ring.member(ring.parityPlace(stripe, index));
            for (Object candidate : slots) {
                ModelMemory.Slot slot = (ModelMemory.Slot) candidate;
                // A rank keeps the parity of its place beside the shard of its number, which it may have lost.
                if (slot != null && slot.parity() != null && slot.parity().owner() == keeper) {
                    parts.add(new Part(slot, -1));
                }
            }
        }
        return parts;
    }
}
