/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.lang.foreign.Arena;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Memory and streams that belong to somebody else, such as a framework. */
@Timeout(60)
class WrapTest {
    private final Instrumented instrumented = Instrumented.host();
    private final Device device = instrumented.device();

    @Test
    void collectivesWorkOnTheMemoryItself() throws Exception {
        try (Ranks ranks = new Ranks(2)) {
            int[] sums = new int[4];
            ranks.all((communicator, stream) -> {
                Device own = communicator.device();
                try (DeviceBuffer tensor = own.allocate(DataType.INT32, 4);
                        DeviceBuffer wrapped =
                                own.wrap(DataType.INT32, 3, tensor.slice(1, 3).address());
                        Stream theirs = own.wrapStream(stream.handle())) {
                    tensor.copyFrom(new int[] {1, 2, 3, 4});
                    assertThat(wrapped.kind()).isEqualTo(MemoryKind.DEVICE);
                    communicator.allReduce(wrapped, ReduceOp.SUM, theirs).await();
                    if (communicator.rank() == 0) {
                        tensor.copyTo(sums);
                    }
                }
                assertThat(stream.isIdle())
                        .as("the stream is its owner's still")
                        .isTrue();
                return null;
            });
            assertThat(sums).containsExactly(1, 4, 6, 8);
        }
    }

    @Test
    void closingFreesNothing() {
        try (DeviceBuffer tensor = device.allocatePinned(DataType.INT8, 64);
                Stream stream = device.newStream()) {
            DeviceBuffer wrapped = device.wrap(DataType.INT8, 64, tensor.address());
            assertThat(wrapped.kind()).isEqualTo(MemoryKind.PINNED_HOST);
            Stream theirs = device.wrapStream(stream.handle());
            instrumented.forget();
            wrapped.close();
            theirs.close();
            assertThat(instrumented.functions()).isEmpty();
            assertThatIllegalStateException().isThrownBy(wrapped::address);
            assertThatIllegalStateException().isThrownBy(theirs::isIdle);
        }
    }

    @Test
    void otherMemoryIsRefused() {
        try (Arena arena = Arena.ofConfined()) {
            long pageable = arena.allocate(64).address();
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> device.wrap(DataType.INT8, 64, pageable))
                    .withMessageContaining("0x" + Long.toHexString(pageable))
                    .withMessageContaining("nor page-locked");
        }
        assertThatIllegalArgumentException().isThrownBy(() -> device.wrap(DataType.INT64, Long.MAX_VALUE / 4, 0));
        assertThat(device.wrap(DataType.INT8, 0, 0).bytes()).isZero();
    }
}
