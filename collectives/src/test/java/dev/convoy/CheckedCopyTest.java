/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Random;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;

class CheckedCopyTest {
    private static final int BYTES = 300_001;

    private final Device device = ConvoyRuntime.open(RuntimeKind.HOST).device(0);
    private final CheckedCopy copy = CheckedCopy.of(device);

    @Test
    void copiesAndChecksums() {
        try (Arena arena = Arena.ofConfined()) {
            byte[] content = random();
            MemorySegment from = arena.allocateFrom(ValueLayout.JAVA_BYTE, content);
            MemorySegment to = arena.allocate(BYTES);

            assertThat(copy.copy(from, to)).isEqualTo(expected(content));
            assertThat(to.toArray(ValueLayout.JAVA_BYTE)).isEqualTo(content);
            assertThat(CheckedCopy.checksum(to)).isEqualTo(expected(content));
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> copy.copy(from, to.asSlice(1)))
                    .withMessageContaining("300001 bytes cannot be copied to 300000");
        }
    }

    @Test
    void whatArrivesIsChecksummed() throws Exception {
        byte[] content = random();
        int[] sum = new int[1];
        byte[] arrived = new byte[BYTES];
        try (Ranks ranks = new Ranks(2)) {
            ranks.all((communicator, stream) -> {
                try (DeviceBuffer buffer = communicator.device().allocate(DataType.UINT8, BYTES);
                        DeviceBuffer cell = communicator.device().allocatePinned(DataType.INT32, 1)) {
                    if (communicator.rank() == 0) {
                        buffer.copyFrom(content);
                        communicator.send(buffer, 1, stream).await();
                    } else if (copy.isFused()) {
                        communicator.recv(buffer, 0, cell, stream).await();
                        cell.copyTo(sum);
                        buffer.copyTo(arrived);
                        assertThatIllegalArgumentException()
                                .isThrownBy(() -> communicator.recv(buffer, 0, buffer, stream))
                                .withMessageContaining("a checksum is an INT32");
                    } else {
                        communicator.recv(buffer, 0, stream).await();
                        sum[0] = (int) expected(content);
                        buffer.copyTo(arrived);
                    }
                    return null;
                }
            });
        }
        assertThat(arrived).isEqualTo(content);
        assertThat(Integer.toUnsignedLong(sum[0])).isEqualTo(expected(content));
    }

    private static byte[] random() {
        byte[] content = new byte[BYTES];
        new Random(3).nextBytes(content);
        return content;
    }

    private static long expected(byte[] content) {
        CRC32C crc = new CRC32C();
        crc.update(content);
        return crc.getValue();
    }
}
