/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Mistakes get a name before the library sees them, and count as no operation. */
class ArgumentsTest {
    private final Ranks ranks = new Ranks(2);
    private final Communicator communicator = ranks.communicators().getFirst();
    private final Device device = communicator.device();
    private final Stream stream = device.newStream();
    private final DeviceBuffer four = device.allocate(DataType.FLOAT32, 4);
    private final DeviceBuffer five = device.allocate(DataType.FLOAT32, 5);
    private final DeviceBuffer fourInts = device.allocate(DataType.INT32, 4);

    @AfterEach
    void close() {
        assertThat(communicator.enqueued()).isZero();
        ranks.close();
        stream.close();
        List.of(four, five, fourInts).forEach(DeviceBuffer::close);
    }

    @Test
    void buffersMustFit() {
        refused("must have as many", () -> communicator.allReduce(four, five, ReduceOp.SUM, stream));
        refused("types must be the same", () -> communicator.allReduce(four, fourInts, ReduceOp.SUM, stream));
        refused("2 times as many", () -> communicator.allGather(four, five, stream));
        refused("2 times as many", () -> communicator.reduceScatter(four, five, ReduceOp.SUM, stream));
        refused("equal parts", () -> communicator.allToAll(five, five.slice(0, 5), stream));
        refused("2 times as many", () -> communicator.gather(four, five, 0, stream));
        refused("the root needs a receive buffer", () -> communicator.gather(four, null, 0, stream));
        refused("the root needs a send buffer", () -> communicator.scatter(null, four, 0, stream));
        refused("the root needs a receive buffer", () -> communicator.reduce(four, null, ReduceOp.SUM, 0, stream));
    }

    @Test
    void ranksMustExist() {
        refused("root 2 is not a rank", () -> communicator.broadcast(four, 2, stream));
        refused("peer -1 is not a rank", () -> communicator.send(four, -1, stream));
        refused("excluded rank 2", () -> communicator.shrink(new int[] {2}, true, Ranks.OPTIONS));
        refused("takes no part", () -> communicator.shrink(new int[] {0}, true, Ranks.OPTIONS));
        refused("named twice", () -> communicator.shrink(new int[] {1, 1}, true, Ranks.OPTIONS));
        assertThatExceptionOfType(IndexOutOfBoundsException.class)
                .isThrownBy(() -> Communicator.init(device, UniqueId.create(ranks.runtime()), 2, 2, Ranks.OPTIONS));
        refused("at least 1", () -> Communicator.init(device, UniqueId.create(ranks.runtime()), 0, 0, Ranks.OPTIONS));
        refused("at least one device", () -> Communicator.initAll(List.of(), Ranks.OPTIONS));
    }

    @Test
    void runtimesAndDevicesAreOneAProcess() {
        assertThat(ConvoyRuntime.open(RuntimeKind.HOST).device(0)).isSameAs(device);
    }

    @Test
    void closedOnesAreRefused() {
        DeviceBuffer closed = device.allocate(DataType.FLOAT32, 4);
        closed.close();
        assertThatIllegalStateException()
                .isThrownBy(() -> communicator.allReduce(closed, ReduceOp.SUM, stream))
                .withMessageContaining("is closed");
        Stream closedStream = device.newStream();
        closedStream.close();
        assertThatIllegalStateException()
                .isThrownBy(() -> communicator.allReduce(four, ReduceOp.SUM, closedStream))
                .withMessageContaining("is closed");
    }

    @Test
    void optionsAreChecked() {
        refused("deadline must be positive", () -> Ranks.OPTIONS.withDeadline(Duration.ZERO));
        refused("initDeadline must be positive", () -> Ranks.OPTIONS.withInitDeadline(Duration.ofSeconds(-1)));
        refused("128 bytes", () -> new UniqueId(new byte[127]));
    }

    @Test
    void uniqueIdIsAValue() {
        byte[] bytes = new byte[UniqueId.SIZE];
        UniqueId id = new UniqueId(bytes);
        bytes[0] = 1;
        id.bytes()[1] = 1;
        assertThat(id).isEqualTo(new UniqueId(new byte[UniqueId.SIZE])).hasSameHashCodeAs(new UniqueId(id.bytes()));
        assertThat(id.toString()).hasSizeLessThan(40);
    }

    private static void refused(String why, Runnable call) {
        assertThatIllegalArgumentException().isThrownBy(call::run).withMessageContaining(why);
    }
}
