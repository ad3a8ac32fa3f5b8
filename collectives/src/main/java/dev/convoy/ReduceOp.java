/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy;

/** The reductions that every library has. */
public enum ReduceOp implements Reduction {
    /** Sum; integers wrap. */
    SUM(0),
    /** Product; integers wrap. */
    PROD(1),
    /** Greatest; not a number only where all ranks' are. */
    MAX(2),
    /** Least; not a number only where all ranks' are. */
    MIN(3),
    /** Sum divided by the number of ranks; integers round towards zero. */
    AVG(4);

    private final int code;

    ReduceOp(int code) {
        this.code = code;
    }

    /**
     * Makes a sum of elements that each rank first multiplies by a factor of its own.
     *
     * @param communicator for whose operations; called by the thread that drives it
     * @param type type of the elements
     * @param factor this rank's factor, rounded to the type; integers take its integral part, and wrap
     * @return the reduction, to be closed
     * @throws CommunicatorException if the communicator is lost or closed
     */
    public static PreMulSum preMulSum(Communicator communicator, DataType type, Number factor) {
        return PreMulSum.of(communicator, type, factor);
    }

    /**
     * Makes a sum of elements that each rank first multiplies by a factor of its own, read when an operation is
     * executed, so that it may be computed on the device.
     *
     * @param communicator for whose operations; called by the thread that drives it
     * @param factor whose first element is this rank's factor, and whose type that of the elements; it stays open as
     *     long as the reduction is used
     * @return the reduction, to be closed
     * @throws CommunicatorException if the communicator is lost or closed
     * @throws IllegalArgumentException if the buffer is empty, or of another device
     */
    public static PreMulSum preMulSum(Communicator communicator, DeviceBuffer factor) {
        return PreMulSum.of(communicator, factor);
    }

    /** Value of {@code ncclRedOp_t}. */
    int code() {
        return code;
    }
}
