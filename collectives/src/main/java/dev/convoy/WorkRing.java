/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy;

/** The recycled work objects of a communicator; made on first use. */
final class WorkRing {
    static final int CAPACITY = 256;

    private final NativeCommunicator communicator;
    private final Work[] works = new Work[CAPACITY];

    WorkRing(NativeCommunicator communicator) {
        this.communicator = communicator;
    }

    Work take(Operation operation, long sequence, Stream stream) {
        int slot = (int) (sequence % CAPACITY);
        Work work = works[slot];
        if (work == null) {
            work = new Work(communicator);
            works[slot] = work;
        }
        work.prepare(operation, sequence, stream);
        return work;
    }

    void close() {
        RuntimeException failure = null;
        for (Work work : works) {
            try {
                if (work != null) {
                    work.close();
                }
            } catch (RuntimeException e) {
                failure = Failures.join(failure, e);
            }
        }
        if (failure != null) {
            throw failure;
        }
    }
}
