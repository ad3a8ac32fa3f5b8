/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.snapshot;

import dev.convoy.Communicator;
import dev.convoy.Device;
import dev.convoy.DeviceBuffer;
import dev.convoy.ReedSolomon;
import dev.convoy.Stream;
import dev.convoy.fault.protocol.Decoding;
import dev.convoy.fault.protocol.ParityRing;
import dev.convoy.fault.protocol.RestorePlan;
import java.util.ArrayList;
import java.util.List;

/**
 * Computes, in a restore, what of the shards nobody holds: each rank what it needs itself, chunk by chunk, from chunks
 * of the same row that it pulls from others. All ranks go through the same rounds, in each of which a rank computes one
 * chunk at most.
 */
final class StripeDecoder {
    private final int rank;
    private final RestorePlan plan;
    private final StateShape shape;
    private final List<Transfer> transfers;
    private final Slot held;
    private final Device device;
    private final ParityWorkspace workspace;
    private final int[] sources;

    /**
     * Creates one rank's view.
     *
     * @param rank this rank
     * @param plan who has what
     * @param shape the states
     * @param transfers all pieces of the restore, the same list on all ranks
     * @param held the slot with the version, or null if this rank lacks it
     * @param device where the slots are
     * @param workspace where chunks are computed
     */
    StripeDecoder(
            int rank,
            RestorePlan plan,
            StateShape shape,
            List<Transfer> transfers,
            Slot held,
            Device device,
            ParityWorkspace workspace) {
        this.rank = rank;
        this.plan = plan;
        this.shape = shape;
        this.transfers = transfers;
        this.held = held;
        this.device = device;
        this.workspace = workspace;
        this.sources = plan.shardSource();
    }

    /** Where what was computed goes. */
    interface Target {
        /** Memory for a part of a transfer. */
        DeviceBuffer memory(int transfer, long done, long length);

        /** A part of a transfer is there. */
        void arrived(int transfer, long done, long length);
    }

    /** Part of a transfer that lies in one chunk of its old shard. */
    private record Task(int transfer, long done, long length, ParityGrid grid, Decoding decoding, int place, long at) {
        int chunk() {
            return (int) (at / grid.chunk());
        }

        long offset() {
            return at % grid.chunk();
        }

        int row() {
            return chunk() / grid.ring().data();
        }

        int piece() {
            return chunk() % grid.ring().data();
        }

        int stripe() {
            return grid.ring().stripeOfData(place, piece());
        }
    }

    /** Computes everything; a collective call of all ranks. */
    void run(Communicator communicator, Stream stream, Target target) {
        List<List<Task>> tasks = tasks(communicator.worldSize());
        int rounds = tasks.stream().mapToInt(List::size).max().orElse(0);
        for (int round = 0; round < rounds; round++) {
            try (var _ = communicator.group()) {
                for (int to = 0; to < tasks.size(); to++) {
                    if (round < tasks.get(to).size()) {
                        move(tasks.get(to).get(round), to, communicator, stream);
                    }
                }
            }
            communicator.synchronize(stream);
            if (round < tasks.get(rank).size()) {
                compute(tasks.get(rank).get(round), communicator, stream, target);
            }
        }
    }

    /** What each rank computes, in the order in which it does. */
    private List<List<Task>> tasks(int worldSize) {
        List<List<Task>> tasks = new ArrayList<>();
        for (int to = 0; to < worldSize; to++) {
            tasks.add(new ArrayList<>());
        }
        for (int i = 0; i < transfers.size(); i++) {
            Transfer transfer = transfers.get(i);
            if (sources[transfer.oldShard()] < 0) {
                addTasks(i, tasks.get(transfer.newShard()));
            }
        }
        return tasks;
    }

    private void addTasks(int number, List<Task> tasks) {
        Transfer transfer = transfers.get(number);
        Decoding decoding = plan.decoding(transfer.oldShard());
        ParityGrid grid = ParityGrid.of(shape, decoding.ring(), plan.shardCount());
        int place = decoding.ring().placeOf(transfer.oldShard());
        for (long done = 0; done < transfer.bytes(); ) {
            long at = transfer.oldOffset() + done;
            long length = Math.min(transfer.bytes() - done, grid.chunk() - at % grid.chunk());
            tasks.add(new Task(number, done, length, grid, decoding, place, at));
            done += length;
        }
    }

    /** As many chunks of the task's stripe as it takes, data before parity. */
    private List<StripePart> parts(Task task) {
        ParityRing ring = task.grid().ring();
        List<StripePart> parts = new ArrayList<>();
        for (int piece = 0; piece < ring.data(); piece++) {
            int place = ring.dataPlace(task.stripe(), piece);
            int source = sources[ring.member(place)];
            if (source >= 0) {
                long there = task.grid().length(place, task.row() * ring.data() + piece) - task.offset();
                parts.add(new StripePart(piece, source, place, Math.clamp(there, 0, task.length())));
            }
        }
        for (int index = 0; index < ring.parity() && parts.size() < ring.data(); index++) {
            int source = task.decoding().paritySource(task.stripe(), index);
            if (source >= 0) {
                int place = ring.parityPlace(task.stripe(), index);
                parts.add(new StripePart(ring.data() + index, source, place, task.length()));
            }
        }
        return parts;
    }

    private void move(Task task, int to, Communicator communicator, Stream stream) {
        if (to == rank) {
            workspace.fit(device, task.grid());
        }
        List<StripePart> parts = parts(task);
        for (int i = 0; i < parts.size(); i++) {
            StripePart part = parts.get(i);
            if (part.bytes() > 0 && to == rank) {
                DeviceBuffer arrival = workspace.arrival(task.grid(), i, part.bytes());
                if (part.source() == rank) {
                    arrival.copyFromAsync(memory(task, part), stream);
                } else {
                    communicator.recv(arrival, part.source(), stream);
                }
            } else if (part.bytes() > 0 && part.source() == rank) {
                communicator.send(memory(task, part), to, stream);
            }
        }
    }

    private DeviceBuffer memory(Task task, StripePart part) {
        if (held == null || !task.grid().equals(held.custody().grid())) {
            throw new DamagedTransferException("rank " + rank + " has no parity of snapshot " + plan.version()
                    + " as the plan says it was cut: " + task.grid().ring());
        }
        int data = task.grid().ring().data();
        if (part.index() >= data) {
            return held.parityMemory(
                    part.index() - data, task.row() * task.grid().chunk() + task.offset(), part.bytes());
        }
        int shard = task.grid().ring().member(part.place());
        long at = (task.row() * (long) data + part.index()) * task.grid().chunk() + task.offset();
        return held.shardRegion(held.positionOf(shard)).buffer().slice(at, part.bytes());
    }

    private void compute(Task task, Communicator communicator, Stream stream, Target target) {
        ParityRing ring = task.grid().ring();
        List<StripePart> parts = parts(task);
        List<DeviceBuffer> arrivals = new ArrayList<>();
        for (int i = 0; i < parts.size(); i++) {
            long lacking = task.length() - parts.get(i).bytes();
            workspace
                    .arrivalBytes(task.grid(), i, task.length())
                    .asSlice(parts.get(i).bytes(), lacking)
                    .fill((byte) 0);
            arrivals.add(workspace.arrival(task.grid(), i, task.length()));
        }
        new ReedSolomon(ring.data(), ring.parity())
                .recover(
                        device.kernels(),
                        task.piece(),
                        parts.stream().mapToInt(StripePart::index).toArray(),
                        arrivals,
                        target.memory(task.transfer(), task.done(), task.length()),
                        stream);
        communicator.synchronize(stream);
        target.arrived(task.transfer(), task.done(), task.length());
    }
}
