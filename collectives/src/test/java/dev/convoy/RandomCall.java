/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * One operation of all ranks at random. Each rank has a buffer to send from and one to receive in, with a margin on
 * both sides that nothing may touch.
 *
 * @param worldSize number of ranks
 * @param operation what is done
 * @param type type of the elements
 * @param op the reduction, if it is one
 * @param isWeighted whether each rank has a factor of its own
 * @param count elements of a part
 * @param offset where the operands begin in their buffers
 * @param root rank of the root
 * @param inPlace whether the send buffer is in the receive buffer
 * @param seed of the content
 */
record RandomCall(
        int worldSize,
        Operation operation,
        DataType type,
        ReduceOp op,
        boolean isWeighted,
        int count,
        int offset,
        int root,
        boolean inPlace,
        long seed) {
    private static final List<Operation> OPERATIONS = List.of(
            Operation.ALL_REDUCE,
            Operation.BROADCAST,
            Operation.REDUCE,
            Operation.ALL_GATHER,
            Operation.REDUCE_SCATTER,
            Operation.ALL_TO_ALL,
            Operation.GATHER,
            Operation.SCATTER,
            Operation.SEND,
            Operation.ALL_TO_ALL_V,
            Operation.ALL_GATHER_V);
    private static final int MARGIN = 3;
    private static final int MOST_FACTOR = 3;

    static RandomCall draw(SplittableRandom random) {
        int worldSize = random.nextInt(1, 9);
        ReduceOp op = ReduceOp.values()[random.nextInt(ReduceOp.values().length)];
        Operation operation = OPERATIONS.get(random.nextInt(OPERATIONS.size()));
        boolean canBeInPlace =
                operation != Operation.ALL_TO_ALL && operation != Operation.ALL_TO_ALL_V && operation != Operation.SEND;
        return new RandomCall(
                worldSize,
                operation,
                DataType.values()[random.nextInt(DataType.values().length)],
                op,
                op == ReduceOp.SUM && random.nextBoolean(),
                drawCount(random),
                random.nextInt(5),
                random.nextInt(worldSize),
                canBeInPlace && random.nextBoolean(),
                random.nextLong());
    }

    /** Nothing, a few, and sizes about those at which algorithms change. */
    private static int drawCount(SplittableRandom random) {
        return switch (random.nextInt(4)) {
            case 0 -> random.nextInt(3);
            case 1 -> random.nextInt(70);
            case 2 -> Math.max(0, (1 << random.nextInt(13)) + random.nextInt(-1, 2));
            default -> random.nextInt(2000);
        };
    }

    /** How many elements rank {@code from} has for rank {@code to}, where that varies. */
    private int varying(int from, int to) {
        return operation == Operation.ALL_GATHER_V
                ? (count + 7 * from) % (count + 1)
                : (count + 5 * from + 3 * to) % (count + 1);
    }

    private Parts parts(int rank, boolean isSent) {
        long[] counts = new long[worldSize];
        for (int peer = 0; peer < worldSize; peer++) {
            counts[peer] = isSent ? varying(rank, peer) : varying(peer, rank);
        }
        return Parts.of(counts);
    }

    /** The elements that a rank sends; null for a rank that sends none. */
    private Integer sent(int rank) {
        return switch (operation) {
            case ALL_REDUCE, REDUCE, ALL_GATHER, GATHER, SEND -> count;
            case REDUCE_SCATTER, ALL_TO_ALL -> count * worldSize;
            case BROADCAST -> rank == root ? count : null;
            case SCATTER -> rank == root ? count * worldSize : null;
            case ALL_TO_ALL_V -> total(parts(rank, true));
            default -> varying(rank, rank);
        };
    }

    private Integer received(int rank) {
        return switch (operation) {
            case ALL_REDUCE, BROADCAST, REDUCE_SCATTER, SCATTER, SEND -> count;
            case ALL_GATHER, ALL_TO_ALL -> count * worldSize;
            case REDUCE -> rank == root ? count : null;
            case GATHER -> rank == root ? count * worldSize : null;
            default -> total(parts(rank, false));
        };
    }

    private static int total(Parts parts) {
        long total = 0;
        for (int rank = 0; rank < parts.size(); rank++) {
            total += parts.count(rank);
        }
        return (int) total;
    }

    void check(Worlds.World world) {
        List<Side> sends = new ArrayList<>();
        List<Side> receives = new ArrayList<>();
        List<PreMulSum> operators = new ArrayList<>();
        SplittableRandom random = new SplittableRandom(seed);
        int[] factors = new int[worldSize];
        try {
            for (int rank = 0; rank < worldSize; rank++) {
                factors[rank] = isWeighted ? random.nextInt(1, MOST_FACTOR + 1) : 1;
                add(world, rank, random, sends, receives);
                operators.add(
                        isWeighted
                                ? ReduceOp.preMulSum(
                                        world.ranks().communicators().get(rank), type, factors[rank])
                                : null);
            }
            world.together((communicator, stream) -> {
                int rank = communicator.rank();
                Reduction reduction = isWeighted ? operators.get(rank) : op;
                call(communicator, Side.operand(sends.get(rank)), Side.operand(receives.get(rank)), reduction, stream);
            });
            for (int rank = 0; rank < worldSize; rank++) {
                verify(rank, sends, receives, factors);
            }
        } finally {
            operators.stream().filter(o -> o != null).forEach(PreMulSum::close);
            sends.stream().filter(s -> s != null).forEach(Side::close);
            receives.stream().filter(s -> s != null).forEach(Side::close);
        }
    }

    private void add(Worlds.World world, int rank, SplittableRandom random, List<Side> sends, List<Side> receives) {
        Integer sent = sent(rank);
        Integer received = received(rank);
        Side receive = received == null ? null : Side.drawn(world.device(), this, received, random);
        Side send = sent == null ? null : Side.drawn(world.device(), this, sent, random);
        if (inPlace && send != null && receive != null) {
            // The larger one holds the other: a rank's own part of it.
            boolean receivesMore = received >= sent;
            Side whole = receivesMore ? receive : send;
            Side part = receivesMore ? send : receive;
            Side within = whole.part(ownOffset(rank), receivesMore ? sent : received);
            part.close();
            if (receivesMore) {
                send = within;
            } else {
                receive = within;
            }
        }
        sends.add(send);
        receives.add(receive);
    }

    private int ownOffset(int rank) {
        return switch (operation) {
            case ALL_GATHER, GATHER, REDUCE_SCATTER, SCATTER -> rank * count;
            case ALL_GATHER_V -> (int) parts(rank, false).offset(rank);
            default -> 0;
        };
    }

    private void call(
            Communicator communicator, DeviceBuffer send, DeviceBuffer recv, Reduction reduction, Stream stream) {
        int rank = communicator.rank();
        switch (operation) {
            case ALL_REDUCE -> communicator.allReduce(send, recv, reduction, stream);
            case BROADCAST -> communicator.broadcast(send, recv, root, stream);
            case REDUCE -> communicator.reduce(send, recv, reduction, root, stream);
            case ALL_GATHER -> communicator.allGather(send, recv, stream);
            case REDUCE_SCATTER -> communicator.reduceScatter(send, recv, reduction, stream);
            case ALL_TO_ALL -> communicator.allToAll(send, recv, stream);
            case GATHER -> communicator.gather(send, recv, root, stream);
            case SCATTER -> communicator.scatter(send, recv, root, stream);
            case ALL_TO_ALL_V -> communicator.allToAllV(send, parts(rank, true), recv, parts(rank, false), stream);
            case ALL_GATHER_V -> communicator.allGatherV(send, recv, parts(rank, false), stream);
            default -> {
                communicator.send(send, (rank + 1) % worldSize, stream);
                communicator.recv(recv, (rank + worldSize - 1) % worldSize, stream);
            }
        }
    }

    private void verify(int rank, List<Side> sends, List<Side> receives, int[] factors) {
        Side send = sends.get(rank);
        Side receive = receives.get(rank);
        if (send != null && (receive == null || !send.sharesWith(receive))) {
            send.verifyUntouched(0, 0);
        }
        if (receive == null) {
            return;
        }
        receive.verifyUntouched(receive.begin(), receive.size());
        long[] actual = receive.content();
        for (int i = 0; i < actual.length; i++) {
            verifyElement(rank, i, actual[i], sends, factors);
        }
    }

    private void verifyElement(int rank, int index, long actual, List<Side> sends, int[] factors) {
        if (isReduction()) {
            int at = operation == Operation.REDUCE_SCATTER ? rank * count + index : index;
            long[] elements = sends.stream().mapToLong(send -> send.before(at)).toArray();
            Oracle oracle = new Oracle(type);
            if (!oracle.accepts(actual, op, elements, factors)) {
                throw new AssertionError("rank " + rank + ", element " + index + ": " + oracle.text(actual) + " of "
                        + Arrays.stream(elements).mapToObj(oracle::text).toList() + " times "
                        + Arrays.toString(factors));
            }
            return;
        }
        long expected = moved(rank, index, sends);
        if (actual != expected) {
            assertThat(actual).as("rank %d, element %d", rank, index).isEqualTo(expected);
        }
    }

    private boolean isReduction() {
        return operation == Operation.ALL_REDUCE
                || operation == Operation.REDUCE
                || operation == Operation.REDUCE_SCATTER;
    }

    /** The element that belongs there, where nothing is computed. */
    private long moved(int rank, int index, List<Side> sends) {
        return switch (operation) {
            case BROADCAST -> sends.get(root).before(index);
            case ALL_GATHER, GATHER -> sends.get(index / count).before(index % count);
            case SCATTER -> sends.get(root).before(rank * count + index);
            case ALL_TO_ALL -> sends.get(index / count).before(rank * count + index % count);
            case SEND -> sends.get((rank + worldSize - 1) % worldSize).before(index);
            default -> movedByParts(rank, index, sends);
        };
    }

    private long movedByParts(int rank, int index, List<Side> sends) {
        Parts received = parts(rank, false);
        int peer = 0;
        while (index >= received.offset(peer) + received.count(peer)) {
            peer++;
        }
        long inPart = index - received.offset(peer);
        long start = operation == Operation.ALL_TO_ALL_V ? parts(peer, true).offset(rank) : 0;
        return sends.get(peer).before((int) (start + inPart));
    }

    /** One rank's send or receive buffer: a part of memory that is larger, whose content before the call is known. */
    private record Side(DeviceBuffer memory, long[] before, int begin, int size) {
        static Side drawn(Device device, RandomCall call, int size, SplittableRandom random) {
            int begin = MARGIN + call.offset;
            Oracle oracle = new Oracle(call.type);
            long[] content = new long[begin + size + MARGIN];
            Arrays.setAll(content, _ -> oracle.draw(random));
            DeviceBuffer memory = device.allocate(call.type, content.length);
            memory.copyFrom(MemorySegment.ofArray(bytes(content, call.type.bytes())));
            return new Side(memory, content, begin, size);
        }

        static DeviceBuffer operand(Side side) {
            return side == null ? null : side.memory.slice(side.begin, side.size);
        }

        Side part(int offset, int length) {
            return new Side(memory, before, begin + offset, length);
        }

        boolean sharesWith(Side other) {
            return memory == other.memory;
        }

        long before(int index) {
            return before[begin + index];
        }

        long[] content() {
            return Arrays.copyOfRange(all(), begin, begin + size);
        }

        /** Everything but a range is as it was. */
        void verifyUntouched(int from, int length) {
            long[] after = all();
            for (int i = 0; i < after.length; i++) {
                if ((i < from || i >= from + length) && after[i] != before[i]) {
                    throw new AssertionError("element " + i + " was written, outside of " + from + " + " + length);
                }
            }
        }

        private long[] all() {
            byte[] bytes = new byte[(int) memory.bytes()];
            memory.copyTo(MemorySegment.ofArray(bytes));
            int width = memory.type().bytes();
            long[] elements = new long[bytes.length / width];
            for (int i = 0; i < bytes.length; i++) {
                elements[i / width] |= (bytes[i] & 0xFFL) << 8 * (i % width);
            }
            return elements;
        }

        private static byte[] bytes(long[] elements, int width) {
            byte[] bytes = new byte[elements.length * width];
            for (int i = 0; i < bytes.length; i++) {
                bytes[i] = (byte) (elements[i / width] >>> 8 * (i % width));
            }
            return bytes;
        }

        void close() {
            memory.close();
        }
    }
}
