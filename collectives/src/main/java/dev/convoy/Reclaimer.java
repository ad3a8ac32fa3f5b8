/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy;

import dev.convoy.bindings.Cuda;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Frees a device's memory without ever waiting.
 *
 * <p>{@code cudaFree} waits for all work of the device, and work that a dead rank takes part in never ends before its
 * communicator is aborted. A buffer that a {@code try} block closes on the way of the very exception that tells of the
 * loss would hang there. So while a communicator has work under way, memory is kept, and freed with the next
 * allocation, the next free, or the end of the communicator.
 *
 * <p>Between the look and the free another thread may enqueue something, so that a free can wait all the same. Nobody
 * waits with it: whoever finds the lock taken leaves his memory to its holder.
 */
final class Reclaimer {
    private final Device device;
    private final List<NativeCommunicator> communicators = new CopyOnWriteArrayList<>();
    private final Queue<Piece> kept = new ConcurrentLinkedQueue<>();
    private final ReentrantLock freeing = new ReentrantLock();

    private record Piece(MemoryKind kind, long address) {}

    Reclaimer(Device device) {
        this.device = device;
    }

    void began(NativeCommunicator communicator) {
        communicators.add(communicator);
    }

    /** A communicator that is quiet for good is forgotten; one whose abort got stuck is in the way for good. */
    void ended(NativeCommunicator communicator) {
        if (communicator.inspection().isQuiet()) {
            communicators.remove(communicator);
        }
        reclaim();
    }

    void free(MemoryKind kind, long address) {
        kept.add(new Piece(kind, address));
        reclaim();
    }

    /** Frees what is kept while nothing is under way. */
    void reclaim() {
        // Once more after the lock was left: what came meanwhile was left to its holder.
        boolean freed = true;
        while (freed && !kept.isEmpty() && freeing.tryLock()) {
            try {
                freed = freeAll();
            } finally {
                freeing.unlock();
            }
        }
    }

    /** Whether everything was freed. Looks before each piece, since somebody may have enqueued something. */
    private boolean freeAll() {
        while (!kept.isEmpty()) {
            if (!isQuiet()) {
                return false;
            }
            free(kept.remove());
        }
        return true;
    }

    private boolean isQuiet() {
        for (NativeCommunicator communicator : communicators) {
            if (!communicator.inspection().isQuiet()) {
                return false;
            }
        }
        return true;
    }

    /** When memory is short: gives work under way some time to end. Whether anything was freed. */
    boolean reclaimWithin(Duration patience) {
        int before = kept.size();
        long deadline = Deadline.after(patience);
        for (int round = 0; !kept.isEmpty() && Deadline.remaining(deadline) > 0; round++) {
            reclaim();
            Backoff.pause(round);
        }
        return kept.size() < before;
    }

    private void free(Piece piece) {
        Cuda cuda = device.natives().cuda();
        device.makeCurrent();
        switch (piece.kind()) {
            case DEVICE -> device.status().checkCuda(cuda.free(piece.address()), "cudaFree");
            case SHAREABLE ->
                device.status().checkNccl(device.natives().nccl().memFree(piece.address()), "ncclMemFree");
            case PINNED_HOST -> device.status().checkCuda(cuda.freeHost(piece.address()), "cudaFreeHost");
        }
    }
}
