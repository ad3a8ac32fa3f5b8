/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.cudatests.ranks;

import dev.convoy.CollectiveTimeoutException;
import dev.convoy.Communicator;
import dev.convoy.CommunicatorOptions;
import dev.convoy.ConvoyRuntime;
import dev.convoy.DataType;
import dev.convoy.Device;
import dev.convoy.DeviceBuffer;
import dev.convoy.ReduceOp;
import dev.convoy.RuntimeKind;
import dev.convoy.Stream;
import dev.convoy.UniqueId;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;

/**
 * A rank in a process of its own. Its arguments are the scenario, the runtime, the number of ranks and this one; rank 0
 * says the id, the others read it. Each line that it says is one that the trial waits for.
 */
public final class RankProgram {
    private static final int COUNT = 1 << 20;
    private static final Duration SHORT = Duration.ofSeconds(3);
    private static final CommunicatorOptions OPTIONS = CommunicatorOptions.defaults()
            .withDeadline(Duration.ofSeconds(60))
            .withInitDeadline(Duration.ofSeconds(60));

    private final BufferedReader input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    private final ConvoyRuntime runtime;
    private final int worldSize;
    private final int rank;

    private RankProgram(ConvoyRuntime runtime, int worldSize, int rank) {
        this.runtime = runtime;
        this.worldSize = worldSize;
        this.rank = rank;
    }

    /**
     * Runs one rank.
     *
     * @param arguments scenario, runtime, number of ranks, rank
     */
    public static void main(String[] arguments) {
        int status = 0;
        try {
            ConvoyRuntime runtime = ConvoyRuntime.open(RuntimeKind.valueOf(arguments[1]));
            new RankProgram(runtime, Integer.parseInt(arguments[2]), Integer.parseInt(arguments[3])).run(arguments[0]);
        } catch (Exception | AssertionError e) {
            say("failed: " + e);
            status = 1;
        }
        // A library may have threads that never end.
        Runtime.getRuntime().halt(status);
    }

    private void run(String scenario) throws IOException {
        Device device = runtime.device(rank % runtime.deviceCount());
        try (Stream stream = device.newStream();
                DeviceBuffer buffer = device.allocate(DataType.FLOAT32, COUNT)) {
            Communicator communicator = join(device);
            sum(communicator, buffer, stream);
            say("joined");
            switch (scenario) {
                case "abort" -> abort(device, communicator, buffer, stream);
                case "shrink" -> shrink(communicator, buffer, stream);
                default -> throw new IllegalArgumentException("no scenario is called " + scenario);
            }
        }
    }

    private Communicator join(Device device) throws IOException {
        UniqueId id;
        if (rank == 0) {
            id = UniqueId.create(runtime);
            say("id " + HexFormat.of().formatHex(id.bytes()));
        } else {
            id = new UniqueId(HexFormat.of().parseHex(input.readLine()));
        }
        return Communicator.init(device, id, worldSize, rank, OPTIONS);
    }

    private static void sum(Communicator communicator, DeviceBuffer buffer, Stream stream) {
        float[] content = new float[COUNT];
        java.util.Arrays.fill(content, communicator.rank() + 1);
        buffer.copyFrom(content);
        communicator.allReduce(buffer, ReduceOp.SUM, stream).await();
        buffer.copyTo(content);
        float expected = communicator.worldSize() * (communicator.worldSize() + 1) / 2f;
        for (float element : content) {
            if (element != expected) {
                throw new AssertionError("a sum is " + element + ", not " + expected);
            }
        }
    }

    /** Rank 0 begins an operation that the others, which are stopped by then, never join. */
    private void abort(Device device, Communicator communicator, DeviceBuffer buffer, Stream stream)
            throws IOException {
        input.readLine();
        if (rank != 0) {
            return;
        }
        try {
            communicator.allReduce(buffer, ReduceOp.SUM, stream).await(SHORT);
            throw new AssertionError("an operation of a stopped rank ended");
        } catch (CollectiveTimeoutException e) {
            say("late");
        }
        long began = System.nanoTime();
        communicator.abort();
        say("aborted " + (System.nanoTime() - began));
        // The device is of use again, and the stream is.
        try (Communicator alone = Communicator.initAll(List.of(device), OPTIONS).getFirst()) {
            sum(alone, buffer, stream);
        }
        say("works on");
    }

    /** The last rank stays out; the others end what is under way and go on as a smaller world. */
    private void shrink(Communicator communicator, DeviceBuffer buffer, Stream stream) throws IOException {
        if (rank == worldSize - 1) {
            input.readLine();
            communicator.abort();
            return;
        }
        long began = System.nanoTime();
        Communicator smaller = communicator.shrink(new int[] {worldSize - 1}, true, OPTIONS);
        say("shrunk " + (System.nanoTime() - began));
        sum(smaller, buffer, stream);
        say("works on");
        input.readLine();
        smaller.close();
        communicator.abort();
    }

    private static void say(String line) {
        System.out.println(line);
        System.out.flush();
    }
}
