/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy;

import java.util.List;

/** Checks of what kernels are given: a GPU would read and write wherever it is told to. */
final class KernelChecks {
    private final Device device;

    KernelChecks(Device device) {
        this.device = device;
    }

    void requireOwn(Stream stream) {
        if (stream.device() != device) {
            throw new IllegalArgumentException(stream + " is not of " + device);
        }
    }

    /** The address of a buffer of this device. */
    long bytes(DeviceBuffer buffer) {
        if (buffer.device() != device) {
            throw new IllegalArgumentException(buffer + " belongs to " + buffer.device() + ", not to " + device);
        }
        return buffer.address();
    }

    /** The same of one whose elements lie where a GPU can read them. */
    long typed(DeviceBuffer buffer) {
        long address = bytes(buffer);
        if (address % buffer.type().bytes() != 0) {
            throw new IllegalArgumentException(buffer + " is not aligned to its elements of "
                    + buffer.type().bytes() + " bytes");
        }
        return address;
    }

    /** The address of the word that a count or sum is added to. */
    long result(DeviceBuffer buffer) {
        if (buffer.type() != DataType.UINT64 || buffer.count() < 1) {
            throw new IllegalArgumentException(
                    "a result needs a buffer of " + DataType.UINT64 + " with an element, not " + buffer);
        }
        return typed(buffer);
    }

    static void requireFloating(DeviceBuffer buffer) {
        if (!buffer.type().isFloating()) {
            throw new IllegalArgumentException(buffer + " holds integers; this needs a floating type");
        }
    }

    static void requireSameCount(DeviceBuffer a, DeviceBuffer b) {
        if (a.count() != b.count()) {
            throw new IllegalArgumentException(a + " and " + b + " must have as many elements");
        }
    }

    static void requireSameBytes(DeviceBuffer a, DeviceBuffer b) {
        if (a.bytes() != b.bytes()) {
            throw new IllegalArgumentException(a + " and " + b + " must have as many bytes");
        }
    }

    static void requireAlike(DeviceBuffer a, DeviceBuffer b) {
        requireSameCount(a, b);
        if (a.type() != b.type()) {
            throw new IllegalArgumentException(a + " and " + b + " must have the same type");
        }
    }

    /** No byte in common, or all of them if that is allowed. */
    static void requireApart(DeviceBuffer a, DeviceBuffer b, boolean mayBeTheSame) {
        long first = a.address();
        long second = b.address();
        boolean apart = first + a.bytes() <= second || second + b.bytes() <= first;
        if (!apart && !(mayBeTheSame && first == second)) {
            throw new IllegalArgumentException(
                    a + " and " + b + " overlap" + (mayBeTheSame ? "; they must be apart or the same" : ""));
        }
    }

    static void requireOutputs(int coefficients, int targets) {
        if (targets < 1 || targets > DeviceKernels.MOST_OUTPUTS || coefficients != targets) {
            throw new IllegalArgumentException(coefficients + " coefficients and " + targets
                    + " targets: there must be one a target, and 1 to " + DeviceKernels.MOST_OUTPUTS + " targets");
        }
    }

    static void requireAllApart(DeviceBuffer source, List<DeviceBuffer> targets) {
        for (int i = 0; i < targets.size(); i++) {
            requireSameBytes(source, targets.get(i));
            requireApart(source, targets.get(i), false);
            for (int j = 0; j < i; j++) {
                requireApart(targets.get(j), targets.get(i), false);
            }
        }
    }
}
