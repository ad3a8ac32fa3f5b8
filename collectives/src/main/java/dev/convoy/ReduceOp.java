/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy;

/** How elements of all ranks become one. */
public enum ReduceOp {
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

    /** Value of {@code ncclRedOp_t}. */
    int code() {
        return code;
    }
}
