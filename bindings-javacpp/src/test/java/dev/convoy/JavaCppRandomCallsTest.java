/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.convoy.bindings.Binding;
import org.junit.jupiter.api.BeforeAll;

/** {@link RandomCallsTest} by JavaCPP. */
class JavaCppRandomCallsTest extends RandomCallsTest {
    @BeforeAll
    static void bindingsAreJavaCpps() {
        ConvoyRuntime runtime = ConvoyRuntime.open(RuntimeKind.HOST);
        assertThat(runtime.natives().nccl().binding()).isEqualTo(Binding.JAVACPP);
    }
}
