/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy;

import dev.convoy.bindings.Cuda;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Copies between a GPU and the Java heap. The heap has no address that a native call could use while the collector
 * runs, so that a piece at a time goes through native memory kept by the thread.
 */
final class StagedCopy {
    private static final long PIECE = 1 << 20;
    private static final int HOST_TO_DEVICE = 1;
    private static final int DEVICE_TO_HOST = 2;
    private static final ThreadLocal<MemorySegment> STAGE =
            ThreadLocal.withInitial(() -> Arena.ofAuto().allocate(PIECE, Long.BYTES));

    private StagedCopy() {}

    static void toDevice(Device device, long to, MemorySegment from) {
        device.makeCurrent();
        MemorySegment stage = STAGE.get();
        Cuda cuda = device.natives().cuda();
        for (long done = 0; done < from.byteSize(); done += PIECE) {
            long piece = Math.min(PIECE, from.byteSize() - done);
            MemorySegment.copy(from, done, stage, 0, piece);
            int copied = cuda.memcpy(to + done, stage.address(), piece, HOST_TO_DEVICE);
            device.status().checkCuda(copied, "cudaMemcpy");
        }
    }

    static void toHost(Device device, MemorySegment to, long from) {
        device.makeCurrent();
        MemorySegment stage = STAGE.get();
        Cuda cuda = device.natives().cuda();
        for (long done = 0; done < to.byteSize(); done += PIECE) {
            long piece = Math.min(PIECE, to.byteSize() - done);
            int copied = cuda.memcpy(stage.address(), from + done, piece, DEVICE_TO_HOST);
            device.status().checkCuda(copied, "cudaMemcpy");
            MemorySegment.copy(stage, 0, to, done, piece);
        }
    }
}
