/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.convoy.bindings.NativeMemory;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ShrinkTest {
    private static final int[] WITHOUT_1 = {1};

    private final Instrumented instrumented = Instrumented.host();

    @Test
    void childThatComesAfterItsWaiterGaveUpEndsWithTheParent() {
        List<Communicator> ranks = Communicator.initAll(Collections.nCopies(3, instrumented.device()), Ranks.OPTIONS);
        AtomicLong cell = new AtomicLong();
        instrumented.answer("commShrink", (arguments, library) -> {
            cell.compareAndSet(0, (long) arguments.get(3));
            return library.get();
        });
        Communicator impatient = ranks.getFirst();
        assertThatExceptionOfType(CollectiveTimeoutException.class)
                .isThrownBy(
                        () -> impatient.shrink(WITHOUT_1, true, Ranks.OPTIONS.withInitDeadline(Duration.ofMillis(50))));
        System.gc();
        // Now the other survivor comes, so that the library finishes the child that nobody waits for any more.
        try (Communicator rest = ranks.getLast().shrink(WITHOUT_1, true, Ranks.OPTIONS)) {
            assertThat(rest.worldSize()).isEqualTo(2);
            Awaiting.until(() -> NativeMemory.longAt(cell.get()) != 0);
            long child = NativeMemory.longAt(cell.get());
            instrumented.forget();
            impatient.abort();
            assertThat(instrumented.callsOf("commAbort"))
                    .extracting(call -> call.arguments().getFirst())
                    .as("the parent, and the child that is nobody's")
                    .hasSize(2)
                    .contains(child);
            rest.abort();
        }
        Communicator.abortAll(ranks);
    }

    @Test
    void parentWhoseWorkWasEndedIsNotTakenForDone() throws Exception {
        List<Communicator> ranks = Communicator.initAll(Collections.nCopies(3, instrumented.device()), Ranks.OPTIONS);
        try (Stream stream = instrumented.device().newStream();
                DeviceBuffer buffer = instrumented.device().allocate(DataType.INT32, 1)) {
            Communicator first = ranks.getFirst();
            Work never = first.allReduce(buffer, ReduceOp.SUM, stream);
            CompletableFuture<Void> stage = never.completion().toCompletableFuture();
            CompletableFuture<Communicator> shrinking = CompletableFuture.supplyAsync(
                    () -> first.shrink(WITHOUT_1, true, Ranks.OPTIONS),
                    task -> Thread.ofPlatform().start(task));
            Communicator rest = ranks.getLast().shrink(WITHOUT_1, true, Ranks.OPTIONS);
            shrinking.get(10, TimeUnit.SECONDS).abort();
            rest.abort(); // not before the other survivor's is made: it would be told that its peer gave up
            assertThat(stage).failsWithin(Duration.ofSeconds(10));
            assertThatExceptionOfType(CommunicatorFailedException.class)
                    .isThrownBy(never::await)
                    .withMessageContaining("ncclCommShrink");
            instrumented.forget();
            first.close();
            assertThat(instrumented.functions())
                    .as("a parent after an aborting shrink must not be destroyed")
                    .contains("commAbort")
                    .doesNotContain("commFinalize", "commDestroy");
        }
        Communicator.abortAll(ranks);
    }
}
