/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatNoException;

import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The end of communicators where the library does not do as it should. */
@Timeout(60)
class AbortTest {
    private static final int INTERNAL_ERROR = 3;
    private static final int INVALID_VALUE = 1;
    private static final Duration FOREVER = Duration.ofSeconds(Long.MAX_VALUE);

    @Test
    void memoryIsFreedOnlyAfterTheWholeGroupIsAborted() {
        Instrumented cuda = Instrumented.cuda();
        List<Communicator> ranks = Communicator.initAll(Collections.nCopies(2, cuda.device()), Ranks.OPTIONS);
        try (Stream stream = cuda.device().newStream()) {
            DeviceBuffer buffer = cuda.device().allocate(DataType.INT32, 1);
            // Rank 1 never comes, so that the memory is kept.
            ranks.getFirst().allReduce(buffer, ReduceOp.SUM, stream);
            buffer.close();
            cuda.forget();
            Communicator.abortAll(ranks);
            List<String> order = cuda.functions().stream()
                    .filter(List.of("groupStart", "commAbort", "groupEnd", "free")::contains)
                    .toList();
            assertThat(order).containsExactly("groupStart", "commAbort", "commAbort", "groupEnd", "free");
        }
    }

    @Test
    void oneThatIsInUseDoesNotKeepTheOthers() throws Exception {
        for (Instrumented library : List.of(Instrumented.cuda(), Instrumented.host())) {
            List<Communicator> ranks = Communicator.initAll(Collections.nCopies(2, library.device()), Ranks.OPTIONS);
            CountDownLatch inside = new CountDownLatch(1);
            CountDownLatch over = new CountDownLatch(1);
            library.answer("commFinalize", (_, _) -> {
                inside.countDown();
                return uninterrupted(over) ? 0 : INTERNAL_ERROR;
            });
            Thread driver =
                    Thread.ofPlatform().start(() -> ranks.getFirst().finalizeOperations(Ranks.OPTIONS.deadline()));
            inside.await();
            assertThatIllegalStateException()
                    .isThrownBy(() -> Communicator.abortAll(ranks))
                    .withMessageContaining("in use by another thread");
            assertThatExceptionOfType(CommunicatorClosedException.class)
                    .as("the other one is aborted")
                    .isThrownBy(() -> ranks.getLast().asyncError());
            over.countDown();
            driver.join();
            Communicator.abortAll(ranks);
        }
    }

    @Test
    void abortThatGetsStuckHasABound() {
        Instrumented cuda = Instrumented.cuda();
        Communicator communicator = Communicator.initAll(
                        List.of(cuda.device()), Ranks.OPTIONS.withInitDeadline(Duration.ofMillis(200)))
                .getFirst();
        CountDownLatch over = new CountDownLatch(1);
        AtomicBoolean aborted = new AtomicBoolean();
        cuda.answer("commAbort", (_, library) -> {
            uninterrupted(over);
            Object status = library.get();
            aborted.set(true);
            return status;
        });
        assertThatExceptionOfType(DeviceTimeoutException.class)
                .isThrownBy(communicator::abort)
                .withMessageContaining("ncclCommAbort of Communicator['world'");
        assertThatNoException().as("it has been given up").isThrownBy(communicator::abort);
        cuda.forget();
        cuda.device().allocate(DataType.INT8, 1).close();
        assertThat(cuda.functions())
                .as("a free would wait for the stuck one's work")
                .doesNotContain("free");
        over.countDown();
        Awaiting.until(aborted::get);
        cuda.device().allocate(DataType.INT8, 1).close();
        assertThat(cuda.callsOf("free")).hasSize(2);
    }

    @Test
    void memoryAndEventsAreKeptWhileAGroupOfAbortsIsStuck() {
        Instrumented cuda = Instrumented.cuda();
        List<Communicator> ranks = Communicator.initAll(
                Collections.nCopies(2, cuda.device()), Ranks.OPTIONS.withInitDeadline(Duration.ofMillis(200)));
        try (Stream stream = cuda.device().newStream()) {
            DeviceBuffer buffer = cuda.device().allocate(DataType.INT32, 1);
            ranks.getFirst().allReduce(buffer, ReduceOp.SUM, stream);
            buffer.close();
            Stuck stuck = new Stuck();
            cuda.answer("groupEnd", stuck);
            cuda.forget();
            assertThatExceptionOfType(DeviceTimeoutException.class)
                    .isThrownBy(() -> Communicator.abortAll(ranks))
                    .withMessageContaining("abort of [Communicator['world'");
            assertThat(ranks).as("NCCL aborts at the end of the group").noneMatch(Communicator::isQuiet);
            cuda.device().workEvents().take().close();
            assertThat(cuda.functions()).contains("eventCreateWithFlags").doesNotContain("free");
            stuck.letGo();
            Awaiting.until(() -> ranks.stream().allMatch(Communicator::isQuiet));
            cuda.device().allocate(DataType.INT8, 1).close();
            assertThat(cuda.callsOf("free")).hasSize(2);
        }
    }

    @Test
    void everythingIsTriedWhenSomethingFails() {
        Instrumented host = Instrumented.host();
        List<Communicator> ranks = Communicator.initAll(Collections.nCopies(2, host.device()), Ranks.OPTIONS);
        try (Stream stream = host.device().newStream()) {
            DeviceBuffer buffer = host.device().allocate(DataType.INT32, 1);
            ranks.getFirst().allReduce(buffer, ReduceOp.SUM, stream);
            ranks.getFirst().allReduce(buffer, ReduceOp.SUM, stream);
            buffer.close();
            host.forget();
            host.answer("free", (_, library) -> (int) library.get() + INVALID_VALUE);
            host.answer("commAbort", (_, library) -> (int) library.get() + INTERNAL_ERROR);
            assertThatExceptionOfType(LibraryException.class)
                    .isThrownBy(ranks.getFirst()::abort)
                    .withMessageStartingWith("ncclCommAbort returned ncclInternalError")
                    .satisfies(e -> assertThat(e.getSuppressed()).isNotEmpty());
            assertThat(host.callsOf("free")).hasSize(1);
            host.device().workEvents().take().close();
            host.device().workEvents().take().close();
            assertThat(host.functions()).as("both events were given back").doesNotContain("eventCreateWithFlags");
            host.answerAsTheLibrary("commAbort");
            ranks.getLast().abort();
            assertThat(host.callsOf("commAbort")).hasSize(2);
        }
    }

    @Test
    void interruptionEndsNoWaitAndIsKept() {
        Device device = ConvoyRuntime.open(RuntimeKind.HOST).device(0);
        Thread.currentThread().interrupt();
        try {
            device.synchronize(FOREVER);
            assertThat(Thread.currentThread().isInterrupted()).isTrue();
        } finally {
            Thread.interrupted();
        }
    }

    @Test
    void interruptedThreadSleepsBetweenItsLooks() {
        Thread.currentThread().interrupt();
        try {
            long start = System.nanoTime();
            int late = 1_000_000;
            int naps = 40;
            for (int i = 0; i < naps; i++) {
                Backoff.pause(late);
            }
            // Only that it took any time worth the name: naps of 50 us, half of which may end early.
            assertThat(System.nanoTime() - start).isGreaterThan(naps * 25_000L);
            assertThat(Thread.currentThread().isInterrupted()).isTrue();
        } finally {
            Thread.interrupted();
        }
    }

    private static boolean uninterrupted(CountDownLatch latch) {
        try {
            latch.await();
            return true;
        } catch (InterruptedException e) {
            return false;
        }
    }
}
