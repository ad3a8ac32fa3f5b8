/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.convoy.bindings.NativeMemory;
import dev.convoy.bindings.NativeRuntime.Kind;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Graphs, by a stand-in for CUDA's that keeps the calls of a capture and makes them when the graph is launched. */
class GraphTest {
    private static final int CAPTURE_INVALIDATED = 901;
    private static final long FIRST_GRAPH = 100;

    private final Instrumented cuda = Instrumented.cudaWithGraphs();
    private final Map<Long, List<Supplier<Object>>> graphs = new LinkedHashMap<>();
    private List<Supplier<Object>> recorded;
    private long nextGraph = FIRST_GRAPH;
    private final Communicator communicator;
    private final Stream stream;

    GraphTest() {
        cuda.answer("streamBeginCapture", (_, _) -> {
            recorded = new ArrayList<>();
            return 0;
        });
        cuda.answer("streamEndCapture", (arguments, _) -> made((long) arguments.get(1), recorded));
        cuda.answer(
                "graphInstantiateWithFlags",
                (arguments, _) -> made((long) arguments.getFirst(), graphs.get((long) arguments.get(1))));
        cuda.answer("graphDestroy", (arguments, _) -> graphs.remove((long) arguments.getFirst()) == null ? 1 : 0);
        cuda.answer("graphExecDestroy", (arguments, _) -> graphs.remove((long) arguments.getFirst()) == null ? 1 : 0);
        cuda.answer("graphLaunch", (arguments, _) -> {
            graphs.get((long) arguments.getFirst()).forEach(Supplier::get);
            return 0;
        });
        for (String enqueued : List.of("allReduce", "broadcast")) {
            cuda.answer(enqueued, (_, library) -> {
                if (recorded == null) {
                    return library.get();
                }
                recorded.add(library);
                return 0;
            });
        }
        ConvoyRuntime runtime = cuda.runtime();
        communicator =
                Communicator.initAll(List.of(runtime.device(0)), Ranks.OPTIONS).getFirst();
        stream = runtime.device(0).newStream();
    }

    private int made(long out, List<Supplier<Object>> operations) {
        recorded = null;
        graphs.put(nextGraph, operations);
        NativeMemory.view(out, Long.BYTES).set(ValueLayout.JAVA_LONG_UNALIGNED, 0, nextGraph++);
        return 0;
    }

    @AfterEach
    void close() {
        communicator.close();
        stream.close();
        assertThat(graphs).as("graphs that nobody freed").isEmpty();
    }

    private DeviceBuffer buffer(int... content) {
        DeviceBuffer buffer = communicator.device().allocate(DataType.INT32, content.length);
        buffer.copyFrom(content);
        return buffer;
    }

    private static int[] content(DeviceBuffer buffer) {
        int[] content = new int[(int) buffer.count()];
        buffer.copyTo(content);
        return content;
    }

    @Test
    void recordedOperationsAreDoneByEachLaunchAndNotBefore() {
        try (DeviceBuffer from = buffer(1, 2);
                DeviceBuffer to = buffer(0, 0);
                Graph graph =
                        communicator.capture(stream, () -> communicator.allReduce(from, to, ReduceOp.SUM, stream))) {
            assertThat(content(to)).containsExactly(0, 0);
            graph.launch(stream).await();
            assertThat(content(to)).containsExactly(1, 2);
            from.copyFrom(new int[] {3, 4});
            Work second = graph.launch(stream);
            second.await();
            assertThat(content(to)).containsExactly(3, 4);
            assertThat(second.operation()).isEqualTo(Operation.GRAPH_LAUNCH);
        }
    }

    @Test
    void aLaunchCountsOnceAndWhatIsRecordedDoesNot() {
        try (DeviceBuffer buffer = buffer(1)) {
            List<Operation> seen = new ArrayList<>();
            communicator.setObserver((operation, _, _, _) -> seen.add(operation));
            Graph graph = communicator.capture(stream, () -> {
                communicator.allReduce(buffer, ReduceOp.SUM, stream);
                communicator.device().runtime().group(() -> {
                    communicator.allReduce(buffer, ReduceOp.SUM, stream);
                    communicator.broadcast(buffer, 0, stream);
                });
            });
            assertThat(communicator.enqueued()).isZero();
            assertThat(communicator.isQuiet()).isTrue();
            graph.launch(stream).await();
            assertThat(communicator.enqueued()).isEqualTo(1);
            assertThat(communicator.completed()).isEqualTo(1);
            communicator.allReduce(buffer, ReduceOp.SUM, stream).await();
            assertThat(communicator.completed()).isEqualTo(2);
            assertThat(seen)
                    .containsExactly(
                            Operation.ALL_REDUCE,
                            Operation.ALL_REDUCE,
                            Operation.BROADCAST,
                            Operation.GRAPH_LAUNCH,
                            Operation.ALL_REDUCE);
        }
    }

    @Test
    void recordedWorkCannotBeAwaited() {
        try (DeviceBuffer buffer = buffer(1)) {
            List<Work> works = new ArrayList<>();
            communicator.capture(stream, () -> works.add(communicator.allReduce(buffer, ReduceOp.SUM, stream)));
            assertThatExceptionOfType(IllegalStateException.class)
                    .isThrownBy(() -> works.getFirst().await())
                    .withMessage("Work[ALL_REDUCE 1] is recorded in a graph: await the work of the graph's launch");
        }
    }

    @Test
    void endOfTheCommunicatorFreesItsGraphsFirst() {
        Graph graph = communicator.capture(stream, () -> {});
        cuda.forget();
        communicator.close();
        assertThat(cuda.functions()).containsSubsequence("graphExecDestroy", "commDestroy");
        graph.close();
        assertThat(cuda.callsOf("graphExecDestroy")).hasSize(1);
        assertThatExceptionOfType(CommunicatorClosedException.class).isThrownBy(() -> graph.launch(stream));
    }

    @Test
    void abortFreesThemFirstToo() {
        communicator.capture(stream, () -> {});
        cuda.forget();
        communicator.abort();
        assertThat(cuda.functions()).containsSubsequence("graphExecDestroy", "commAbort");
    }

    @Test
    void lateAbortIsThatOfTheCommunicatorAllTheSame() {
        Communicator late = Communicator.initAll(
                        List.of(communicator.device()), Ranks.OPTIONS.withInitDeadline(Duration.ofMillis(200)))
                .getFirst();
        late.capture(stream, () -> {});
        Stuck stuck = new Stuck();
        cuda.answer(
                "graphExecDestroy",
                (arguments, _) ->
                        stuck.to(arguments, () -> graphs.remove((long) arguments.getFirst()) == null ? 1 : 0));
        cuda.forget();
        assertThatExceptionOfType(DeviceTimeoutException.class).isThrownBy(late::abort);
        assertThat(late.isQuiet()).isFalse();
        stuck.letGo();
        Awaiting.until(late::isQuiet);
        assertThat(cuda.callsOf("commAbort"))
                .singleElement()
                .satisfies(call -> assertThat(call.arguments()).doesNotContain(0L));
    }

    @Test
    void closedGraphIsNotLaunched() {
        Graph graph = communicator.capture(stream, () -> {});
        graph.close();
        assertThatExceptionOfType(IllegalStateException.class)
                .isThrownBy(() -> graph.launch(stream))
                .withMessageEndingWith(" is closed");
        assertThat(communicator.enqueued()).isZero();
    }

    @Test
    void whatIsRecordedIsOnTheStreamThatIsRecorded() {
        try (DeviceBuffer buffer = buffer(1);
                Stream other = communicator.device().newStream()) {
            assertThatExceptionOfType(IllegalStateException.class)
                    .isThrownBy(() ->
                            communicator.capture(stream, () -> communicator.allReduce(buffer, ReduceOp.SUM, other)))
                    .withMessageContaining("is being recorded, and");
            // The capture was ended, and the next call is an ordinary one.
            communicator.allReduce(buffer, ReduceOp.SUM, other).await();
            assertThat(content(buffer)).containsExactly(1);
        }
    }

    @Test
    void noGraphInAGraphOrAGroup() {
        Graph graph = communicator.capture(stream, () -> {});
        assertThatExceptionOfType(IllegalStateException.class)
                .isThrownBy(() -> communicator.capture(stream, () -> graph.launch(stream)))
                .withMessageContaining("a graph in a graph");
        assertThatExceptionOfType(IllegalStateException.class)
                .isThrownBy(() -> communicator.capture(stream, () -> communicator.capture(stream, () -> {})))
                .withMessageContaining("a graph in a graph");
        communicator
                .device()
                .runtime()
                .group(() -> assertThatExceptionOfType(IllegalStateException.class)
                        .isThrownBy(() -> graph.launch(stream))
                        .withMessageContaining("in a group"));
    }

    @Test
    void refusalsAreTyped() {
        Graph graph = communicator.capture(stream, () -> {});
        cuda.answer("graphLaunch", (_, _) -> 1);
        assertThatExceptionOfType(LibraryException.class)
                .isThrownBy(() -> graph.launch(stream))
                .withMessageContaining("cudaGraphLaunch returned cudaErrorInvalidValue");
        assertThat(communicator.enqueued()).isZero();
        cuda.answer("streamEndCapture", (_, _) -> CAPTURE_INVALIDATED);
        assertThatExceptionOfType(LibraryException.class)
                .isThrownBy(() -> communicator.capture(stream, () -> {}))
                .satisfies(e -> assertThat(e.details().status()).isEqualTo(CAPTURE_INVALIDATED));
        assertThatExceptionOfType(ArithmeticException.class)
                .as("what the program threw, and not that its capture has no graph")
                .isThrownBy(() -> communicator.capture(stream, () -> {
                    throw new ArithmeticException();
                }));
    }

    @Test
    void hostRuntimeHasNone() {
        ConvoyRuntime host = ConvoyRuntime.open(RuntimeKind.HOST);
        assertThat(host.natives().kind()).isEqualTo(Kind.HOST);
        assertThat(host.supports(Capability.GRAPHS)).isFalse();
        Communicator plain =
                Communicator.initAll(List.of(host.device(0)), Ranks.OPTIONS).getFirst();
        try (plain;
                Stream queue = host.device(0).newStream()) {
            assertThatExceptionOfType(UnsupportedOperationException.class)
                    .isThrownBy(() -> plain.capture(queue, () -> {}))
                    .withMessageContaining("cudaStreamBeginCapture");
        }
    }
}
