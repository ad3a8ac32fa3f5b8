/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Groups of which something fails. */
@Timeout(60)
class GroupTest {
    private static final int INVALID_ARGUMENT = 4;
    private static final int IN_PROGRESS = 7;

    private final Instrumented instrumented = Instrumented.host();
    private final ConvoyRuntime runtime = instrumented.runtime();
    private final Device device = instrumented.device();

    @Test
    void oneLostCommunicatorLeavesTheOthersTheirWork() {
        List<Communicator> ranks = Communicator.initAll(Collections.nCopies(2, device), Ranks.OPTIONS);
        Communicator other =
                Communicator.initAll(List.of(device), Ranks.OPTIONS).getFirst();
        try (Stream stream = device.newStream();
                Stream second = device.newStream();
                DeviceBuffer buffer = device.allocate(DataType.INT32, 3)) {
            buffer.zero(stream);
            Communicator lost = ranks.getFirst();
            List<Work> works = new ArrayList<>();
            // Revoked when the group has ended: the library says "in progress", and the wait for it throws.
            instrumented.answer("groupEnd", (_, library) -> {
                lost.revoke("test");
                return (int) library.get() == 0 ? IN_PROGRESS : INVALID_ARGUMENT;
            });
            assertThatExceptionOfType(CommunicatorRevokedException.class)
                    .isThrownBy(() -> runtime.group(() -> {
                        works.add(lost.allReduce(buffer.slice(0, 1), ReduceOp.SUM, stream));
                        works.add(ranks.getLast().allReduce(buffer.slice(1, 1), ReduceOp.SUM, stream));
                        works.add(other.allReduce(buffer.slice(2, 1), ReduceOp.SUM, second));
                    }));
            works.get(1).await();
            works.get(2).await();
            assertThat(other.completed()).isEqualTo(1);
        } finally {
            Communicator.abortAll(ranks);
            other.abort();
        }
    }

    @Test
    void refusedGroupCountsForNothing() {
        Communicator communicator =
                Communicator.initAll(List.of(device), Ranks.OPTIONS).getFirst();
        try (communicator;
                Stream stream = device.newStream();
                DeviceBuffer buffer = device.allocate(DataType.INT32, 1)) {
            instrumented.answer("groupEnd", (_, library) -> {
                library.get();
                return INVALID_ARGUMENT;
            });
            assertThatExceptionOfType(InvalidArgumentException.class)
                    .isThrownBy(() -> runtime.group(() -> {
                        communicator.allReduce(buffer, ReduceOp.SUM, stream);
                        communicator.allReduce(buffer, ReduceOp.SUM, stream);
                    }));
            assertThat(communicator.enqueued()).isZero();
            stream.synchronize(Ranks.OPTIONS.deadline());
            instrumented.forget();
            device.allocate(DataType.INT32, 1).close();
            assertThat(instrumented.functions())
                    .as("memory is freed although the group was refused")
                    .contains("free");
        }
    }

    @Test
    void memoryOfAnOpenGroupIsKept() {
        Communicator communicator =
                Communicator.initAll(List.of(device), Ranks.OPTIONS).getFirst();
        try (communicator;
                Stream stream = device.newStream()) {
            DeviceBuffer buffer = device.allocate(DataType.INT32, 1);
            instrumented.forget();
            try (Group _ = runtime.group()) {
                communicator.allReduce(buffer, ReduceOp.SUM, stream);
                buffer.close();
                assertThat(instrumented.functions()).doesNotContain("free");
            }
            communicator.synchronize(stream);
            device.allocate(DataType.INT32, 1).close();
            assertThat(instrumented.callsOf("free")).hasSize(2);
        }
    }

    @Test
    void refusedOperationIsNotCounted() {
        Communicator communicator =
                Communicator.initAll(List.of(device), Ranks.OPTIONS).getFirst();
        try (communicator;
                Stream stream = device.newStream();
                DeviceBuffer buffer = device.allocate(DataType.INT32, 1)) {
            instrumented.answer("allReduce", (_, _) -> INVALID_ARGUMENT);
            assertThatThrownBy(() -> communicator.allReduce(buffer, ReduceOp.SUM, stream))
                    .isInstanceOf(InvalidArgumentException.class);
            assertThat(communicator.enqueued()).isZero();
            instrumented.answerAsTheLibrary("allReduce");
            Work work = communicator.allReduce(buffer, ReduceOp.SUM, stream);
            work.await();
            assertThat(work.sequence()).isEqualTo(1);
        }
    }

    @Test
    void groupThatGoesOnByItselfIsNoError() {
        instrumented.answer("groupEnd", (_, library) -> (int) library.get() == 0 ? IN_PROGRESS : INVALID_ARGUMENT);
        runtime.group(() -> {});
        assertThat(instrumented.functions()).containsExactly("groupStart", "groupEnd");
    }
}
