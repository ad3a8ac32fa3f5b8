/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.Pipe;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Views of a buffer's memory end with it, whatever other threads do. */
@Timeout(60)
class HostViewTest {
    private static final int ROUNDS = 2000;
    /** More than a pipe holds, so that the write waits. */
    private static final int MUCH = 1 << 20;

    private final Device device = ConvoyRuntime.open(RuntimeKind.HOST).device(0);

    @Test
    void viewMadeWhileTheBufferIsClosedDoesNotOutliveIt() throws Exception {
        for (int round = 0; round < ROUNDS; round++) {
            DeviceBuffer buffer = device.allocate(DataType.INT8, 64);
            CyclicBarrier start = new CyclicBarrier(2);
            CompletableFuture<MemorySegment> viewing = CompletableFuture.supplyAsync(() -> viewOrNull(buffer, start));
            start.await(10, TimeUnit.SECONDS);
            buffer.close();
            MemorySegment view = viewing.get(10, TimeUnit.SECONDS);
            assertThat(view != null && view.scope().isAlive())
                    .as("a view of freed memory in round %d", round)
                    .isFalse();
        }
    }

    private static MemorySegment viewOrNull(DeviceBuffer buffer, CyclicBarrier start) {
        try {
            start.await(10, TimeUnit.SECONDS);
            return buffer.hostView().orElseThrow();
        } catch (IllegalStateException e) {
            return null;
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void bufferStaysOpenWhileAViewIsInUse() throws Exception {
        Pipe pipe = Pipe.open();
        Instrumented instrumented = Instrumented.host();
        DeviceBuffer buffer = instrumented.device().allocate(DataType.INT8, MUCH);
        ByteBuffer view = buffer.hostView().orElseThrow().asByteBuffer();
        CompletableFuture<Integer> writing = CompletableFuture.supplyAsync(() -> write(pipe, view));
        pipe.source().read(ByteBuffer.allocate(1));
        assertThatIllegalStateException().isThrownBy(buffer::close);
        assertThat(buffer.address()).isNotZero();
        ByteBuffer drain = ByteBuffer.allocate(MUCH);
        while (drain.position() < MUCH - 1) {
            pipe.source().read(drain);
        }
        assertThat(writing.get(10, TimeUnit.SECONDS)).isEqualTo(MUCH);
        assertThat(instrumented.callsOf("free")).isEmpty();
        long address = buffer.address();
        buffer.close();
        assertThat(instrumented.callsOf("free"))
                .extracting(call -> call.arguments().getFirst())
                .containsExactly(address);
        pipe.sink().close();
        pipe.source().close();
    }

    private static int write(Pipe pipe, ByteBuffer bytes) {
        try {
            return pipe.sink().write(bytes);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }
}
