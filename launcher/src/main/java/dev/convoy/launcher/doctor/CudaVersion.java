/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.launcher.doctor;

import dev.convoy.bindings.Cuda;
import dev.convoy.bindings.NativeMemory;
import java.lang.foreign.Arena;

/** The version of a CUDA runtime for people. */
final class CudaVersion {
    private CudaVersion() {}

    static String of(Cuda cuda) {
        try (Arena arena = Arena.ofConfined()) {
            long cell = arena.allocate(Integer.BYTES, Integer.BYTES).address();
            return cuda.runtimeGetVersion(cell) == 0 ? text(NativeMemory.intAt(cell)) : "unknown";
        }
    }

    /** A code is 1000 major + 10 minor. */
    static String text(int code) {
        return code / 1000 + "." + code % 1000 / 10;
    }
}
