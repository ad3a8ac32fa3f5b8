/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.launcher.perf;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.function.LongUnaryOperator;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

@EnabledOnOs(OS.LINUX)
class JitThreadsTest {
    @Test
    void theirTimeGrowsWhenThereIsSomethingToCompile() {
        long before = JitThreads.cpuNanos();
        LongUnaryOperator step = value -> value * 6_364_136_223_846_793_005L + 1;
        long[] value = {1};
        Awaitility.await().until(() -> {
            for (int i = 0; i < 1_000_000; i++) {
                value[0] = step.applyAsLong(value[0]);
            }
            return JitThreads.cpuNanos() > before;
        });
        assertThat(value[0]).isNotZero();
    }
}
