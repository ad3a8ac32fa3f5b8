/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.protocol.simulation;

import dev.convoy.fault.protocol.HeldParity;
import dev.convoy.fault.protocol.ParityRing;
import dev.convoy.fault.protocol.Redundancy;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * The parity that a rank keeps of its group's shards. What it was made of is kept beside it: a piece of it stands for
 * one missing piece of its stripe, whatever the arithmetic.
 */
final class ModelParity {
    private final ParityRing ring;
    private final int owner;
    private final Map<Integer, long[]> madeOf = new TreeMap<>();
    private boolean damaged;

    ModelParity(ParityRing ring, int owner) {
        this.ring = ring;
        this.owner = owner;
    }

    /** The rank that it was made at. */
    int owner() {
        return owner;
    }

    void make(int shard, long[] content) {
        madeOf.put(shard, content);
    }

    ParityRing ring() {
        return ring;
    }

    /** What a shard was that this parity was made of, too. */
    long[] shard(int number) {
        return madeOf.get(number);
    }

    void damage() {
        damaged = true;
    }

    boolean isDamaged() {
        return damaged;
    }

    HeldParity held(boolean readThrough) {
        int[] indices = readThrough && damaged
                ? new int[0]
                : IntStream.range(0, ring.parity()).toArray();
        return new HeldParity(new Redundancy.Parity(ring.data(), ring.parity()), indices);
    }
}
