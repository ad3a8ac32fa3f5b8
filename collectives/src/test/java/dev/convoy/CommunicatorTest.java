/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Life, deadlines, revocation and misuse of communicators, with ranks in one process. */
@Timeout(60)
class CommunicatorTest {
    private static final Duration SHORT = Duration.ofMillis(100);
    private static final Duration LONG = Duration.ofMinutes(10);

    private final ConvoyRuntime runtime = ConvoyRuntime.open(RuntimeKind.HOST);
    private final Device device = runtime.device(0);

    @Test
    void oneThreadDrivesAllRanks() throws Exception {
        try (Ranks ranks = new Ranks(4);
                Stream stream = device.newStream();
                DeviceBuffer buffer = device.allocate(DataType.INT32, 4)) {
            buffer.copyFrom(new int[] {1, 2, 3, 4});
            List<Work> works = new ArrayList<>();
            runtime.group(() -> ranks.communicators().forEach(c -> {
                DeviceBuffer mine = buffer.slice(c.rank(), 1);
                works.add(c.allReduce(mine, ReduceOp.SUM, stream));
            }));
            works.forEach(Work::await);
            int[] sums = new int[4];
            buffer.copyTo(sums);
            assertThat(sums).containsOnly(10);
        }
    }

    @Test
    void countsItsOperations() {
        try (Ranks ranks = new Ranks(1);
                Stream stream = device.newStream();
                DeviceBuffer buffer = device.allocate(DataType.INT32, 4)) {
            Communicator communicator = ranks.communicators().getFirst();
            List<String> observed = new ArrayList<>();
            communicator.setObserver((operation, sequence, count, type) -> observed.add(operation + " " + sequence));
            assertThat(communicator.enqueued()).isZero();
            Work first = communicator.allReduce(buffer, ReduceOp.SUM, stream);
            communicator.broadcast(buffer, 0, stream);
            assertThat(first.sequence()).isEqualTo(1);
            assertThat(first.operation()).isEqualTo(Operation.ALL_REDUCE);
            assertThat(communicator.enqueued()).isEqualTo(2);
            communicator.synchronize(stream);
            assertThat(communicator.completed()).isEqualTo(2);
            assertThat(observed).containsExactly("ALL_REDUCE 1", "BROADCAST 2");
        }
    }

    @Test
    void isQuietOnceTheWorkHasEndedWhetherOrNotAnybodyLooked() {
        try (Ranks ranks = new Ranks(2);
                Stream stream = device.newStream();
                Stream other = device.newStream();
                DeviceBuffer buffer = device.allocate(DataType.INT32, 4)) {
            Communicator first = ranks.communicators().getFirst();
            assertThat(first.isQuiet()).isTrue();
            first.allReduce(buffer.slice(0, 1), ReduceOp.SUM, stream);
            assertThat(first.isQuiet()).isFalse();
            ranks.communicators().getLast().allReduce(buffer.slice(1, 1), ReduceOp.SUM, other);
            Awaiting.until(first::isQuiet);
            assertThat(first.completed()).isZero();
        }
    }

    @Test
    void observerCanRefuse() {
        try (Ranks ranks = new Ranks(1);
                Stream stream = device.newStream();
                DeviceBuffer buffer = device.allocate(DataType.INT32, 4)) {
            Communicator communicator = ranks.communicators().getFirst();
            communicator.setObserver((operation, sequence, count, type) -> {
                throw new IllegalStateException("no " + operation);
            });
            assertThatIllegalStateException()
                    .isThrownBy(() -> communicator.allReduce(buffer, ReduceOp.SUM, stream))
                    .withMessage("no ALL_REDUCE");
            assertThat(communicator.enqueued()).isZero();
            communicator.setObserver(null);
            communicator.allReduce(buffer, ReduceOp.SUM, stream).await();
        }
    }

    @Test
    void waitEndsAtTheDeadlineAndEverythingCanBeClosed() {
        try (Ranks ranks = new Ranks(2)) {
            Communicator alone = ranks.communicators().get(1);
            assertThatThrownBy(() -> {
                        // Closed on the way of the exception, in the order of the language, before the abort.
                        try (Stream stream = device.newStream();
                                DeviceBuffer buffer = device.allocate(DataType.FLOAT64, 1000)) {
                            alone.allReduce(buffer, ReduceOp.SUM, stream).await(SHORT);
                        }
                    })
                    .isInstanceOfSatisfying(CollectiveTimeoutException.class, e -> {
                        assertThat(e.deadline()).isEqualTo(SHORT);
                        assertThat(e.details().operation()).isEqualTo(Operation.ALL_REDUCE);
                        assertThat(e.details().sequence()).isEqualTo(1);
                        assertThat(e.details().rank()).isEqualTo(1);
                    })
                    .hasMessageContaining("[rank 1 of 'world', epoch 0, ALL_REDUCE 1]");
            alone.abort();
            alone.abort();
        }
    }

    @Test
    void revocationEndsAWaitOfAnotherThread() throws Exception {
        try (Ranks ranks = new Ranks(2)) {
            CountDownLatch waiting = new CountDownLatch(1);
            CompletableFuture<Long> revokedAt = new CompletableFuture<>();
            Communicator lonely = ranks.communicators().getFirst();
            Thread.ofPlatform().start(() -> {
                try (Stream stream = device.newStream();
                        DeviceBuffer buffer = device.allocate(DataType.FLOAT64, 1)) {
                    Work work = lonely.allReduce(buffer, ReduceOp.SUM, stream);
                    waiting.countDown();
                    work.await(LONG);
                } catch (CommunicatorRevokedException e) {
                    revokedAt.complete(System.nanoTime());
                } catch (RuntimeException e) {
                    revokedAt.completeExceptionally(e);
                }
            });
            assertThat(waiting.await(10, TimeUnit.SECONDS)).isTrue();
            long start = System.nanoTime();
            lonely.revoke("enough");
            Duration took = Duration.ofNanos(revokedAt.get(10, TimeUnit.SECONDS) - start);
            assertThat(took).isLessThan(Duration.ofSeconds(2));
            try (Stream stream = device.newStream();
                    DeviceBuffer buffer = device.allocate(DataType.FLOAT64, 1)) {
                assertThatExceptionOfType(CommunicatorRevokedException.class)
                        .isThrownBy(() -> lonely.allReduce(buffer, ReduceOp.SUM, stream))
                        .satisfies(e -> assertThat(e.reason()).isEqualTo("enough"));
            }
        }
    }

    @Test
    void initialisationEndsAtItsDeadline() {
        UniqueId id = UniqueId.create(runtime);
        CommunicatorOptions options =
                CommunicatorOptions.defaults().withInitDeadline(SHORT).withName("incomplete");
        assertThatExceptionOfType(CollectiveTimeoutException.class)
                .isThrownBy(() -> Communicator.init(device, id, 2, 0, options))
                .withMessageContaining("[rank 0 of 'incomplete', epoch 0, INIT]");
    }

    @Test
    void revocationEndsInitialisation() throws Exception {
        UniqueId id = UniqueId.create(runtime);
        Revocation revocation = new Revocation();
        CommunicatorOptions options = CommunicatorOptions.defaults().withRevocation(revocation);
        CompletableFuture<Communicator> joining = CompletableFuture.supplyAsync(
                () -> Communicator.init(device, id, 2, 0, options),
                task -> Thread.ofPlatform().start(task));
        assertThat(joining).isNotDone();
        revocation.revoke("rank 1 is gone");
        assertThatThrownBy(() -> joining.get(10, TimeUnit.SECONDS))
                .isInstanceOf(ExecutionException.class)
                .cause()
                .isInstanceOf(CommunicatorRevokedException.class)
                .hasMessageContaining("rank 1 is gone");
    }

    @Test
    void secondThreadInsideIsRefused() throws Exception {
        try (Ranks ranks = new Ranks(2, Ranks.OPTIONS.withRevocation(new Revocation()));
                Stream stream = device.newStream();
                DeviceBuffer buffer = device.allocate(DataType.FLOAT64, 1)) {
            Communicator lonely = ranks.communicators().getFirst();
            CountDownLatch enqueued = new CountDownLatch(1);
            Thread driver = Thread.ofPlatform().start(() -> {
                Work work = lonely.allReduce(buffer, ReduceOp.SUM, stream);
                enqueued.countDown();
                while (!lonely.options().revocation().isRevoked()) {
                    // Refused itself if the other thread's look comes first.
                    assertThatThrownBy(() -> work.await(LONG))
                            .isInstanceOfAny(CommunicatorRevokedException.class, IllegalStateException.class);
                }
            });
            assertThat(enqueued.await(10, TimeUnit.SECONDS)).isTrue();
            Awaiting.until(() -> isRefused(lonely));
            lonely.revoke("over");
            lonely.abort();
            driver.join(10_000);
            assertThat(driver.isAlive()).isFalse();
        }
    }

    private static boolean isRefused(Communicator communicator) {
        try {
            communicator.asyncError();
            return false;
        } catch (IllegalStateException e) {
            assertThat(e).hasMessageContaining("in use by another thread");
            return true;
        }
    }

    @Test
    void closedCommunicatorIsRefused() {
        Ranks ranks = new Ranks(1);
        Communicator communicator = ranks.communicators().getFirst();
        try (Stream stream = device.newStream();
                DeviceBuffer buffer = device.allocate(DataType.FLOAT64, 1)) {
            Work work = communicator.allReduce(buffer, ReduceOp.SUM, stream);
            communicator.close();
            communicator.close();
            assertThatExceptionOfType(CommunicatorClosedException.class)
                    .isThrownBy(() -> communicator.allReduce(buffer, ReduceOp.SUM, stream));
            assertThatExceptionOfType(CommunicatorClosedException.class).isThrownBy(work::await);
            assertThatExceptionOfType(CommunicatorClosedException.class).isThrownBy(communicator::asyncError);
        }
        ranks.close();
    }

    @Test
    void revocationIsToldEvenWhereTheWorkIsDone() {
        try (Ranks ranks = new Ranks(1);
                Stream stream = device.newStream();
                DeviceBuffer buffer = device.allocate(DataType.FLOAT64, 1)) {
            Communicator communicator = ranks.communicators().getFirst();
            Work work = communicator.allReduce(buffer, ReduceOp.SUM, stream);
            work.await();
            assertThat(communicator.completed()).isEqualTo(work.sequence());
            communicator.revoke("enough");
            assertThatExceptionOfType(CommunicatorRevokedException.class)
                    .isThrownBy(work::await)
                    .withMessageContaining("enough");
        }
    }

    @Test
    void mismatchedCallsAreDiagnosed() throws Exception {
        try (Ranks ranks = new Ranks(2)) {
            List<Exception> errors = ranks.all((communicator, stream) -> {
                try (DeviceBuffer buffer = device.allocate(DataType.FLOAT32, 10 + communicator.rank())) {
                    communicator.allReduce(buffer, ReduceOp.SUM, stream).await();
                    return null;
                } catch (ConvoyException e) {
                    return e;
                }
            });
            assertThat(errors).allSatisfy(e -> assertThat(e).isInstanceOf(InvalidUsageException.class));
        }
    }

    @Test
    void finalizedCommunicatorTakesNothingMore() throws Exception {
        try (Ranks ranks = new Ranks(2)) {
            ranks.all((communicator, stream) -> {
                try (DeviceBuffer buffer = device.allocate(DataType.FLOAT32, 10)) {
                    communicator.allReduce(buffer, ReduceOp.SUM, stream);
                    communicator.finalizeOperations(Duration.ofSeconds(10));
                    assertThat(stream.isIdle()).isTrue();
                    assertThatThrownBy(() -> communicator.allReduce(buffer, ReduceOp.SUM, stream))
                            .isInstanceOf(IllegalStateException.class);
                }
                communicator.close();
                return null;
            });
        }
    }

    @Test
    void stageCompletes() throws Exception {
        try (Ranks ranks = new Ranks(2)) {
            ranks.all((communicator, stream) -> {
                try (DeviceBuffer buffer = device.allocate(DataType.FLOAT32, 10)) {
                    Work work = communicator.allReduce(buffer, ReduceOp.SUM, stream);
                    work.completion().toCompletableFuture().get(10, TimeUnit.SECONDS);
                    assertThat(communicator.completed()).isEqualTo(1);
                }
                return null;
            });
        }
    }

    @Test
    void stageFailsWithTheCommunicator() {
        try (Ranks ranks = new Ranks(2);
                Stream stream = device.newStream();
                DeviceBuffer buffer = device.allocate(DataType.FLOAT32, 10)) {
            Communicator lonely = ranks.communicators().getFirst();
            CompletableFuture<Void> stage =
                    lonely.allReduce(buffer, ReduceOp.SUM, stream).completion().toCompletableFuture();
            assertThat(stage).isNotDone();
            lonely.revoke("over");
            assertThat(stage)
                    .failsWithin(Duration.ofSeconds(10))
                    .withThrowableOfType(ExecutionException.class)
                    .withCauseInstanceOf(CommunicatorRevokedException.class);
        }
    }

    @Test
    void recycledWorkIsDoneLaterNeverSooner() throws Exception {
        try (Ranks ranks = new Ranks(2)) {
            ranks.all((communicator, stream) -> {
                try (DeviceBuffer buffer = device.allocate(DataType.INT64, 1)) {
                    buffer.copyFrom(new long[] {1});
                    Work first = communicator.allReduce(buffer, ReduceOp.MAX, stream);
                    for (int i = 0; i < WorkRing.CAPACITY; i++) {
                        communicator.allReduce(buffer, ReduceOp.MAX, stream);
                    }
                    first.await();
                    assertThat(first.sequence()).isEqualTo(WorkRing.CAPACITY + 1);
                    assertThat(communicator.completed()).isEqualTo(WorkRing.CAPACITY + 1);
                }
                return null;
            });
        }
    }

    @Test
    void workThatSomebodyElseFoundDoneIsCountedWhenAwaited() {
        try (Ranks ranks = new Ranks(2);
                Stream stream = device.newStream();
                Stream other = device.newStream();
                DeviceBuffer buffer = device.allocate(DataType.INT32, 2)) {
            Communicator first = ranks.communicators().getFirst();
            Work work = first.allReduce(buffer.slice(0, 1), ReduceOp.SUM, stream);
            Work last = ranks.communicators().getLast().allReduce(buffer.slice(1, 1), ReduceOp.SUM, other);
            last.await();
            stream.synchronize(LONG);
            // Looks whether anything is under way, before it frees.
            device.allocate(DataType.INT32, 1).close();
            work.await();
            assertThat(first.completed()).isEqualTo(1);
        }
    }

    @Test
    void workOfAnOpenGroupHasNotStarted() {
        try (Ranks ranks = new Ranks(1);
                Stream stream = device.newStream();
                DeviceBuffer buffer = device.allocate(DataType.FLOAT32, 10)) {
            Communicator communicator = ranks.communicators().getFirst();
            Work work;
            try (var _ = communicator.group()) {
                work = communicator.allReduce(buffer, ReduceOp.SUM, stream);
                assertThatIllegalStateException().isThrownBy(work::await).withMessageContaining("close its group");
            }
            work.await();
            Group group = communicator.group();
            group.close();
            assertThatIllegalStateException().isThrownBy(group::close);
        }
    }

    @Test
    void roundsLeaveNothingBehind() throws Exception {
        long before = 0;
        for (int round = 0; round < 60; round++) {
            if (round == 10) {
                before = openFiles();
            }
            try (Ranks ranks = new Ranks(3)) {
                ranks.all((communicator, stream) -> {
                    try (DeviceBuffer buffer = device.allocate(DataType.FLOAT32, 100_000)) {
                        communicator.allReduce(buffer, ReduceOp.SUM, stream).await();
                    }
                    communicator.close();
                    return null;
                });
            }
        }
        assertThat(openFiles()).isEqualTo(before);
    }

    private static long openFiles() throws Exception {
        try (var files = Files.list(Path.of("/proc/self/fd"))) {
            return files.count();
        }
    }

    @Test
    void shrinksToTheRest() throws Exception {
        Assumptions.assumeTrue(runtime.supports(Capability.SHRINK), "this library has no ncclCommShrink");
        try (Ranks ranks = new Ranks(3)) {
            List<Double> sums = ranks.all((communicator, stream) -> {
                if (communicator.rank() == 1) {
                    return 0.0;
                }
                CommunicatorOptions options = Ranks.OPTIONS.withName("rest").withEpoch(2);
                try (Communicator rest = communicator.shrink(new int[] {1}, true, options);
                        DeviceBuffer buffer = device.allocate(DataType.FLOAT64, 1)) {
                    buffer.copyFrom(new double[] {1 + rest.rank()});
                    rest.allReduce(buffer, ReduceOp.SUM, stream).await();
                    double[] sum = new double[1];
                    buffer.copyTo(sum);
                    assertThat(rest.worldSize()).isEqualTo(2);
                    return sum[0];
                }
            });
            assertThat(sums).containsExactly(3.0, 0.0, 3.0);
        }
    }
}
