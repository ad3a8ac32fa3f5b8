/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Stages of work, completed by a thread that serves all communicators. */
@Timeout(60)
class CompletionTest {
    private static final Duration SOON = Duration.ofSeconds(10);
    private static final Duration SHORT = Duration.ofMillis(300);
    private static final int NOT_READY = 600;

    @Test
    void completesWhileTheDriverWaitsForSomethingElse() throws Exception {
        Instrumented host = Instrumented.host();
        // Event queries come from the poller: the first work's is held back until the driver is inside.
        CountDownLatch driverWaits = new CountDownLatch(1);
        host.answer("eventQuery", (_, library) -> driverWaits.getCount() > 0 ? NOT_READY : library.get());
        List<Communicator> ranks =
                Communicator.initAll(Collections.nCopies(2, host.device()), Ranks.OPTIONS.withDeadline(SHORT));
        try (Stream stream = host.device().newStream();
                Stream other = host.device().newStream();
                DeviceBuffer buffer = host.device().allocate(DataType.INT32, 2)) {
            Communicator driven = ranks.getFirst();
            CompletableFuture<Void> first = driven.allReduce(buffer.slice(0, 1), ReduceOp.SUM, stream)
                    .completion()
                    .toCompletableFuture();
            Work never = driven.allReduce(buffer.slice(0, 1), ReduceOp.SUM, stream);
            CompletableFuture<Void> driver = CompletableFuture.runAsync(
                    () -> never.await(Duration.ofMinutes(10)),
                    task -> Thread.ofPlatform().start(task));
            ranks.getLast().allReduce(buffer.slice(1, 1), ReduceOp.SUM, other);
            Awaiting.until(() -> !host.callsOf("eventWait").isEmpty());
            driverWaits.countDown();
            assertThat(first).succeedsWithin(SOON);
            assertThat(driven.completed()).isEqualTo(1);
            driven.revoke("over");
            assertThat(driver).failsWithin(SOON);
        } finally {
            Communicator.abortAll(ranks);
        }
    }

    @Test
    void orderlyCloseCompletesWhatWasDone() throws Exception {
        Instrumented host = Instrumented.host();
        // The poller sees nothing before the communicator is gone.
        host.answer("eventQuery", (_, _) -> NOT_READY);
        List<Communicator> ranks = Communicator.initAll(Collections.nCopies(2, host.device()), Ranks.OPTIONS);
        try (Stream stream = host.device().newStream();
                DeviceBuffer buffer = host.device().allocate(DataType.INT32, 2)) {
            CompletableFuture<Void> stage = ranks.getFirst()
                    .allReduce(buffer.slice(0, 1), ReduceOp.SUM, stream)
                    .completion()
                    .toCompletableFuture();
            CompletableFuture<Void> closing = CompletableFuture.runAsync(
                    ranks.getFirst()::close, task -> Thread.ofPlatform().start(task));
            try (Stream other = host.device().newStream()) {
                ranks.getLast().allReduce(buffer.slice(1, 1), ReduceOp.SUM, other);
                ranks.getLast().close();
            }
            assertThat(closing).succeedsWithin(SOON);
            assertThat(stage).succeedsWithin(SOON);
        }
    }

    @Test
    void abortFailsWhatWasNot() {
        Instrumented host = Instrumented.host();
        List<Communicator> ranks = Communicator.initAll(Collections.nCopies(2, host.device()), Ranks.OPTIONS);
        try (Stream stream = host.device().newStream();
                DeviceBuffer buffer = host.device().allocate(DataType.INT32, 1)) {
            CompletableFuture<Void> stage = ranks.getFirst()
                    .allReduce(buffer, ReduceOp.SUM, stream)
                    .completion()
                    .toCompletableFuture();
            Communicator.abortAll(ranks);
            assertThat(stage)
                    .failsWithin(SOON)
                    .withThrowableOfType(ExecutionException.class)
                    .withCauseInstanceOf(CommunicatorClosedException.class);
        }
    }

    @Test
    void errorInALookEndsItsStageOnly() throws Exception {
        Instrumented host = Instrumented.host();
        List<Communicator> ranks = Communicator.initAll(Collections.nCopies(2, host.device()), Ranks.OPTIONS);
        try (Stream stream = host.device().newStream();
                Stream other = host.device().newStream();
                DeviceBuffer buffer = host.device().allocate(DataType.INT32, 2)) {
            host.answer("eventQuery", (_, _) -> {
                throw new StackOverflowError("test");
            });
            CompletableFuture<Void> broken = ranks.getFirst()
                    .allReduce(buffer.slice(0, 1), ReduceOp.SUM, stream)
                    .completion()
                    .toCompletableFuture();
            assertThat(broken).failsWithin(SOON).withThrowableThat().withCauseInstanceOf(StackOverflowError.class);
            host.answerAsTheLibrary("eventQuery");
            CompletableFuture<Void> next = ranks.getLast()
                    .allReduce(buffer.slice(1, 1), ReduceOp.SUM, other)
                    .completion()
                    .toCompletableFuture();
            next.get(SOON.toSeconds(), TimeUnit.SECONDS);
        } finally {
            Communicator.abortAll(ranks);
        }
    }

    @Test
    void pollerKeepsNothingOfItsFirstUser() throws Exception {
        List<Communicator> ranks =
                Communicator.initAll(Collections.nCopies(2, Instrumented.host().device()), Ranks.OPTIONS);
        try (Stream stream = ranks.getFirst().device().newStream();
                DeviceBuffer buffer = ranks.getFirst().device().allocate(DataType.INT32, 1)) {
            AtomicReference<Thread> poller = new AtomicReference<>();
            CompletableFuture<Void> stage = ranks.getFirst()
                    .allReduce(buffer, ReduceOp.SUM, stream)
                    .completion()
                    .toCompletableFuture()
                    .whenComplete((_, _) -> poller.set(Thread.currentThread()));
            ranks.getFirst().revoke("test");
            assertThat(stage).failsWithin(SOON);
            assertThat(poller.get().getName()).isEqualTo("convoy-completion");
            assertThat(poller.get().getContextClassLoader()).isNull();
        } finally {
            Communicator.abortAll(ranks);
        }
    }

    @Test
    void groupIsRefusedOnAVirtualThread() throws Exception {
        ConvoyRuntime runtime = ConvoyRuntime.open(RuntimeKind.HOST);
        CompletableFuture<Void> refused = CompletableFuture.runAsync(
                runtime::group, task -> Thread.ofVirtual().start(task));
        assertThat(refused)
                .failsWithin(SOON)
                .withThrowableThat()
                .withCauseInstanceOf(IllegalStateException.class)
                .withMessageContaining("platform threads");
    }
}
