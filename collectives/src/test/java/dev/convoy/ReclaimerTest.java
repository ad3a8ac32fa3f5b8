/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Memory closed while work is under way is kept, not waited for, and comes back. */
@Timeout(30)
class ReclaimerTest {
    private static final int COUNT = 1000;

    @Test
    void memoryUnderWorkIsFreedWhenTheCommunicatorEnds() {
        try (Ranks ranks = new Ranks(2)) {
            Communicator alone = ranks.communicators().getFirst();
            Device device = alone.device();
            try (Stream stream = device.newStream()) {
                DeviceBuffer buffer = device.allocate(DataType.FLOAT32, COUNT);
                long address = buffer.address();
                alone.allReduce(buffer, ReduceOp.SUM, stream);
                buffer.close();
                try (DeviceBuffer other = device.allocate(DataType.FLOAT32, COUNT)) {
                    assertThat(other.address())
                            .as("memory that rank 1 has yet to read")
                            .isNotEqualTo(address);
                }
                assertThat(device.reclaimer().reclaimWithin(Duration.ofMillis(20)))
                        .isFalse();
                alone.abort();
                assertThat(device.reclaimer().reclaimWithin(Duration.ofMillis(20)))
                        .as("nothing is left to free")
                        .isFalse();
                try (DeviceBuffer again = device.allocate(DataType.FLOAT32, COUNT)) {
                    assertThat(again.address()).as("recycled memory").isEqualTo(address);
                }
            }
        }
    }

    @Test
    void memoryIsFreedAtOnceWhenNothingIsUnderWay() throws Exception {
        try (Ranks ranks = new Ranks(2)) {
            ranks.all((communicator, stream) -> {
                try (DeviceBuffer buffer = communicator.device().allocate(DataType.FLOAT32, COUNT)) {
                    communicator.allReduce(buffer, ReduceOp.SUM, stream).await();
                }
                return null;
            });
            assertThat(ranks.runtime().device(0).reclaimer().reclaimWithin(Duration.ofMillis(1)))
                    .isFalse();
        }
    }

    @Test
    void closingDoesNotWaitForAFreeThatWaits() throws Exception {
        Instrumented instrumented = Instrumented.host();
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch over = new CountDownLatch(1);
        DeviceBuffer first = instrumented.device().allocate(DataType.INT8, COUNT);
        DeviceBuffer second = instrumented.device().allocate(DataType.INT8, COUNT);
        instrumented.answer("free", (_, library) -> {
            inside.countDown();
            waitFor(over);
            return library.get();
        });
        CompletableFuture<Void> hangs = inThread(first::close);
        assertThat(inside.await(10, TimeUnit.SECONDS)).isTrue();
        inThread(second::close).get(10, TimeUnit.SECONDS);
        over.countDown();
        hangs.get(10, TimeUnit.SECONDS);
        assertThat(instrumented.callsOf("free"))
                .as("what was left to the thread that was freeing")
                .hasSize(2);
    }

    private static CompletableFuture<Void> inThread(Runnable action) {
        return CompletableFuture.runAsync(action, task -> Thread.ofPlatform().start(task));
    }

    private static void waitFor(CountDownLatch latch) {
        try {
            assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
