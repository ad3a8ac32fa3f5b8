/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy;

import dev.convoy.bindings.Cuda;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Frees a device's memory without ever waiting.
 *
 * <p>{@code cudaFree} waits for all work of the device, and work that a dead rank takes part in never ends before its
 * communicator is aborted. A buffer that a {@code try} block closes on the way of the very exception that tells of the
 * loss would hang there. So while a communicator has work under way, memory is kept, and freed with the next
 * allocation, the next free, or the end of the communicator.
 */
final class Reclaimer {
    private final Device device;
    private final List<NativeCommunicator> communicators = new CopyOnWriteArrayList<>();
    private final Queue<Piece> kept = new ArrayDeque<>();

    private record Piece(MemoryKind kind, long address) {}

    Reclaimer(Device device) {
        this.device = device;
    }

    void began(NativeCommunicator communicator) {
        communicators.add(communicator);
    }

    void ended(NativeCommunicator communicator) {
        communicators.remove(communicator);
        reclaim();
    }

    void free(MemoryKind kind, long address) {
        synchronized (kept) {
            kept.add(new Piece(kind, address));
        }
        reclaim();
    }

    /** Frees what is kept if nothing is under way. */
    void reclaim() {
        synchronized (kept) {
            if (!kept.isEmpty() && communicators.stream().allMatch(NativeCommunicator::isQuiet)) {
                device.makeCurrent();
                while (!kept.isEmpty()) {
                    free(kept.remove());
                }
            }
        }
    }

    /** When memory is short: gives work under way some time to end. Whether anything was freed. */
    boolean reclaimWithin(Duration patience) {
        int before = pieces();
        long deadline = Deadline.after(patience);
        for (int round = 0; pieces() > 0 && Deadline.remaining(deadline) > 0; round++) {
            reclaim();
            Backoff.pause(round);
        }
        return pieces() < before;
    }

    private int pieces() {
        synchronized (kept) {
            return kept.size();
        }
    }

    private void free(Piece piece) {
        Cuda cuda = device.natives().cuda();
        switch (piece.kind()) {
            case DEVICE -> device.status().checkCuda(cuda.free(piece.address()), "cudaFree");
            case PINNED_HOST -> device.status().checkCuda(cuda.freeHost(piece.address()), "cudaFreeHost");
        }
    }
}
