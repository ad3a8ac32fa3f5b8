/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy;

/** The recycled work objects of a communicator; made on first use. */
final class WorkRing {
    /** A power of two. */
    static final int CAPACITY = 256;

    private final NativeCommunicator communicator;
    private final Work[] works = new Work[CAPACITY];
    private boolean isWatched = true;

    WorkRing(NativeCommunicator communicator) {
        this.communicator = communicator;
    }

    Work take(Operation operation, long sequence, Stream stream) {
        int slot = (int) sequence & CAPACITY - 1;
        Work work = works[slot];
        if (work == null) {
            work = new Work(communicator);
            works[slot] = work;
        }
        work.prepare(operation, sequence, stream);
        return work;
    }

    /** For any thread: whether one of the ring's events is reached; false once that no longer means success. */
    synchronized boolean hasReached(Event end) {
        return isWatched && end.isDone();
    }

    /** Before an abort: it ends the operations, and their events are reached, with undefined results. */
    synchronized void stopLooking() {
        isWatched = false;
    }

    synchronized void close() {
        isWatched = false;
        for (Work work : works) {
            if (work != null) {
                work.close();
            }
        }
    }
}
