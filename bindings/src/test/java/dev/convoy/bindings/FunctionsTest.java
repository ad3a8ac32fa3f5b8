/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.bindings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.convoy.bindings.NativeRuntime.Kind;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.Test;

/** Calls through the tables, against the host runtime. */
class FunctionsTest {
    private static final int INVALID_VALUE = 1;

    private final NativeRuntime runtime = Runtimes.probe(Kind.HOST).runtime().orElseThrow();

    @Test
    void absentFunctionNamesItselfItsReleaseAndTheLibrary() {
        Nccl nccl = runtime.nccl();
        assertThat(nccl.supports("ncclParamDumpAll")).isFalse();
        assertThat(nccl.functions()).doesNotContain("ncclParamDumpAll");
        assertThatExceptionOfType(AbsentFunctionException.class)
                .isThrownBy(nccl::paramDumpAll)
                .withMessage("ncclParamDumpAll is not in " + runtime.library()
                        + " (NCCL 2.29.3); it is in NCCL 2.30.4 and newer")
                .satisfies(absent -> {
                    assertThat(absent.function()).isEqualTo("ncclParamDumpAll");
                    assertThat(absent.since()).isEqualTo(2_30_04);
                    assertThat(absent.libraryVersion()).isEqualTo(2_29_03);
                });
        nccl.prepare("ncclParamDumpAll");
        nccl.prepare("noSuchFunction");
    }

    @Test
    void statusesAndTextsComeBack() {
        assertThat(runtime.cuda().getErrorName(INVALID_VALUE)).isEqualTo("cudaErrorInvalidValue");
        assertThat(runtime.cuda().free(0x1234)).isEqualTo(INVALID_VALUE);
        assertThat(runtime.cuda().getLastError()).isEqualTo(INVALID_VALUE);
        assertThat(runtime.nccl().getErrorString(0)).isNotBlank();
    }

    @Test
    void outParametersAreWritten() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment cell = arena.allocate(ValueLayout.JAVA_LONG);
            assertThat(runtime.cuda().malloc(cell.address(), 4096)).isZero();
            long memory = cell.get(ValueLayout.JAVA_LONG, 0);
            assertThat(memory).isNotZero();
            assertThat(runtime.cuda().memset(memory, 0x5a, 4096)).isZero();
            assertThat(NativeMemory.intAt(memory + 4092)).isEqualTo(0x5a5a5a5a);
            assertThat(runtime.cuda().free(memory)).isZero();
        }
    }

    @Test
    void uniqueIdIsPassedByValue() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment id = arena.allocate(NcclLayouts.UNIQUE_ID);
            MemorySegment communicator = arena.allocate(ValueLayout.JAVA_LONG);
            MemorySegment ranks = arena.allocate(ValueLayout.JAVA_INT);
            assertThat(runtime.nccl().getUniqueId(id.address())).isZero();
            assertThat(runtime.nccl().commInitRank(communicator.address(), 1, id.address(), 0))
                    .isZero();
            long handle = communicator.get(ValueLayout.JAVA_LONG, 0);
            assertThat(runtime.nccl().commCount(handle, ranks.address())).isZero();
            assertThat(ranks.get(ValueLayout.JAVA_INT, 0)).isEqualTo(1);
            assertThat(runtime.nccl().commDestroy(handle)).isZero();
        }
    }
}
