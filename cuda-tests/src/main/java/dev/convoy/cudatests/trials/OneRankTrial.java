/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.cudatests.trials;

import dev.convoy.Capability;
import dev.convoy.Communicator;
import dev.convoy.CommunicatorOptions;
import dev.convoy.ConvoyRuntime;
import dev.convoy.DataType;
import dev.convoy.Device;
import dev.convoy.DeviceBuffer;
import dev.convoy.Event;
import dev.convoy.PreMulSum;
import dev.convoy.ReduceOp;
import dev.convoy.Registration;
import dev.convoy.Stream;
import dev.convoy.cudatests.Bench;
import dev.convoy.cudatests.Trial;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** What a communicator offers beside collectives, with one rank: the least that a GPU can show. */
public final class OneRankTrial implements Trial {
    private static final int COUNT = 1000;
    private static final Duration SOON = Duration.ofSeconds(30);

    /** Made by the list of trials. */
    public OneRankTrial() {}

    @Override
    public String name() {
        return "one-rank";
    }

    @Override
    public String run(Bench bench) throws Exception {
        ConvoyRuntime runtime = bench.runtime();
        Device device = runtime.device(0);
        List<String> shown = new ArrayList<>();
        Communicator communicator = Communicator.initAll(List.of(device), CommunicatorOptions.defaults())
                .getFirst();
        try (communicator;
                Stream stream = device.newStream();
                DeviceBuffer buffer = device.allocate(DataType.FLOAT32, COUNT)) {
            stages(communicator, buffer, stream);
            shown.add("all-reduce, stages");
            timing(communicator, buffer, stream);
            shown.add("events");
            operators(communicator, buffer, stream);
            shown.add("operators by host and device factor");
            if (runtime.supports(Capability.REGISTRATION)) {
                registered(communicator, stream);
                shown.add("registration");
            }
            if (runtime.supports(Capability.SPLIT)) {
                split(communicator, buffer, stream);
                shown.add("split");
            }
            communicator.finalizeOperations(SOON);
        }
        return String.join(", ", shown);
    }

    private static float[] ones() {
        float[] ones = new float[COUNT];
        java.util.Arrays.fill(ones, 1);
        return ones;
    }

    private static void expectAll(float value, DeviceBuffer buffer, String what) {
        float[] content = new float[COUNT];
        buffer.copyTo(content);
        for (float element : content) {
            Check.equal(value, element, what);
        }
    }

    private static void stages(Communicator communicator, DeviceBuffer buffer, Stream stream) throws Exception {
        buffer.copyFrom(ones());
        communicator
                .allReduce(buffer, ReduceOp.SUM, stream)
                .completion()
                .toCompletableFuture()
                .get(SOON.toSeconds(), TimeUnit.SECONDS);
        expectAll(1, buffer, "an all-reduce of one rank");
    }

    private static void timing(Communicator communicator, DeviceBuffer buffer, Stream stream) {
        try (Event begin = communicator.device().newEvent();
                Event end = communicator.device().newEvent()) {
            begin.record(stream);
            communicator.allReduce(buffer, ReduceOp.SUM, stream);
            end.record(stream);
            communicator.synchronize(stream);
            Check.that(end.isDone() && begin.isDone(), "an event behind is not reached");
            Check.that(!end.elapsedSince(begin).isNegative(), "time between events is negative");
        }
    }

    private static void operators(Communicator communicator, DeviceBuffer buffer, Stream stream) {
        try (PreMulSum twice = ReduceOp.preMulSum(communicator, DataType.FLOAT32, 2);
                DeviceBuffer factor = communicator.device().allocate(DataType.FLOAT32, 1)) {
            buffer.copyFrom(ones());
            communicator.allReduce(buffer, twice, stream).await();
            expectAll(2, buffer, "a sum of doubled elements");
            factor.copyFrom(new float[] {3});
            try (PreMulSum thrice = ReduceOp.preMulSum(communicator, factor)) {
                communicator.allReduce(buffer, thrice, stream).await();
            }
            expectAll(6, buffer, "a sum of elements times a factor of the device");
        }
    }

    private static void registered(Communicator communicator, Stream stream) {
        try (DeviceBuffer buffer = communicator.device().allocateShareable(DataType.FLOAT32, COUNT);
                Registration _ = Registration.of(communicator, buffer)) {
            buffer.copyFrom(ones());
            communicator.allReduce(buffer, ReduceOp.MAX, stream).await();
            expectAll(1, buffer, "an all-reduce of a registered buffer");
        }
    }

    private static void split(Communicator communicator, DeviceBuffer buffer, Stream stream) {
        Communicator child =
                communicator.split(0, 0, CommunicatorOptions.defaults()).orElseThrow();
        try (child) {
            buffer.copyFrom(ones());
            child.allReduce(buffer, ReduceOp.SUM, stream).await();
            expectAll(1, buffer, "an all-reduce of a child");
        }
    }
}
