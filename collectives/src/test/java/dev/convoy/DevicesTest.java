/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Several devices in one process, a thread for each; the build gives every test process two. */
@Timeout(60)
class DevicesTest {
    private final ConvoyRuntime runtime = ConvoyRuntime.open(RuntimeKind.HOST);
    private final Device first = runtime.device(0);
    private final Device second = runtime.device(1);
    private List<RankProcess> processes = List.of();

    @AfterEach
    void endAll() {
        processes.forEach(RankProcess::close);
    }

    @Test
    void oneThreadDrivesEachDevice() throws Exception {
        assertThat(runtime.deviceCount()).isGreaterThanOrEqualTo(2);
        try (Ranks ranks = new Ranks(List.of(second, first, second), Ranks.OPTIONS)) {
            List<Integer> sums = ranks.all((communicator, stream) -> {
                Device own = communicator.device();
                assertThat(stream.device()).isSameAs(own);
                assertThat(own.index()).isEqualTo(1 - communicator.rank() % 2);
                try (DeviceBuffer buffer = own.allocate(DataType.INT32, 1)) {
                    int[] sum = new int[1];
                    for (int round = 0; round < 100; round++) {
                        buffer.copyFrom(new int[] {round + communicator.rank()});
                        communicator.allReduce(buffer, ReduceOp.SUM, stream).await();
                        buffer.copyTo(sum);
                        assertThat(sum[0]).isEqualTo(3 * round + 3);
                    }
                    return sum[0];
                }
            });
            assertThat(sums).containsExactly(300, 300, 300);
        }
    }

    @Test
    void devicesOfSeveralProcessesAreOneWorld() throws Exception {
        processes = RankProcess.startAll("devices", 3);
        for (RankProcess process : processes) {
            assertThat(process.expect("sums ")).isEqualTo("15 15");
            assertThat(process.exitStatus()).isZero();
        }
    }

    @Test
    void processesDivideThemselves() throws Exception {
        processes = RankProcess.startAll("divide", 3);
        assertThat(processes.get(0).expect("half ")).isEqualTo("1 of 2 20");
        assertThat(processes.get(1).expect("half ")).isEqualTo("0 of 1 10");
        assertThat(processes.get(2).expect("half ")).isEqualTo("0 of 2 20");
    }

    @Test
    void whatBelongsToAnotherDeviceIsRefused() {
        try (Ranks ranks = new Ranks(List.of(first), Ranks.OPTIONS);
                Stream stream = first.newStream();
                Stream otherStream = second.newStream();
                DeviceBuffer buffer = first.allocate(DataType.INT32, 1);
                DeviceBuffer other = second.allocate(DataType.INT32, 1)) {
            Communicator communicator = ranks.communicators().getFirst();
            List<Runnable> calls = List.of(
                    () -> communicator.allReduce(buffer, other, ReduceOp.SUM, stream),
                    () -> communicator.allReduce(other, buffer, ReduceOp.SUM, stream),
                    () -> communicator.send(other, 0, stream),
                    () -> communicator.allGatherV(other, buffer, Parts.of(1), stream),
                    () -> Registration.of(communicator, other),
                    () -> Window.of(communicator, other),
                    () -> ReduceOp.preMulSum(communicator, other));
            for (Runnable call : calls) {
                assertThatIllegalArgumentException().isThrownBy(call::run).withMessageContaining("belongs to");
            }
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> communicator.allReduce(buffer, ReduceOp.SUM, otherStream))
                    .withMessageContaining("is not of");
            assertThat(communicator.enqueued()).isZero();
        }
    }
}
