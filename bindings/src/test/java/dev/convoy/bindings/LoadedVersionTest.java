/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.bindings;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.ValueLayout;
import java.lang.reflect.Proxy;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Libraries that load and are of no use are reasons, and not failures. */
class LoadedVersionTest {
    private static final int NO_DEVICE = 100;

    /** A library each of whose functions answers with a number, which it also writes to where its argument points. */
    private static <T> T answering(Class<T> type, Map<String, Integer> written, int status) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(), new Class<?>[] {type}, (_, method, arguments) -> {
                    if (method.getReturnType() == String.class) {
                        return "text of " + arguments[0];
                    }
                    long address = (long) arguments[0];
                    NativeMemory.view(address, Integer.BYTES)
                            .set(ValueLayout.JAVA_INT_UNALIGNED, 0, written.get(method.getName()));
                    return status;
                }));
    }

    private static Nccl nccl(int version, int status) {
        return answering(Nccl.class, Map.of("getVersion", version), status);
    }

    private static Cuda cuda(int devices, int status) {
        return answering(Cuda.class, Map.of("getDeviceCount", devices), status);
    }

    @Test
    void libraryThatIsTooOldIsToldSo() {
        assertThat(LoadedVersion.check(nccl(2_18_05, 0), cuda(1, 0)))
                .contains("NCCL is too old (version code 21805); 2.19.1 or newer is needed");
        // Before 2.9 versions had three digits.
        assertThat(LoadedVersion.check(nccl(2804, 0), cuda(1, 0)).orElseThrow()).contains("too old");
        assertThat(LoadedVersion.check(nccl(2_19_01, 0), cuda(1, 0))).isEmpty();
    }

    @Test
    void libraryThatDoesNotTellItsVersionIsNotUsed() {
        assertThat(LoadedVersion.check(nccl(2_29_03, 3), cuda(1, 0))).contains("ncclGetVersion returned text of 3");
    }

    @Test
    void machineWithoutADeviceIsToldSo() {
        assertThat(LoadedVersion.check(nccl(2_29_03, 0), cuda(0, NO_DEVICE)))
                .contains("no device: text of 100 (text of 100)");
        assertThat(LoadedVersion.check(nccl(2_29_03, 0), cuda(0, 0))).contains("no device");
    }
}
