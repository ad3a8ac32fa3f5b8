/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;

/** What a rank in a process of its own does: {@code RankProgram SCENARIO WORLD_SIZE RANK}. */
final class RankProgram {
    private static final CommunicatorOptions OPTIONS = CommunicatorOptions.defaults()
            .withDeadline(Duration.ofSeconds(20))
            .withInitDeadline(Duration.ofSeconds(20));
    private static final int COUNT = 100_000;

    private final BufferedReader input = new BufferedReader(new InputStreamReader(System.in));
    private final ConvoyRuntime runtime = ConvoyRuntime.open();
    private final Device device = runtime.device(0);
    private final Stream stream = device.newStream();
    private final int worldSize;
    private final int rank;

    private RankProgram(int worldSize, int rank) {
        this.worldSize = worldSize;
        this.rank = rank;
    }

    public static void main(String[] arguments) throws Exception {
        RankProgram program = new RankProgram(Integer.parseInt(arguments[1]), Integer.parseInt(arguments[2]));
        switch (arguments[0]) {
            case "correct" -> program.checkManySums();
            case "moves" -> program.checkMoves();
            case "loop" -> program.loopUntilLost(OPTIONS);
            case "impatient" -> program.loopUntilLost(OPTIONS.withDeadline(Duration.ofMillis(700)));
            case "idle" -> program.closeWhenTold();
            case "windows" -> program.putIntoWindows();
            case "divide" -> program.divide();
            case "devices" -> program.driveTwoDevices();
            case "regroup" -> program.regroupAfterLoss();
            default -> throw new IllegalArgumentException(arguments[0]);
        }
    }

    /** Random sizes about all thresholds; every rank knows every rank's numbers. */
    private void checkManySums() throws Exception {
        try (Communicator communicator = join(OPTIONS)) {
            SplittableRandom sizes = new SplittableRandom(11);
            for (int round = 0; round < 200; round++) {
                int count = 1 << sizes.nextInt(18);
                int number = round;
                List<double[]> inputs = IntStream.range(0, worldSize)
                        .mapToObj(r -> Elements.random(DataType.FLOAT32, count, new SplittableRandom(31L * number + r)))
                        .toList();
                try (DeviceBuffer buffer = Elements.buffer(device, DataType.FLOAT32, inputs.get(rank))) {
                    communicator.allReduce(buffer, ReduceOp.SUM, stream).await();
                    double[] expected = Reference.reduce(DataType.FLOAT32, ReduceOp.SUM, inputs);
                    if (!Arrays.equals(Elements.content(buffer), expected)) {
                        throw new AssertionError("round " + round + " of " + count + " elements");
                    }
                }
            }
        }
        say("correct");
    }

    /** What goes another way where the CPU does not see device memory. */
    private void checkMoves() throws Exception {
        int count = 1_000_003;
        try (Communicator communicator = join(OPTIONS);
                DeviceBuffer mine = device.allocate(DataType.INT32, count);
                DeviceBuffer theirs = device.allocate(DataType.INT32, count)) {
            say(runtime.kind() + " " + runtime.capabilities());
            say("view " + mine.hostView().isPresent());
            mine.copyFrom(IntStream.range(rank, rank + count).toArray());
            int right = (rank + 1) % worldSize;
            int left = (rank + worldSize - 1) % worldSize;
            Work[] received = new Work[1];
            runtime.group(() -> {
                communicator.send(mine, right, stream);
                received[0] = communicator.recv(theirs, left, stream);
            });
            received[0].completion().toCompletableFuture().join();
            int[] content = new int[count];
            theirs.copyTo(content);
            if (!Arrays.equals(content, IntStream.range(left, left + count).toArray())) {
                throw new AssertionError("not what rank " + left + " sent");
            }
            communicator.synchronize(stream);
        }
        say("moved");
    }

    /** Everybody puts its rank into its place at everybody else. */
    private void putIntoWindows() throws Exception {
        try (Communicator communicator = join(OPTIONS);
                DeviceBuffer buffer = device.allocateShareable(DataType.INT32, worldSize + 1);
                Window window = Window.of(communicator, buffer)) {
            DeviceBuffer source = buffer.slice(worldSize, 1);
            source.copyFrom(new int[] {100 + rank});
            for (int peer = 0; peer < worldSize; peer++) {
                window.put(source, peer, rank, stream);
            }
            for (int peer = 0; peer < worldSize; peer++) {
                window.waitSignal(peer, 1, stream);
            }
            communicator.synchronize(stream);
            int[] content = new int[worldSize];
            buffer.copyTo(content);
            if (!Arrays.equals(content, IntStream.range(100, 100 + worldSize).toArray())) {
                throw new AssertionError(Arrays.toString(content));
            }
            // A window outlives what peers still put into it.
            communicator.allReduce(source, ReduceOp.MAX, stream).await();
        }
        say("put");
    }

    /** Odd and even ranks go apart, and reduce; an operator of a rank's own factor, too. */
    private void divide() throws Exception {
        try (Communicator communicator = join(OPTIONS);
                Communicator half = communicator.split(rank % 2, -rank, OPTIONS).orElseThrow();
                PreMulSum tenfold = ReduceOp.preMulSum(half, DataType.INT32, 10);
                DeviceBuffer buffer = device.allocate(DataType.INT32, 1)) {
            buffer.copyFrom(new int[] {rank});
            half.allReduce(buffer, tenfold, stream).await();
            int[] sum = new int[1];
            buffer.copyTo(sum);
            say("half " + half.rank() + " of " + half.worldSize() + " " + sum[0]);
        }
    }

    /** Two devices of this process, each with a thread and a rank of its own. */
    private void driveTwoDevices() throws Exception {
        UniqueId id = exchange();
        List<CompletableFuture<Integer>> sums = IntStream.range(0, 2)
                .mapToObj(index -> CompletableFuture.supplyAsync(
                        () -> sumOn(runtime.device(index), id, 2 * rank + index),
                        task -> Thread.ofPlatform().start(task)))
                .toList();
        say("sums " + sums.get(0).get() + " " + sums.get(1).get());
    }

    private int sumOn(Device own, UniqueId id, int place) {
        try (Communicator communicator = Communicator.init(own, id, 2 * worldSize, place, OPTIONS);
                Stream order = own.newStream();
                DeviceBuffer buffer = own.allocate(DataType.INT32, 1)) {
            buffer.copyFrom(new int[] {place});
            communicator.allReduce(buffer, ReduceOp.SUM, order).await();
            int[] sum = new int[1];
            buffer.copyTo(sum);
            return sum[0];
        }
    }

    private void loopUntilLost(CommunicatorOptions options) throws Exception {
        try (Communicator communicator = join(options)) {
            reduceUntilLost(communicator);
        }
        say("closed");
    }

    private void reduceUntilLost(Communicator communicator) {
        try (DeviceBuffer buffer = device.allocate(DataType.FLOAT32, COUNT)) {
            buffer.zero(stream);
            for (int round = 0; ; round++) {
                communicator.allReduce(buffer, ReduceOp.SUM, stream).await();
                if (round == 100) {
                    say("running");
                }
            }
        } catch (RemoteRankException e) {
            say("lost " + Arrays.toString(e.failedRanks()) + " " + e.details().statusName());
        } catch (CommunicatorException e) {
            say(e.getClass().getSimpleName() + " " + e.getMessage());
        }
        communicator.abort();
    }

    /** Nothing is under way when another rank dies, and nobody asks: closing must not wait for it. */
    private void closeWhenTold() throws Exception {
        try (Communicator communicator = join(OPTIONS);
                DeviceBuffer buffer = device.allocate(DataType.FLOAT32, COUNT)) {
            communicator.allReduce(buffer, ReduceOp.SUM, stream).await();
            say("idle");
            input.readLine();
        }
        say("closed");
    }

    /** After the loss of the last rank the others form a new communicator, with a fresh id, and go on. */
    private void regroupAfterLoss() throws Exception {
        reduceUntilLost(join(OPTIONS));
        UniqueId id = exchange();
        try (Communicator communicator = Communicator.init(device, id, worldSize - 1, rank, OPTIONS.withEpoch(2));
                DeviceBuffer buffer = device.allocate(DataType.FLOAT64, 1)) {
            buffer.copyFrom(new double[] {rank + 1});
            communicator.allReduce(buffer, ReduceOp.SUM, stream).await();
            double[] sum = new double[1];
            buffer.copyTo(sum);
            say("sum " + sum[0]);
        }
        say("closed");
    }

    private Communicator join(CommunicatorOptions options) throws Exception {
        Communicator communicator = Communicator.init(device, exchange(), worldSize, rank, options);
        say("joined");
        return communicator;
    }

    private UniqueId exchange() throws Exception {
        if (rank == 0) {
            UniqueId id = UniqueId.create(runtime);
            say("id " + HexFormat.of().formatHex(id.bytes()));
            return id;
        }
        return new UniqueId(HexFormat.of().parseHex(input.readLine()));
    }

    private static void say(String line) {
        System.out.println(line);
    }
}
