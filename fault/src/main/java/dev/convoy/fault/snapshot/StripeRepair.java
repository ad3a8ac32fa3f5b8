/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.snapshot;

import dev.convoy.Communicator;
import dev.convoy.Device;
import dev.convoy.DeviceBuffer;
import dev.convoy.ReedSolomon;
import dev.convoy.Stream;
import dev.convoy.fault.protocol.ParityRing;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntPredicate;

/** A chunk of one rank's shard or parity that lost its checksum, and the rest of its row, from which it is computed. */
final class StripeRepair {
    private final ParityGrid grid;
    private final int place;
    private final boolean isParity;
    private final int chunk;
    private final int index;
    private final int stripe;
    private final int row;
    private final List<StripePart> parts = new ArrayList<>();

    /**
     * Finds what is left of the row.
     *
     * @param grid the group's
     * @param place where in its ring the damaged rank is
     * @param parity which parity piece is damaged; −1 if the shard is
     * @param chunk which chunk of it
     */
    StripeRepair(ParityGrid grid, int place, int parity, int chunk) {
        ParityRing ring = grid.ring();
        this.grid = grid;
        this.place = place;
        this.chunk = chunk;
        isParity = parity >= 0;
        index = isParity ? ring.data() + parity : chunk % ring.data();
        stripe = isParity ? ring.stripeOfParity(place, parity) : ring.stripeOfData(place, chunk % ring.data());
        row = isParity ? chunk : chunk / ring.data();
    }

    /** Whether another finding is of the same row: then neither can serve for the other. Groups number theirs alike. */
    private boolean meets(StripeRepair other) {
        return stripe == other.stripe && row == other.row && grid.equals(other.grid);
    }

    /**
     * Takes as many parts as it needs.
     *
     * @param others what else is damaged, in this group each at a place of its own
     * @return false if too little is left
     */
    boolean choose(List<StripeRepair> others) {
        ParityRing ring = grid.ring();
        IntPredicate isDamaged = candidate ->
                candidate == place || others.stream().anyMatch(other -> other.place == candidate && other.meets(this));
        for (int i = 0; i < ring.data() + ring.parity() && parts.size() < ring.data(); i++) {
            int candidate = i < ring.data() ? ring.dataPlace(stripe, i) : ring.parityPlace(stripe, i - ring.data());
            if (!isDamaged.test(candidate)) {
                long there = i < ring.data() ? grid.length(candidate, row * ring.data() + i) : grid.chunk();
                parts.add(new StripePart(i, ring.member(candidate), candidate, Math.min(there, length())));
            }
        }
        return parts.size() == ring.data();
    }

    /** Whether it is this rank's memory that is damaged. */
    boolean isAt(int rank) {
        return grid.ring().member(place) == rank;
    }

    private long length() {
        return isParity ? grid.chunk() : grid.length(place, chunk);
    }

    /** Moves the parts; within a group of operations. */
    void move(int rank, Slot slot, Device device, ParityWorkspace workspace, Communicator communicator, Stream stream) {
        if (isAt(rank)) {
            workspace.fit(device, grid);
        }
        int damaged = grid.ring().member(place);
        for (int i = 0; i < parts.size(); i++) {
            StripePart part = parts.get(i);
            if (part.bytes() > 0 && rank == damaged) {
                communicator.recv(workspace.arrival(grid, i, part.bytes()), part.source(), stream);
            } else if (part.bytes() > 0 && rank == part.source()) {
                communicator.send(memory(slot, part.index(), part.bytes()), damaged, stream);
            }
        }
    }

    private DeviceBuffer memory(Slot slot, int part, long bytes) {
        int data = grid.ring().data();
        return part < data
                ? slot.shardRegion(0).buffer().slice((row * (long) data + part) * grid.chunk(), bytes)
                : slot.parityMemory(part - data, row * grid.chunk(), bytes);
    }

    /** Computes the damaged chunk from what has arrived at its rank. */
    void compute(Slot slot, Device device, ParityWorkspace workspace, Stream stream) {
        List<DeviceBuffer> arrivals = new ArrayList<>();
        for (int i = 0; i < parts.size(); i++) {
            long there = parts.get(i).bytes();
            workspace
                    .arrivalBytes(grid, i, length())
                    .asSlice(there, length() - there)
                    .fill((byte) 0);
            arrivals.add(workspace.arrival(grid, i, length()));
        }
        ParityRing ring = grid.ring();
        new ReedSolomon(ring.data(), ring.parity())
                .recover(
                        device.kernels(),
                        index,
                        parts.stream().mapToInt(StripePart::index).toArray(),
                        arrivals,
                        memory(slot, index, length()),
                        stream);
    }
}
