/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault;

import dev.convoy.DataType;
import dev.convoy.Device;
import dev.convoy.DeviceBuffer;
import dev.convoy.DeviceKernels;
import dev.convoy.KernelsUnavailableException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Optional;

/** Counts elements that are not finite: by a kernel on the stream or, on a GPU that has none, here. */
final class FiniteCheck implements AutoCloseable {
    private static final long PIECE = 1L << 20;

    private final Device device;
    // Null until it is known; empty where there are none.
    private Optional<DeviceKernels> kernels;
    private Arena arena;
    private MemorySegment piece;

    FiniteCheck(Device device) {
        this.device = device;
    }

    /** Returns what was counted here and now; what the kernel counts is added to {@code count} later. */
    long count(Step step, DeviceBuffer buffer, DeviceBuffer count) {
        if (kernels == null) {
            kernels = kernels();
        }
        if (!buffer.type().isFloating()) {
            return 0;
        }
        if (kernels.isPresent()) {
            kernels.get().countNonFinite(buffer, count, step.stream());
            return 0;
        }
        step.communicator().synchronize(step.stream());
        return countHere(buffer);
    }

    private Optional<DeviceKernels> kernels() {
        try {
            return Optional.of(device.kernels());
        } catch (KernelsUnavailableException _) {
            return Optional.empty();
        }
    }

    /** The same without a kernel. */
    long countHere(DeviceBuffer buffer) {
        if (arena == null) {
            arena = Arena.ofShared();
            piece = arena.allocate(PIECE, Long.BYTES);
        }
        long total = 0;
        long perPiece = PIECE / buffer.type().bytes();
        for (long from = 0; from < buffer.count(); from += perPiece) {
            long elements = Math.min(perPiece, buffer.count() - from);
            MemorySegment here = piece.asSlice(0, elements * buffer.type().bytes());
            buffer.slice(from, elements).copyTo(here);
            for (long i = 0; i < elements; i++) {
                total += isFinite(here, buffer.type(), i) ? 0 : 1;
            }
        }
        return total;
    }

    private static boolean isFinite(MemorySegment values, DataType type, long i) {
        return switch (type) {
            case FLOAT64 -> Double.isFinite(values.getAtIndex(ValueLayout.JAVA_DOUBLE, i));
            case FLOAT32 -> Float.isFinite(values.getAtIndex(ValueLayout.JAVA_FLOAT, i));
            case FLOAT16 -> (values.getAtIndex(ValueLayout.JAVA_SHORT, i) & 0x7C00) != 0x7C00;
            case BFLOAT16 -> (values.getAtIndex(ValueLayout.JAVA_SHORT, i) & 0x7F80) != 0x7F80;
            // It has no infinity, and one NaN of either sign.
            case FLOAT8_E4M3 -> (values.get(ValueLayout.JAVA_BYTE, i) & 0x7F) != 0x7F;
            case FLOAT8_E5M2 -> (values.get(ValueLayout.JAVA_BYTE, i) & 0x7C) != 0x7C;
            default -> true;
        };
    }

    @Override
    public void close() {
        if (arena != null) {
            arena.close();
            arena = null;
        }
    }
}
