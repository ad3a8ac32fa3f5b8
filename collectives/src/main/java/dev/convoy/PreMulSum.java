/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * A sum of elements that each rank first multiplies by a factor of its own; see {@link ReduceOp#preMulSum(Communicator,
 * DataType, Number)}. All ranks use one in the same operation.
 *
 * <p>It belongs to one communicator and one type, and to the thread that drives the communicator. It may be closed as
 * soon as its last operation was enqueued, outside a group.
 */
public final class PreMulSum implements Reduction, AutoCloseable {
    private static final int DEVICE = 0;
    private static final int HOST_IMMEDIATE = 1;

    private final LibraryObject operator;
    private final DataType type;

    /** Where the factor is read by the operations; null if it is known already. */
    private final DeviceBuffer factor;

    private PreMulSum(LibraryObject operator, DataType type, DeviceBuffer factor) {
        this.operator = operator;
        this.type = type;
        this.factor = factor;
    }

    static PreMulSum of(Communicator communicator, DataType type, Number factor) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment scalar = arena.allocate(Long.BYTES, Long.BYTES);
            scalar.set(ValueLayout.JAVA_LONG, 0, Scalars.bits(type, factor));
            return new PreMulSum(make(communicator, type, scalar.address(), HOST_IMMEDIATE), type, null);
        }
    }

    static PreMulSum of(Communicator communicator, DeviceBuffer factor) {
        long scalar = communicator.arguments().address(factor);
        if (factor.count() == 0) {
            throw new IllegalArgumentException(factor + " holds no factor");
        }
        return new PreMulSum(make(communicator, factor.type(), scalar, DEVICE), factor.type(), factor);
    }

    private static LibraryObject make(Communicator communicator, DataType type, long scalar, int residence) {
        return LibraryObject.make(
                communicator.communicator(),
                Operation.PRE_MUL_SUM,
                (nccl, comm, out) -> nccl.redOpCreatePreMulSum(out, scalar, type.code(), residence, comm));
    }

    /** Value of {@code ncclRedOp_t}, or throws if it is not for such an operation. */
    int code(NativeCommunicator communicator, DataType elements) {
        if (!operator.isOf(communicator)) {
            throw new IllegalArgumentException(this + " was made for another communicator than " + communicator);
        }
        if (elements != type) {
            throw new IllegalArgumentException(this + " does not reduce " + elements);
        }
        if (factor != null) {
            factor.address();
        }
        return (int) operator.handle(this);
    }

    /**
     * The type of the elements that it reduces.
     *
     * @return the type
     */
    public DataType type() {
        return type;
    }

    /**
     * Frees it; operations that were enqueued with it are still done. Later calls do nothing.
     *
     * @throws IllegalStateException if another thread is inside the communicator
     */
    @Override
    public void close() {
        operator.free(Operation.PRE_MUL_SUM, (nccl, comm, handle) -> nccl.redOpDestroy((int) handle, comm));
    }

    @Override
    public String toString() {
        return "PreMulSum[" + type + (factor == null ? "" : ", factor of " + factor) + "]";
    }
}
