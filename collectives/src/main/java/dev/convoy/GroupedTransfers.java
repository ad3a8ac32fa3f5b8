/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy;

import dev.convoy.bindings.Nccl;

/**
 * Operations that are a group of sends and receives: those of varying counts, which NCCL does not have, and those that
 * older versions lack. Each returns a status as the library's own would, and nothing of a group that was refused is
 * done. Used by the thread inside the communicator; a group that the caller has open goes around these.
 */
final class GroupedTransfers {
    private final NativeCommunicator communicator;
    private final Nccl nccl;

    /** Of the group under construction: the first refusal, else success. */
    private int status;

    GroupedTransfers(NativeCommunicator communicator) {
        this.communicator = communicator;
        this.nccl = communicator.device().natives().nccl();
    }

    int allToAll(long from, long to, long part, DataType type, long stream) {
        if (!begin()) {
            return status;
        }
        long step = part * type.bytes();
        for (int peer = 0; peer < communicator.worldSize(); peer++) {
            send(from + peer * step, part, type, peer, stream);
            receive(to + peer * step, part, type, peer, stream);
        }
        return end();
    }

    int gather(long from, long to, long part, DataType type, int root, long stream) {
        if (!begin()) {
            return status;
        }
        long step = part * type.bytes();
        boolean isRoot = communicator.rank() == root;
        boolean isInPlace = isRoot && from == to + root * step;
        if (!isInPlace) {
            send(from, part, type, root, stream);
        }
        for (int peer = 0; isRoot && peer < communicator.worldSize(); peer++) {
            if (peer != root || !isInPlace) {
                receive(to + peer * step, part, type, peer, stream);
            }
        }
        return end();
    }

    int scatter(long from, long to, long part, DataType type, int root, long stream) {
        if (!begin()) {
            return status;
        }
        long step = part * type.bytes();
        boolean isRoot = communicator.rank() == root;
        boolean isInPlace = isRoot && to == from + root * step;
        for (int peer = 0; isRoot && peer < communicator.worldSize(); peer++) {
            if (peer != root || !isInPlace) {
                send(from + peer * step, part, type, peer, stream);
            }
        }
        if (!isInPlace) {
            receive(to, part, type, root, stream);
        }
        return end();
    }

    int allToAllV(long from, Parts sends, long to, Parts receives, DataType type, long stream) {
        if (!begin()) {
            return status;
        }
        for (int peer = 0; peer < communicator.worldSize(); peer++) {
            send(from + sends.offset(peer) * type.bytes(), sends.count(peer), type, peer, stream);
            receive(to + receives.offset(peer) * type.bytes(), receives.count(peer), type, peer, stream);
        }
        return end();
    }

    int allGatherV(long from, long to, Parts parts, DataType type, long stream) {
        if (!begin()) {
            return status;
        }
        int self = communicator.rank();
        boolean isInPlace = from == to + parts.offset(self) * type.bytes();
        for (int peer = 0; peer < communicator.worldSize(); peer++) {
            if (peer != self || !isInPlace) {
                send(from, parts.count(self), type, peer, stream);
                receive(to + parts.offset(peer) * type.bytes(), parts.count(peer), type, peer, stream);
            }
        }
        return end();
    }

    private boolean begin() {
        status = nccl.groupStart();
        return isAccepted(status);
    }

    /** Both ends know the counts, and leave out what is empty. */
    private void send(long from, long count, DataType type, int peer, long stream) {
        if (count > 0 && isAccepted(status)) {
            status = nccl.send(from, count, type.code(), peer, communicator.handle(), stream);
        }
    }

    private void receive(long to, long count, DataType type, int peer, long stream) {
        if (count > 0 && isAccepted(status)) {
            status = nccl.recv(to, count, type.code(), peer, communicator.handle(), stream);
        }
    }

    /** The library ends a group also when it refused a part of it, and then does nothing of it. */
    private int end() {
        int ended = nccl.groupEnd();
        return isAccepted(status) ? ended : status;
    }

    private static boolean isAccepted(int status) {
        return status == Status.SUCCESS || status == Status.NCCL_IN_PROGRESS;
    }
}
