/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault;

import static org.assertj.core.api.Assertions.assertThat;

import dev.convoy.ConvoyRuntime;
import dev.convoy.DataType;
import dev.convoy.Device;
import dev.convoy.DeviceBuffer;
import dev.convoy.RuntimeKind;
import dev.convoy.Stream;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What is counted without a kernel is what the kernel counts. */
class FiniteCheckTest {
    private static final int COUNT = 40_000;

    @ParameterizedTest
    @EnumSource(DataType.class)
    void countsAsTheKernelDoes(DataType type) {
        long seed = Long.getLong("convoy.seed", System.nanoTime());
        byte[] bits = new byte[COUNT * type.bytes()];
        new Random(seed).nextBytes(bits);
        // Most exponents of wide types are no special ones: make some so.
        for (int i = 0; i < bits.length; i += 97) {
            bits[i] = (byte) (i % 2 == 0 ? 0x7F : 0xFF);
        }
        try (ConvoyRuntime runtime = ConvoyRuntime.open(RuntimeKind.HOST);
                Stream stream = runtime.device(0).newStream();
                FiniteCheck check = new FiniteCheck(runtime.device(0))) {
            Device device = runtime.device(0);
            try (DeviceBuffer buffer = device.allocate(type, COUNT);
                    DeviceBuffer count = device.allocate(DataType.UINT64, 1)) {
                buffer.copyFrom(MemorySegment.ofArray(bits));
                count.zero(stream);
                device.kernels().countNonFinite(buffer, count, stream);
                stream.synchronize(Duration.ofSeconds(10));
                long[] counted = new long[1];
                count.copyTo(counted);
                assertThat(check.countHere(buffer)).as("seed %d", seed).isEqualTo(counted[0]);
                assertThat(counted[0] > 0).isEqualTo(type.isFloating());
            }
        }
    }
}
