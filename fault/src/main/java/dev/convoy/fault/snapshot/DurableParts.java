/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.snapshot;

import dev.convoy.fault.ElasticException;
import dev.convoy.fault.protocol.CoordinatorMessage;
import dev.convoy.fault.protocol.RankMessage;
import dev.convoy.fault.protocol.Version;
import dev.convoy.fault.safetensors.SafetensorsWriter;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * This rank's parts of durable versions. The regular ones are copied aside and written by a thread of their own, so
 * that training does not wait for the disk; those that a failing job asks for are written at once.
 */
public final class DurableParts implements AutoCloseable {
    private final SlotPair slots;
    private final StateShape shape;
    private final Consumer<RankMessage> out;
    private final AtomicBoolean busy = new AtomicBoolean();
    private final ExecutorService writer = Executors.newSingleThreadExecutor(DurableParts::daemon);

    /**
     * Creates the writer.
     *
     * @param slots this rank's slots
     * @param shape what they hold
     * @param out tells the coordinator of finished parts
     */
    public DurableParts(SlotPair slots, StateShape shape, Consumer<RankMessage> out) {
        this.slots = slots;
        this.shape = shape;
        this.out = out;
    }

    private static Thread daemon(Runnable work) {
        Thread thread = new Thread(work, "convoy-durable-parts");
        thread.setDaemon(true);
        return thread;
    }

    /**
     * Whether an earlier version is still being written here.
     *
     * @return true if a new version would have to be left out
     */
    public boolean isBusy() {
        return busy.get();
    }

    /**
     * Starts to write this rank's own part of the version just committed: its shard and, at rank 0, the replicated
     * state. If the disk is still busy with an earlier version, this one is left out and never becomes complete.
     *
     * @param version a version that this rank holds
     * @param rank this rank in the version's epoch
     * @param stateDirectory folder of all versions
     */
    public void startWriting(Version version, int rank, Path stateDirectory) {
        if (!busy.compareAndSet(false, true)) {
            return;
        }
        Arena arena = Arena.ofShared();
        boolean started = false;
        try {
            PartFile part = ownPart(required(version), rank, arena);
            Path folder = stateDirectory.resolve(version.directoryName());
            // By the rank in the version's epoch: what a process was launched as may change, and two spares share it.
            writer.execute(() -> writeAside(part, arena, folder, "part-" + rank + ".safetensors"));
            started = true;
        } catch (OutOfMemoryError e) {
            out.accept(new RankMessage.Warning("no memory to copy snapshot " + version + " for the disk; left out"));
        } finally {
            if (!started) {
                arena.close();
                busy.set(false);
            }
        }
    }

    private PartFile ownPart(Slot slot, int rank, Arena arena) {
        int[] shards = slot.heldShards() == 0 ? new int[0] : new int[] {slot.shard(0)};
        return part(
                slot,
                shards,
                rank == 0,
                bytes -> arena.allocate(bytes.byteSize(), StateShape.ALIGNMENT).copyFrom(bytes));
    }

    private void writeAside(PartFile part, Arena arena, Path folder, String file) {
        try (arena) {
            write(part, folder, file);
        } catch (IOException | IllegalArgumentException e) {
            out.accept(new RankMessage.Warning("could not write " + folder.resolve(file) + ": " + e));
        } finally {
            busy.set(false);
        }
    }

    /**
     * Writes what a failing job asks for and tells the coordinator; returns when it is on disk, or cannot be.
     *
     * @param request what to write
     */
    public void persist(CoordinatorMessage.Persist request) {
        PartFile part = part(required(request.version()), request.shards(), request.replicated(), bytes -> bytes);
        try {
            write(part, Path.of(request.directory()), request.file());
        } catch (IOException e) {
            out.accept(new RankMessage.DurableFailed(request.version(), request.file(), e.toString()));
        }
    }

    private Slot required(Version version) {
        Slot slot = slots.find(version);
        if (slot == null) {
            throw new ElasticException("this rank was asked to write snapshot " + version + ", which it does not hold");
        }
        return slot;
    }

    private PartFile part(Slot slot, int[] shards, boolean replicated, Keep keep) {
        List<PartFile.Section> sections = new ArrayList<>();
        if (replicated) {
            sections.add(new PartFile.Section(
                    PartFile.REPLICATED,
                    slot.shardCount(),
                    slot.replicatedChecksum(),
                    keep.kept(slot.replicatedBytes())));
        }
        for (int shard : shards) {
            int position = slot.positionOf(shard);
            sections.add(new PartFile.Section(
                    shard, slot.shardCount(), slot.shardChecksum(position), keep.kept(slot.shardBytes(position))));
        }
        return new PartFile(slot.version(), shape, sections);
    }

    @FunctionalInterface
    private interface Keep {
        MemorySegment kept(MemorySegment bytes);
    }

    private void write(PartFile part, Path folder, String name) throws IOException {
        part.requireSound();
        SafetensorsWriter.Written written = part.write(folder, name);
        out.accept(new RankMessage.DurablePart(part.version(), name, written.bytes(), written.sha256(), true));
    }

    /** Lets a write in progress finish on its own thread and takes no more. */
    @Override
    public void close() {
        writer.shutdown();
    }
}
