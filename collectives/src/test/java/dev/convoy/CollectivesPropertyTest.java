/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

/** Every collective of every type and reduction, at 1 to 8 ranks, against a reference in plain Java. */
class CollectivesPropertyTest {
    private static final int TRIES = 60;

    @Property(tries = TRIES)
    void allReduce(
            @ForAll @IntRange(min = 1, max = 8) int worldSize,
            @ForAll("types") DataType type,
            @ForAll ReduceOp op,
            @ForAll("counts") int count,
            @ForAll boolean inPlace,
            @ForAll long seed)
            throws Exception {
        List<double[]> inputs = inputs(worldSize, type, count, seed);
        double[] expected = Reference.reduce(type, op, inputs);
        run(worldSize, (communicator, stream) -> {
            Device device = communicator.device();
            double[] mine = inputs.get(communicator.rank());
            try (DeviceBuffer send = Elements.buffer(device, type, mine);
                    DeviceBuffer recv = device.allocate(type, count)) {
                communicator.allReduce(send, inPlace ? send : recv, op, stream).await();
                assertEqual(type, op, Elements.content(inPlace ? send : recv), expected);
                if (!inPlace) {
                    assertSame(Elements.content(send), mine);
                }
            }
        });
    }

    @Property(tries = TRIES)
    void reduceAndReduceScatter(
            @ForAll @IntRange(min = 1, max = 8) int worldSize,
            @ForAll("types") DataType type,
            @ForAll ReduceOp op,
            @ForAll("counts") int part,
            @ForAll long seed)
            throws Exception {
        int count = Math.min(part, 20_000) * worldSize;
        int root = (int) Math.floorMod(seed, (long) worldSize);
        List<double[]> inputs = inputs(worldSize, type, count, seed);
        double[] expected = Reference.reduce(type, op, inputs);
        run(worldSize, (communicator, stream) -> {
            Device device = communicator.device();
            int rank = communicator.rank();
            try (DeviceBuffer send = Elements.buffer(device, type, inputs.get(rank));
                    DeviceBuffer recv = device.allocate(type, count);
                    DeviceBuffer scattered = device.allocate(type, count / worldSize)) {
                communicator
                        .reduce(send, rank == root ? recv : null, op, root, stream)
                        .await();
                communicator.reduceScatter(send, scattered, op, stream).await();
                if (rank == root) {
                    assertEqual(type, op, Elements.content(recv), expected);
                }
                assertEqual(type, op, Elements.content(scattered), Reference.part(expected, rank, worldSize));
            }
        });
    }

    @Property(tries = TRIES)
    void movesOfData(
            @ForAll @IntRange(min = 1, max = 8) int worldSize,
            @ForAll("types") DataType type,
            @ForAll("counts") int part,
            @ForAll long seed)
            throws Exception {
        int count = Math.min(part, 20_000) * worldSize;
        int root = (int) Math.floorMod(seed, (long) worldSize);
        List<double[]> inputs = inputs(worldSize, type, count, seed);
        double[] all = Reference.concatenate(inputs);
        run(worldSize, (communicator, stream) -> {
            Device device = communicator.device();
            int rank = communicator.rank();
            boolean isRoot = rank == root;
            double[] mine = inputs.get(rank);
            try (DeviceBuffer send = Elements.buffer(device, type, mine);
                    DeviceBuffer same = device.allocate(type, count);
                    DeviceBuffer large = device.allocate(type, (long) count * worldSize);
                    DeviceBuffer small = device.allocate(type, count / worldSize)) {
                communicator.broadcast(isRoot ? send : null, same, root, stream).await();
                assertSame(Elements.content(same), inputs.get(root));

                communicator.allGather(send, large, stream).await();
                assertSame(Elements.content(large), all);

                communicator.allToAll(send, same, stream).await();
                assertSame(Elements.content(same), Reference.allToAll(inputs, rank));

                communicator.scatter(isRoot ? send : null, small, root, stream).await();
                assertSame(Elements.content(small), Reference.part(inputs.get(root), rank, worldSize));

                large.zero(stream);
                communicator.gather(send, isRoot ? large : null, root, stream).await();
                assertSame(Elements.content(large), isRoot ? all : new double[all.length]);
                assertSame(Elements.content(send), mine);
            }
        });
    }

    @Property(tries = TRIES)
    void ringOfSendAndReceive(
            @ForAll @IntRange(min = 1, max = 8) int worldSize,
            @ForAll("types") DataType type,
            @ForAll("counts") int count,
            @ForAll long seed)
            throws Exception {
        List<double[]> inputs = inputs(worldSize, type, count, seed);
        run(worldSize, (communicator, stream) -> {
            int right = (communicator.rank() + 1) % worldSize;
            int left = (communicator.rank() + worldSize - 1) % worldSize;
            try (DeviceBuffer send = Elements.buffer(communicator.device(), type, inputs.get(communicator.rank()));
                    DeviceBuffer recv = communicator.device().allocate(type, count)) {
                Work received;
                try (var _ = communicator.group()) {
                    communicator.send(send, right, stream);
                    received = communicator.recv(recv, left, stream);
                }
                received.await();
                assertSame(Elements.content(recv), inputs.get(left));
            }
        });
    }

    @Provide
    Arbitrary<DataType> types() {
        return Arbitraries.of(
                DataType.INT8,
                DataType.UINT8,
                DataType.INT32,
                DataType.UINT32,
                DataType.INT64,
                DataType.UINT64,
                DataType.FLOAT16,
                DataType.FLOAT32,
                DataType.FLOAT64,
                DataType.BFLOAT16);
    }

    /** Nothing, a few, and sizes about the powers of two at which algorithms change. */
    @Provide
    Arbitrary<Integer> counts() {
        Arbitrary<Integer> aboutPowers = Arbitraries.integers()
                .between(0, 17)
                .flatMap(power -> Arbitraries.integers().between(-1, 1).map(more -> Math.max(0, (1 << power) + more)));
        return Arbitraries.oneOf(Arbitraries.integers().between(0, 70), aboutPowers);
    }

    private static List<double[]> inputs(int worldSize, DataType type, int count, long seed) {
        return IntStream.range(0, worldSize)
                .mapToObj(rank -> Elements.random(type, count, new SplittableRandom(seed + rank)))
                .toList();
    }

    private interface Rank {
        void run(Communicator communicator, Stream stream);
    }

    private static void run(int worldSize, Rank body) throws Exception {
        try (Ranks ranks = new Ranks(worldSize)) {
            ranks.all((communicator, stream) -> {
                body.run(communicator, stream);
                return null;
            });
        }
    }

    private static void assertEqual(DataType type, ReduceOp op, double[] actual, double[] expected) {
        if (op == ReduceOp.AVG && Elements.isFloating(type)) {
            assertThat(actual.length).isEqualTo(expected.length);
            for (int i = 0; i < actual.length; i++) {
                if (Math.abs(actual[i] - expected[i]) > 2 * Elements.tolerance(type)) {
                    assertThat(actual[i])
                            .as("element %d", i)
                            .isCloseTo(expected[i], within(2 * Elements.tolerance(type)));
                }
            }
        } else {
            assertSame(actual, expected);
        }
    }

    /** By value, so that a zero may have either sign; in a loop, because the arrays are long. */
    private static void assertSame(double[] actual, double[] expected) {
        assertThat(actual.length).isEqualTo(expected.length);
        for (int i = 0; i < actual.length; i++) {
            if (actual[i] != expected[i]) {
                assertThat(actual[i]).as("element %d of %d", i, actual.length).isEqualTo(expected[i]);
            }
        }
    }
}
