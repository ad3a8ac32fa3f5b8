/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.cudatests.trials;

import dev.convoy.Capability;
import dev.convoy.Communicator;
import dev.convoy.CommunicatorOptions;
import dev.convoy.ConvoyRuntime;
import dev.convoy.DataType;
import dev.convoy.Device;
import dev.convoy.DeviceBuffer;
import dev.convoy.Graph;
import dev.convoy.PreMulSum;
import dev.convoy.ReduceOp;
import dev.convoy.Stream;
import dev.convoy.UniqueId;
import dev.convoy.cudatests.Bench;
import dev.convoy.cudatests.SkippedException;
import dev.convoy.cudatests.Trial;
import java.util.List;

/** A step's collectives recorded as a CUDA graph and launched many times; the numbers show how often. */
public final class GraphTrial implements Trial {
    private static final int OPERATIONS = 8;
    private static final int LAUNCHES = 3;
    private static final int TIMED = 200;
    private static final double NANOS_PER_MICRO = 1e3;

    /** Made by the list of trials. */
    public GraphTrial() {}

    @Override
    public String name() {
        return "graph";
    }

    @Override
    public String run(Bench bench) {
        ConvoyRuntime runtime = bench.runtime();
        if (!runtime.supports(Capability.GRAPHS)) {
            throw new SkippedException("the " + runtime.kind() + " runtime has no graphs");
        }
        for (boolean isBlocking : List.of(true, false)) {
            bench.say("%s communicator", isBlocking ? "blocking" : "non-blocking");
            graphs(bench, runtime, CommunicatorOptions.defaults().withBlocking(isBlocking));
        }
        return "graphs of " + OPERATIONS + " all-reduces launched " + 2 * (LAUNCHES + TIMED + 1)
                + " times, results right";
    }

    private static void graphs(Bench bench, ConvoyRuntime runtime, CommunicatorOptions options) {
        Device device = runtime.device(0);
        try (Communicator communicator = Communicator.init(device, UniqueId.create(runtime), 1, 0, options);
                Stream stream = device.newStream();
                DeviceBuffer buffer = device.allocate(DataType.INT64, 64);
                PreMulSum twice = ReduceOp.preMulSum(communicator, DataType.INT64, 2)) {
            doublings(communicator, buffer, twice, stream);
            compareTimes(bench, communicator, buffer, stream);
        }
    }

    private static void doublings(Communicator communicator, DeviceBuffer buffer, PreMulSum twice, Stream stream) {
        long[] content = new long[64];
        java.util.Arrays.fill(content, 1);
        buffer.copyFrom(content);
        // What the library prepares at a first call is done outside.
        communicator.allReduce(buffer, ReduceOp.SUM, stream).await();
        try (Graph graph = communicator.capture(stream, () -> {
            for (int i = 0; i < OPERATIONS; i++) {
                communicator.allReduce(buffer, twice, stream);
            }
        })) {
            buffer.copyTo(content);
            Check.equal(1L, content[63], "after the recording");
            for (int launch = 1; launch <= LAUNCHES; launch++) {
                graph.launch(stream).await();
                buffer.copyTo(content);
                Check.equal(1L << OPERATIONS * launch, content[63], "after launch " + launch);
            }
        }
    }

    private static void compareTimes(Bench bench, Communicator communicator, DeviceBuffer buffer, Stream stream) {
        Runnable step = () -> {
            for (int i = 0; i < OPERATIONS; i++) {
                communicator.allReduce(buffer, ReduceOp.MAX, stream);
            }
        };
        double direct = micros(communicator, stream, step);
        try (Graph graph = communicator.capture(stream, step)) {
            double launched = micros(communicator, stream, () -> graph.launch(stream));
            bench.say("%d all-reduces: %.1f µs one by one, %.1f µs as a graph", OPERATIONS, direct, launched);
        }
    }

    private static double micros(Communicator communicator, Stream stream, Runnable step) {
        step.run();
        communicator.synchronize(stream);
        long began = System.nanoTime();
        for (int i = 0; i < TIMED; i++) {
            step.run();
        }
        communicator.synchronize(stream);
        return (System.nanoTime() - began) / NANOS_PER_MICRO / TIMED;
    }
}
