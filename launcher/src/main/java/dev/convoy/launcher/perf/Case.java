/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.launcher.perf;

import dev.convoy.DataType;
import dev.convoy.ReduceOp;

/**
 * One row of the table.
 *
 * @param index position in the run, from 0
 * @param collective what is done
 * @param type type of the elements
 * @param op the reduction; {@code SUM} where nothing is reduced
 * @param root rank of the root, or -1
 * @param bytes size asked for
 */
record Case(int index, Collective collective, DataType type, ReduceOp op, int root, long bytes) {
    Shape shape(int ranks) {
        return collective.shape(bytes, type.bytes(), ranks);
    }
}
