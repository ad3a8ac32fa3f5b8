/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy;

import java.util.Arrays;
import java.util.Objects;

/** Checks of what a caller passes, so that a mistake has a name and never reaches the library. */
final class Arguments {
    private final NativeCommunicator communicator;

    Arguments(NativeCommunicator communicator) {
        this.communicator = communicator;
    }

    /** A buffer that the communicator's device can use; its address, or throws. */
    long address(DeviceBuffer buffer) {
        if (buffer.device() != communicator.device()) {
            throw new IllegalArgumentException(buffer + " belongs to " + buffer.device() + ", but " + communicator
                    + " to " + communicator.device());
        }
        return buffer.address();
    }

    /** The same for a buffer that must not be empty. */
    long addressOfSome(DeviceBuffer buffer) {
        if (buffer.count() == 0) {
            throw new IllegalArgumentException(buffer + " is empty");
        }
        return address(buffer);
    }

    /** The same for a buffer that only the root has. */
    long addressOrNull(DeviceBuffer buffer, boolean needed, String what) {
        if (buffer != null) {
            return address(buffer);
        }
        if (needed) {
            throw new IllegalArgumentException("the root needs a " + what);
        }
        return 0;
    }

    long stream(Stream stream) {
        if (stream.device() != communicator.device()) {
            throw new IllegalArgumentException(
                    stream + " is not of " + communicator + "'s device " + communicator.device());
        }
        communicator.graphs().requireCapturing(stream);
        return stream.handle();
    }

    /** Throws unless the library has what only newer ones have; a call that never reaches it is no operation. */
    void supported(Capability capability) {
        supported(capability, communicator.device().runtime());
    }

    static void supported(Capability capability, ConvoyRuntime runtime) {
        if (!runtime.supports(capability)) {
            throw new UnsupportedOperationException(String.join(", ", capability.functions()) + ": not all in "
                    + runtime.library() + ", which is NCCL " + runtime.version());
        }
    }

    int rank(int rank, String what) {
        if (rank < 0 || rank >= communicator.worldSize()) {
            throw new IllegalArgumentException(what + " " + rank + " is not a rank of " + communicator);
        }
        return rank;
    }

    /** Receive holds {@code ratio} times what send does. */
    static void receives(DeviceBuffer send, DeviceBuffer recv, long ratio) {
        sameType(send, recv);
        if (recv.count() % ratio != 0 || recv.count() / ratio != send.count()) {
            throw new IllegalArgumentException("send has " + send.count() + " elements and recv " + recv.count()
                    + "; recv must have " + (ratio == 1 ? "as many" : ratio + " times as many"));
        }
    }

    /** The {@code ncclRedOp_t} for elements of a type. */
    int operator(Reduction op, DataType type) {
        return op instanceof ReduceOp known ? known.code() : ((PreMulSum) op).code(communicator, type);
    }

    /** A part for every rank, all of them inside the buffer. */
    void parts(Parts parts, DeviceBuffer buffer, String what) {
        if (parts.size() != communicator.worldSize()) {
            throw new IllegalArgumentException(
                    parts.size() + " " + what + " parts; " + communicator + " needs " + communicator.worldSize());
        }
        for (int rank = 0; rank < parts.size(); rank++) {
            if (parts.offset(rank) + parts.count(rank) > buffer.count()) {
                throw new IllegalArgumentException("the " + what + " part of rank " + rank + ", " + parts.count(rank)
                        + " elements from " + parts.offset(rank) + " on, does not lie in " + buffer);
            }
        }
    }

    void ownPart(DeviceBuffer send, Parts parts) {
        long own = parts.count(communicator.rank());
        if (send.count() != own) {
            throw new IllegalArgumentException(
                    "send has " + send.count() + " elements, but this rank's part has " + own);
        }
    }

    static void notInPlace(long from, long to, long count) {
        if (from == to && count > 0) {
            throw new IllegalArgumentException("an all-to-all cannot work in place: send and recv must not overlap");
        }
    }

    /** What ranks do together to make something cannot wait for the end of a group. */
    void noGroup(Operation operation) {
        if (communicator.device().runtime().openGroup() != null) {
            throw new IllegalStateException(operation + " waits for the other ranks, which it cannot do in a group:"
                    + " call it before or after, in a thread of each rank");
        }
    }

    /** How many elements each rank's part has. */
    long part(DeviceBuffer buffer) {
        if (buffer.count() % communicator.worldSize() != 0) {
            throw new IllegalArgumentException(
                    buffer + " cannot be cut into equal parts for " + communicator.worldSize() + " ranks");
        }
        return buffer.count() / communicator.worldSize();
    }

    static void sameType(DeviceBuffer send, DeviceBuffer recv) {
        if (send.type() != recv.type()) {
            throw new IllegalArgumentException(
                    "send holds " + send.type() + " and recv " + recv.type() + "; the types must be the same");
        }
    }

    static void worldSize(int worldSize, int rank) {
        if (worldSize < 1) {
            throw new IllegalArgumentException("a world of " + worldSize + " ranks; at least 1 is needed");
        }
        Objects.checkIndex(rank, worldSize);
    }

    int[] excluded(int[] ranks) {
        int[] sorted = ranks.clone();
        Arrays.sort(sorted);
        for (int i = 0; i < sorted.length; i++) {
            rank(sorted[i], "excluded rank");
            if (sorted[i] == communicator.rank()) {
                throw new IllegalArgumentException("a rank that is excluded takes no part in the shrink");
            }
            if (i > 0 && sorted[i] == sorted[i - 1]) {
                throw new IllegalArgumentException("excluded rank " + sorted[i] + " is named twice");
            }
        }
        return sorted;
    }
}
