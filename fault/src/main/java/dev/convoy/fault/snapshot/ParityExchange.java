/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.snapshot;

import dev.convoy.CheckedCopy;
import dev.convoy.Communicator;
import dev.convoy.DataType;
import dev.convoy.Device;
import dev.convoy.DeviceBuffer;
import dev.convoy.ReedSolomon;
import dev.convoy.Stream;
import dev.convoy.fault.protocol.ParityRing;
import dev.convoy.fault.protocol.Redundancy;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;

/**
 * Makes the parity of a group's shards: each member pulls the chunks that its parity is made of and keeps the result.
 * Goes in batches of rows. With each batch goes the checksum of every chunk, so that parity is known to be made of what
 * the owners have. Where a batch is written over an earlier version, the members first say which chunks have changed,
 * and parity is made anew only of rows in which one has.
 */
final class ParityExchange implements AutoCloseable {
    private static final long ALL = -1;
    /** A number for the changes, and a checksum for each chunk of a batch. */
    private static final int WORDS = 1 + Redundancy.MOST_DATA;

    private static final int MOST_MEMBERS = 2 * (Redundancy.MOST_DATA + Redundancy.MOST_LOSSES);

    private final Device device;
    private final ParityWorkspace workspace;
    private final SlotCopies copies;
    private final boolean fused;
    private final DeviceBuffer headers;
    private final MemorySegment headerView;
    private final DeviceBuffer checksums;
    private final MemorySegment checksumView;

    /**
     * Prepares exchanges.
     *
     * @param device where the slots are
     * @param workspace where parity is made
     * @param copies checked copies to a slot
     * @param fused whether receives say the checksum of what they got
     */
    ParityExchange(Device device, ParityWorkspace workspace, SlotCopies copies, boolean fused) {
        this.device = device;
        this.workspace = workspace;
        this.copies = copies;
        this.fused = fused;
        headers = device.allocatePinned(DataType.INT64, (long) MOST_MEMBERS * WORDS);
        headerView = headers.hostView().orElseThrow();
        checksums = device.allocatePinned(DataType.INT32, Redundancy.MOST_DATA);
        checksumView = checksums.hostView().orElseThrow();
    }

    /** One exchange: who takes part, and on what. */
    private record Run(
            Communicator communicator,
            Stream stream,
            Slot slot,
            ShardSource source,
            ParityGrid grid,
            ReedSolomon code) {
        ParityRing ring() {
            return grid.ring();
        }

        int place() {
            return slot.custody().place();
        }

        boolean isIncremental() {
            return slot.base() != null;
        }

        int peer(int place) {
            return ring().member(place);
        }
    }

    /**
     * Sends the chunks of this rank's shard to those who make parity of them, and makes its own. A collective call of
     * the group.
     *
     * @param communicator of all ranks
     * @param stream order of the exchange
     * @param slot the slot, in the stage of being written
     * @param source this rank's own chunks
     */
    void run(Communicator communicator, Stream stream, Slot slot, ShardSource source) {
        ParityGrid grid = slot.custody().grid();
        ReedSolomon code = new ReedSolomon(grid.ring().data(), grid.ring().parity());
        workspace.fit(device, grid);
        Run run = new Run(communicator, stream, slot, source, grid, code);
        int batches = slot.custody().batches(slot.shardSums(0).count());
        for (int batch = 0; batch < batches; batch++) {
            writeHeader(run, batch, source.prepare(batch));
            exchange(run, batch);
        }
        if (slot.shardSums(0).whole() != slot.checksumOwn()) {
            // What a restore had verified here was damaged before parity was made of it.
            slot.doubtParity();
        }
        exchangeChecksums(run);
    }

    private void writeHeader(Run run, int batch, long changed) {
        ChunkSums sums = run.slot().shardSums(0);
        int many = run.slot().custody().chunksAtOnce();
        setWord(run.place(), 0, run.isIncremental() ? changed : ALL);
        for (int i = 0; i < many; i++) {
            int chunk = batch * many + i;
            setWord(run.place(), 1 + i, chunk < sums.count() ? sums.of(chunk) : 0);
        }
    }

    private void exchange(Run run, int batch) {
        if (run.isIncremental()) {
            try (var _ = run.communicator().group()) {
                enqueueHeaders(run);
            }
            run.communicator().synchronize(run.stream());
        }
        for (int index = 0; index < run.ring().parity(); index++) {
            try (var _ = run.communicator().group()) {
                if (index == 0 && !run.isIncremental()) {
                    enqueueHeaders(run);
                }
                send(run, batch, index);
                receive(run, batch, index);
            }
            run.communicator().synchronize(run.stream());
            make(run, batch, index);
        }
    }

    private void enqueueHeaders(Run run) {
        for (int place = 0; place < run.ring().size(); place++) {
            if (place != run.place()) {
                run.communicator().send(header(run.place()), run.peer(place), run.stream());
                run.communicator().recv(header(place), run.peer(place), run.stream());
            }
        }
    }

    private void send(Run run, int batch, int index) {
        ParityGrid grid = run.grid();
        int data = run.ring().data();
        for (int i = 0; i < run.slot().custody().chunksAtOnce(); i++) {
            int stripe = run.ring().stripeOfData(run.place(), i % data);
            int chunk = batch * run.slot().custody().chunksAtOnce() + i;
            long bytes = grid.length(run.place(), chunk);
            if (bytes > 0 && isDue(run, stripe, i / data)) {
                DeviceBuffer live = run.source().chunk(chunk);
                DeviceBuffer memory =
                        live == null ? run.slot().shardRegion(0).buffer().slice(chunk * grid.chunk(), bytes) : live;
                int to = run.ring().parityPlace(stripe, index);
                run.communicator().send(memory, run.peer(to), run.stream());
            }
        }
    }

    private void receive(Run run, int batch, int index) {
        ParityGrid grid = run.grid();
        int data = run.ring().data();
        int stripe = run.ring().stripeOfParity(run.place(), index);
        for (int i = 0; i < run.slot().custody().chunksAtOnce(); i++) {
            int from = run.ring().dataPlace(stripe, i % data);
            long bytes = grid.length(from, batch * run.slot().custody().chunksAtOnce() + i);
            if (bytes > 0 && isDue(run, stripe, i / data)) {
                DeviceBuffer target = workspace.arrival(grid, i, bytes);
                if (fused) {
                    run.communicator().recv(target, run.peer(from), checksums.slice(i, 1), run.stream());
                } else {
                    run.communicator().recv(target, run.peer(from), run.stream());
                }
            }
        }
    }

    // Whether parity of a row must be made anew; all members of the stripe come to the same answer.
    private boolean isDue(Run run, int stripe, int rowOfBatch) {
        boolean due = false;
        int data = run.ring().data();
        for (int piece = 0; piece < data; piece++) {
            long changed = run.isIncremental() ? word(run.ring().dataPlace(stripe, piece), 0) : ALL;
            due |= (changed >> (rowOfBatch * data + piece) & 1) != 0;
        }
        return due;
    }

    private void make(Run run, int batch, int index) {
        int stripe = run.ring().stripeOfParity(run.place(), index);
        int rows = run.grid().rowsAtOnce();
        for (int i = 0; i < rows; i++) {
            int row = batch * rows + i;
            if (row < run.grid().rows() && isDue(run, stripe, i)) {
                make(run, row, i, stripe, index);
            }
        }
    }

    private void make(Run run, int row, int rowOfBatch, int stripe, int index) {
        ParityGrid grid = run.grid();
        DeviceBuffer result = workspace.result(grid.chunk());
        result.zero(run.stream());
        int data = run.ring().data();
        for (int piece = 0; piece < data; piece++) {
            int from = run.ring().dataPlace(stripe, piece);
            int arrival = rowOfBatch * data + piece;
            long bytes = grid.length(from, row * data + piece);
            if (bytes > 0) {
                requireWhatItsOwnerHas(run, from, arrival, bytes);
                device.kernels()
                        .multiplyInto(
                                workspace.arrival(grid, arrival, bytes),
                                new byte[] {run.code().coefficient(index, piece)},
                                List.of(result.slice(0, bytes)),
                                run.stream());
            }
        }
        run.communicator().synchronize(run.stream());
        ChunkSums sums = run.slot().paritySums(index);
        sums.put(row, copies.copy(result, sums.bytes(row)));
    }

    private void requireWhatItsOwnerHas(Run run, int from, int arrival, long bytes) {
        long arrived = fused
                ? Integer.toUnsignedLong(checksumView.getAtIndex(ValueLayout.JAVA_INT, arrival))
                : CheckedCopy.checksum(workspace.arrivalBytes(run.grid(), arrival, bytes));
        if (arrived != word(from, 1 + arrival)) {
            run.slot().doubtParity();
        }
    }

    // What a shard that is computed later must have; its owner may be lost before the vote.
    private void exchangeChecksums(Run run) {
        setWord(run.place(), 0, run.slot().checksumOwn());
        try (var _ = run.communicator().group()) {
            enqueueHeaders(run);
        }
        run.communicator().synchronize(run.stream());
        for (int place = 0; place < run.ring().size(); place++) {
            run.slot().tell(place, word(place, 0));
        }
    }

    private DeviceBuffer header(int place) {
        return headers.slice((long) place * WORDS, WORDS);
    }

    private long word(int place, int index) {
        return headerView.getAtIndex(ValueLayout.JAVA_LONG, (long) place * WORDS + index);
    }

    private void setWord(int place, int index, long value) {
        headerView.setAtIndex(ValueLayout.JAVA_LONG, (long) place * WORDS + index, value);
    }

    /** Frees its few bytes. Idempotent. */
    @Override
    public void close() {
        headers.close();
        checksums.close();
    }
}
