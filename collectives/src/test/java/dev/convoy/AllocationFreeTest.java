/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A collective, its wait and its group allocate nothing on the Java heap. */
@Timeout(60)
class AllocationFreeTest {
    private static final int WARM_UP = 20_000;
    private static final int MEASURED = 10_000;
    /** What one allocation a call would come to is sixteen times as much at least. */
    private static final long NEXT_TO_NOTHING = 10_000;

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    @Test
    void collectivesAllocateNothing() {
        try (Ranks ranks = new Ranks(1)) {
            Communicator communicator = ranks.communicators().getFirst();
            try (Stream stream = communicator.device().newStream();
                    DeviceBuffer buffer = communicator.device().allocate(DataType.FLOAT32, 64)) {
                Runnable single = () ->
                        communicator.allReduce(buffer, ReduceOp.SUM, stream).await();
                Runnable grouped = () -> {
                    Work work;
                    try (var _ = communicator.group()) {
                        work = communicator.allReduce(buffer, ReduceOp.SUM, stream);
                    }
                    work.await();
                    communicator.synchronize(stream);
                };
                Parts whole = Parts.of(64);
                Runnable parts = () ->
                        communicator.allGatherV(buffer, buffer, whole, stream).await();
                assertThat(allocatedBy(parts))
                        .as("bytes of %d collectives of parts", MEASURED)
                        .isLessThan(NEXT_TO_NOTHING);
                PreMulSum twice = ReduceOp.preMulSum(communicator, DataType.FLOAT32, 2);
                Runnable weighted =
                        () -> communicator.allReduce(buffer, twice, stream).await();
                assertThat(allocatedBy(weighted))
                        .as("bytes of %d collectives with an operator", MEASURED)
                        .isLessThan(NEXT_TO_NOTHING);
                assertThat(allocatedBy(single))
                        .as("bytes of %d collectives", MEASURED)
                        .isLessThan(NEXT_TO_NOTHING);
                assertThat(allocatedBy(grouped))
                        .as("bytes of %d groups", MEASURED)
                        .isLessThan(NEXT_TO_NOTHING);
            }
        }
    }

    private long allocatedBy(Runnable call) {
        for (int i = 0; i < WARM_UP; i++) {
            call.run();
        }
        long before = threads.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < MEASURED; i++) {
            call.run();
        }
        return threads.getCurrentThreadAllocatedBytes() - before;
    }
}
