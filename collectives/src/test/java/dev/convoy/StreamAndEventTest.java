/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class StreamAndEventTest {
    private static final Duration SOON = Duration.ofSeconds(10);
    private static final Duration SHORT = Duration.ofMillis(50);
    private static final int INVALID_VALUE = 1;

    @Test
    void eventMarksAPointInAStream() {
        Device device = ConvoyRuntime.open(RuntimeKind.HOST).device(0);
        try (Stream stream = device.newStream();
                Event before = device.newEvent();
                Event after = device.newEvent();
                DeviceBuffer buffer = device.allocate(DataType.INT8, 1 << 20)) {
            before.record(stream);
            buffer.zero(stream);
            after.record(stream);
            after.synchronize(SOON);
            assertThat(before.isDone()).isTrue();
            assertThat(stream.isIdle()).isTrue();
            assertThat(after.elapsedSince(before)).isBetween(Duration.ZERO, SOON);
            device.synchronize(SOON);
        }
    }

    @Test
    void waitsHaveABoundAndStreamsAwaitEvents() throws Exception {
        try (Ranks ranks = new Ranks(2)) {
            Communicator alone = ranks.communicators().getFirst();
            Device device = alone.device();
            try (Stream stream = device.newStream();
                    Stream other = device.newStream();
                    Event event = device.newEvent();
                    DeviceBuffer buffer = device.allocate(DataType.INT8, 1)) {
                Work work = alone.allReduce(buffer, ReduceOp.SUM, stream);
                event.record(stream);
                other.waitFor(event);
                buffer.zero(other);
                assertThat(work.isDone()).isFalse();
                assertThat(other.isIdle()).isFalse();
                assertThatExceptionOfType(DeviceTimeoutException.class)
                        .isThrownBy(() -> stream.synchronize(SHORT))
                        .withMessageContaining("not done within 50 ms");
                assertThatExceptionOfType(DeviceTimeoutException.class).isThrownBy(() -> event.synchronize(SHORT));
                assertThatExceptionOfType(DeviceTimeoutException.class).isThrownBy(() -> other.synchronize(SHORT));
                alone.abort();
                other.synchronize(SOON);
            }
        }
    }

    @Test
    void closedOnesAreRefused() {
        Device device = ConvoyRuntime.open(RuntimeKind.HOST).device(0);
        Stream stream = device.newStream();
        Event event = device.newEvent();
        stream.close();
        stream.close();
        event.close();
        event.close();
        assertThatIllegalStateException().isThrownBy(stream::isIdle).withMessageContaining("is closed");
        assertThatIllegalStateException().isThrownBy(() -> event.synchronize(SOON));
    }

    @Test
    void looksAndFailuresLeaveNoErrorBehind() {
        Instrumented cuda = Instrumented.cuda();
        // As CUDA, and unlike the host library: "not ready" is noted.
        AtomicInteger lastError = new AtomicInteger();
        cuda.answer("streamQuery", (_, _) -> lastError.updateAndGet(_ -> Status.CUDA_NOT_READY));
        cuda.answer("eventRecord", (_, _) -> lastError.updateAndGet(_ -> INVALID_VALUE));
        cuda.answer("getLastError", (_, _) -> lastError.getAndSet(0));
        try (Stream stream = cuda.device().newStream();
                Event event = cuda.device().newEvent()) {
            assertThat(stream.isIdle()).isFalse();
            assertThat(lastError).hasValue(0);
            assertThatExceptionOfType(LibraryException.class).isThrownBy(() -> event.record(stream));
            assertThat(lastError).hasValue(0);
        }
    }
}
