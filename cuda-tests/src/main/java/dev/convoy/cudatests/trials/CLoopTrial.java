/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.cudatests.trials;

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
import dev.convoy.bindings.NativeRuntime.Kind;
import dev.convoy.bindings.RuntimeProbe;
import dev.convoy.bindings.Runtimes;
import dev.convoy.cudatests.Bench;
import dev.convoy.cudatests.Child;
import dev.convoy.cudatests.SkippedException;
import dev.convoy.cudatests.Trial;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** All-reduces of one rank by Java and by a loop in C that makes the same calls of the same libraries, in turns. */
public final class CLoopTrial implements Trial {
    /** The folder that holds {@code c_loop}. */
    static final String HOME = "CONVOY_CUDA_TESTS_NATIVES";

    private static final Duration BOUND = Duration.ofSeconds(60);
    private static final List<Integer> COUNTS = List.of(2, 1 << 18, 1 << 24);
    private static final int ROUNDS = 5;
    private static final int WARM_UP = 20_000;
    private static final double NANOS_PER_MICRO = 1e3;

    /** Made by the list of trials. */
    public CLoopTrial() {}

    @Override
    public String name() {
        return "java-against-c";
    }

    @Override
    public String run(Bench bench) throws Exception {
        Path program = program();
        List<String> libraries = libraries(bench);
        List<String> ratios = new ArrayList<>();
        for (int count : bench.isQuick() ? COUNTS.subList(0, 1) : COUNTS) {
            int calls = calls(bench, count);
            double[] java = new double[ROUNDS];
            double[] polled = new double[ROUNDS];
            double[] c = new double[ROUNDS];
            for (int round = 0; round < ROUNDS; round++) {
                java[round] = java(bench, count, calls, true);
                polled[round] = java(bench, count, calls, false);
                c[round] = c(program, libraries, count, calls);
            }
            Arrays.sort(java);
            Arrays.sort(polled);
            Arrays.sort(c);
            double ratio = java[ROUNDS / 2] / c[ROUNDS / 2];
            bench.say(
                    "all-reduce of %d bytes: Java %.3f µs, C %.3f µs, ratio %.3f; Java, not blocking %.3f µs"
                            + " (medians of %d rounds of %d)",
                    4L * count, java[ROUNDS / 2], c[ROUNDS / 2], ratio, polled[ROUNDS / 2], ROUNDS, calls);
            ratios.add(String.format(Locale.ROOT, "%d bytes %.3f", 4L * count, ratio));
        }
        return "time by Java over time by C: " + String.join(", ", ratios);
    }

    private static Path program() {
        String folder = System.getenv(HOME);
        if (folder == null) {
            throw new SkippedException("no C program: " + HOME + " does not say where it is");
        }
        Path program = Path.of(folder, "c_loop");
        if (!Files.isExecutable(program)) {
            throw new SkippedException("no C program: there is no " + program);
        }
        return program;
    }

    private static int calls(Bench bench, int count) {
        return bench.isQuick() ? 500 : count < 1 << 12 ? 20_000 : count < 1 << 20 ? 2_000 : 100;
    }

    /** The files of NCCL and the CUDA runtime that Java uses. */
    private static List<String> libraries(Bench bench) {
        bench.runtime();
        RuntimeProbe probe = Runtimes.probe(bench.kind() == RuntimeKind.HOST ? Kind.HOST : Kind.CUDA);
        List<String> files = probe.attempts().stream()
                .filter(RuntimeProbe.Attempt::loaded)
                .map(RuntimeProbe.Attempt::detail)
                .toList();
        String nccl = probe.runtime().orElseThrow().library();
        String cudart = files.stream()
                .filter(file -> Path.of(file).getFileName().toString().startsWith("libcudart"))
                .reduce((_, last) -> last)
                .orElse(nccl);
        return List.of(nccl, cudart);
    }

    private static double java(Bench bench, int count, int calls, boolean isBlocking) {
        ConvoyRuntime runtime = bench.runtime();
        Device device = runtime.device(0);
        Communicator communicator = Communicator.init(
                device,
                UniqueId.create(runtime),
                1,
                0,
                CommunicatorOptions.defaults().withBlocking(isBlocking));
        try (communicator;
                Stream stream = device.newStream();
                DeviceBuffer send = device.allocate(DataType.FLOAT32, count);
                DeviceBuffer recv = device.allocate(DataType.FLOAT32, count)) {
            int warmUp = Math.min(calls, WARM_UP);
            loop(communicator, send, recv, stream, warmUp);
            long began = System.nanoTime();
            loop(communicator, send, recv, stream, calls);
            return (System.nanoTime() - began) / NANOS_PER_MICRO / calls;
        }
    }

    private static void loop(
            Communicator communicator, DeviceBuffer send, DeviceBuffer recv, Stream stream, int calls) {
        for (int i = 0; i < calls; i++) {
            communicator.allReduce(send, recv, ReduceOp.SUM, stream);
        }
        communicator.synchronize(stream);
    }

    private static double c(Path program, List<String> libraries, int count, int calls) throws Exception {
        List<String> command = new ArrayList<>(List.of(program.toString()));
        command.addAll(libraries);
        command.add(Integer.toString(count));
        command.add(Integer.toString(calls));
        try (Child child = Child.start(command, Map.of(), _ -> {})) {
            Check.that(child.awaitEnd(BOUND), "the C program did not end");
            Check.equal(0, child.status(), "status of the C program, which said " + child.lines());
            return Double.parseDouble(child.lines().getLast());
        }
    }
}
