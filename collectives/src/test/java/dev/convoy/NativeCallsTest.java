/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** How often the way of one operation leaves Java: for small ones that is most of what it costs. */
class NativeCallsTest {
    @Test
    void operationThatIsDoneAtOnceTakesOneCall() {
        Instrumented host = Instrumented.host();
        Communicator communicator =
                Communicator.initAll(List.of(host.device()), Ranks.OPTIONS).getFirst();
        try (communicator;
                Stream stream = host.device().newStream();
                DeviceBuffer buffer = host.device().allocate(DataType.FLOAT32, 2)) {
            host.forget();
            communicator.allReduce(buffer, ReduceOp.SUM, stream).await();
            assertThat(host.functions()).containsExactly("allReduce");
            host.forget();
            Work work;
            try (Group _ = communicator.group()) {
                work = communicator.allReduce(buffer, ReduceOp.SUM, stream);
            }
            work.await();
            assertThat(host.functions()).containsExactly("groupStart", "allReduce", "groupEnd");
        }
    }
}
