/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.bindings;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Optional;
import java.util.function.LongToIntFunction;

/** Asks freshly loaded libraries whether they can be used. */
final class LoadedVersion {
    /** The oldest NCCL with memory registration, and with the layout of the configuration that older ones lack. */
    private static final int OLDEST = 2_19_01;

    private LoadedVersion() {}

    /** What speaks against the libraries; empty if nothing does. */
    static Optional<String> check(Nccl nccl, Cuda cuda) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment cell = arena.allocate(ValueLayout.JAVA_INT);
            int status = nccl.getVersion(cell.address());
            int version = cell.get(ValueLayout.JAVA_INT, 0);
            if (status != 0) {
                return Optional.of("ncclGetVersion returned " + nccl.getErrorString(status));
            }
            if (version < OLDEST) {
                return Optional.of("NCCL is too old (version code " + version + "); 2.19.1 or newer is needed");
            }
        }
        return checkDevices(cuda);
    }

    /** What speaks against a CUDA runtime; empty if it has a device. */
    static Optional<String> checkDevices(Cuda cuda) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment cell = arena.allocate(ValueLayout.JAVA_INT);
            int status = cuda.getDeviceCount(cell.address());
            if (status != 0) {
                return Optional.of(
                        "no device: " + cuda.getErrorName(status) + " (" + cuda.getErrorString(status) + ")");
            }
            return cell.get(ValueLayout.JAVA_INT, 0) > 0 ? Optional.empty() : Optional.of("no device");
        }
    }

    static int of(Nccl nccl) {
        return read(nccl::getVersion);
    }

    static int deviceCount(Cuda cuda) {
        return read(cuda::getDeviceCount);
    }

    private static int read(LongToIntFunction call) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment cell = arena.allocate(ValueLayout.JAVA_INT);
            int status = call.applyAsInt(cell.address());
            if (status != 0) {
                throw new IllegalStateException("a library that answered before now returns status " + status);
            }
            return cell.get(ValueLayout.JAVA_INT, 0);
        }
    }
}
