/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Windows, what is put into them, and registered buffers. */
@Timeout(60)
class WindowTest {
    private final Device device = ConvoyRuntime.open(RuntimeKind.HOST).device(0);
    private List<RankProcess> processes = List.of();

    @AfterEach
    void endAll() {
        processes.forEach(RankProcess::close);
    }

    /** Every rank puts its number into its place in every rank's window, itself included, round after round. */
    @Test
    void everybodyPutsToEverybody() throws Exception {
        int worldSize = 4;
        int part = 1000;
        try (Ranks ranks = new Ranks(worldSize)) {
            ranks.all((communicator, stream) -> {
                int rank = communicator.rank();
                try (DeviceBuffer buffer = device.allocateShareable(DataType.INT32, (worldSize + 1) * part);
                        Window window = Window.of(communicator, buffer)) {
                    assertThat(buffer.kind()).isEqualTo(MemoryKind.SHAREABLE);
                    DeviceBuffer source = buffer.slice(worldSize * part, part);
                    for (int round = 0; round < 20; round++) {
                        int number = 100 * round + rank;
                        source.copyFrom(
                                IntStream.range(0, part).map(i -> i + number).toArray());
                        for (int peer = 0; peer < worldSize; peer++) {
                            window.put(source, peer, rank * part, stream);
                        }
                        for (int peer = 0; peer < worldSize; peer++) {
                            window.waitSignal(peer, 1, stream);
                        }
                        communicator.synchronize(stream);
                        int[] content = new int[worldSize * part];
                        buffer.copyTo(content);
                        int base = 100 * round;
                        assertThat(content)
                                .isEqualTo(IntStream.range(0, worldSize * part)
                                        .map(i -> base + i / part + i % part)
                                        .toArray());
                        // Nobody puts the next round's before everybody has read this one's.
                        try (DeviceBuffer barrier = device.allocate(DataType.INT32, 1)) {
                            communicator
                                    .allReduce(barrier, ReduceOp.MAX, stream)
                                    .await();
                        }
                    }
                }
                return null;
            });
        }
    }

    @Test
    void signalsAreCountedAndAwaitedOnce() throws Exception {
        CyclicBarrier bothHaveLooked = new CyclicBarrier(2);
        try (Ranks ranks = new Ranks(2)) {
            ranks.all((communicator, stream) -> {
                try (DeviceBuffer buffer = device.allocateShareable(DataType.INT8, 8);
                        Window window = Window.of(communicator, buffer)) {
                    int peer = 1 - communicator.rank();
                    for (int i = 0; i < 3; i++) {
                        window.signal(peer, stream);
                    }
                    Work two = window.waitSignal(peer, 2, stream);
                    two.await();
                    window.waitSignal(peer, 1, stream).await();
                    assertThat(two.operation()).isEqualTo(Operation.WAIT_SIGNAL);
                    assertThat(communicator.enqueued()).isEqualTo(5);
                    Work fourth = window.waitSignal(peer, 1, stream);
                    assertThat(fourth.isDone()).isFalse();
                    bothHaveLooked.await(10, TimeUnit.SECONDS);
                    communicator.abort();
                }
                return null;
            });
        }
    }

    @Test
    void processesPutIntoEachOthersMemory() throws Exception {
        processes = RankProcess.startAll("windows", 3);
        for (RankProcess process : processes) {
            process.expect("put");
            assertThat(process.exitStatus()).isZero();
        }
    }

    @Test
    void misuseIsNamed() {
        try (Ranks ranks = new Ranks(1);
                Stream stream = device.newStream();
                DeviceBuffer elsewhere = device.allocate(DataType.INT32, 4);
                DeviceBuffer longs = device.allocate(DataType.INT64, 1);
                DeviceBuffer none = device.allocate(DataType.INT32, 0)) {
            Communicator communicator = ranks.communicators().getFirst();
            DeviceBuffer buffer = device.allocateShareable(DataType.INT32, 4);
            Window window = Window.of(communicator, buffer);
            refused("from 1 on do not lie in a window of 4", () -> window.put(buffer, 0, 1, stream));
            refused("from -1 on", () -> window.put(buffer.slice(0, 1), 0, -1, stream));
            refused("types must be the same", () -> window.put(longs, 0, 0, stream));
            refused("peer 1 is not a rank", () -> window.put(buffer, 1, 0, stream));
            refused("peer 1 is not a rank", () -> window.signal(1, stream));
            refused("wait for 0 signals", () -> window.waitSignal(0, 0, stream));
            refused("is empty", () -> Window.of(communicator, none));
            refused("is empty", () -> Registration.of(communicator, none));
            assertThat(communicator.enqueued()).isZero();
            assertThatExceptionOfType(InvalidArgumentException.class)
                    .isThrownBy(() -> window.put(elsewhere, 0, 0, stream))
                    .withMessageContaining("PUT 1");
            assertThatIllegalStateException()
                    .isThrownBy(buffer::close)
                    .withMessageContaining("open window or registration");
            window.close();
            window.close();
            assertThatIllegalStateException()
                    .isThrownBy(() -> window.put(buffer, 0, 0, stream))
                    .withMessageContaining("is closed");
            buffer.close();
            assertThatIllegalStateException()
                    .isThrownBy(() -> Window.of(communicator, buffer))
                    .withMessageContaining("is closed");
            try (Group _ = communicator.group()) {
                assertThatIllegalStateException()
                        .isThrownBy(() -> Window.of(communicator, elsewhere))
                        .withMessageContaining("group");
            }
        }
    }

    @Test
    void endOfTheCommunicatorEndsWhatItKnew() {
        Ranks ranks = new Ranks(1);
        Communicator communicator = ranks.communicators().getFirst();
        DeviceBuffer buffer = device.allocateShareable(DataType.INT32, 4);
        Window window = Window.of(communicator, buffer);
        Registration registration = Registration.of(communicator, buffer.slice(1, 2));
        communicator.abort();
        buffer.close();
        window.close();
        registration.close();
        assertThatExceptionOfType(CommunicatorClosedException.class)
                .isThrownBy(() -> Registration.of(communicator, device.allocate(DataType.INT32, 1)));
        ranks.close();
    }

    @Test
    void registrationChangesNoResult() throws Exception {
        try (Ranks ranks = new Ranks(2)) {
            ranks.all((communicator, stream) -> {
                try (DeviceBuffer buffer = device.allocateShareable(DataType.INT32, 3);
                        Registration registration = Registration.of(communicator, buffer)) {
                    buffer.copyFrom(new int[] {1, 2, 3});
                    communicator
                            .allReduce(registration.buffer(), ReduceOp.SUM, stream)
                            .await();
                    int[] sums = new int[3];
                    buffer.copyTo(sums);
                    assertThat(sums).containsExactly(2, 4, 6);
                    assertThatIllegalStateException().isThrownBy(buffer::close);
                }
                return null;
            });
        }
    }

    @Test
    void olderLibraryIsNamed() {
        Instrumented old = Instrumented.hostWithout("ncclMemAlloc", "ncclCommWindowRegister", "ncclPutSignal");
        Device oldDevice = old.device();
        try (Communicator communicator =
                        Communicator.initAll(List.of(oldDevice), Ranks.OPTIONS).getFirst();
                DeviceBuffer buffer = oldDevice.allocate(DataType.INT8, 1)) {
            List<Runnable> calls = List.of(
                    () -> oldDevice.allocateShareable(DataType.INT8, 1),
                    () -> Registration.of(communicator, buffer),
                    () -> Window.of(communicator, buffer));
            for (Runnable call : calls) {
                assertThatExceptionOfType(UnsupportedOperationException.class).isThrownBy(call::run);
            }
        }
        Instrumented noPuts = Instrumented.hostWithout("ncclSignal");
        try (Communicator communicator = Communicator.initAll(List.of(noPuts.device()), Ranks.OPTIONS)
                        .getFirst();
                Stream stream = noPuts.device().newStream();
                DeviceBuffer buffer = noPuts.device().allocate(DataType.INT8, 1);
                Window window = Window.of(communicator, buffer)) {
            assertThatExceptionOfType(UnsupportedOperationException.class)
                    .isThrownBy(() -> window.put(buffer, 0, 0, stream));
        }
    }

    @Test
    void memoryThatCannotBeSharedIsNamed() {
        Instrumented strict = Instrumented.host();
        strict.answer("commWindowRegister", (_, _) -> 0);
        try (Communicator communicator = Communicator.initAll(List.of(strict.device()), Ranks.OPTIONS)
                        .getFirst();
                DeviceBuffer buffer = strict.device().allocate(DataType.INT8, 1)) {
            refused("Device.allocateShareable", () -> Window.of(communicator, buffer));
        }
    }

    private static void refused(String why, Runnable call) {
        assertThatIllegalArgumentException().isThrownBy(call::run).withMessageContaining(why);
    }
}
