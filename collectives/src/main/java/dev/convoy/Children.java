/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy;

import dev.convoy.bindings.Nccl;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** What a communicator knows of those that are formed out of it. Used by the thread inside the communicator. */
final class Children {
    private boolean hasShrunk;

    /** Where a child that is being made will be; null if there is none. */
    private MemorySegment expected;

    /** Whether this is the first shrink: two of one parent would take each other's connections in NCCL. */
    boolean isFirstShrink() {
        boolean isFirst = !hasShrunk;
        hasShrunk = true;
        return isFirst;
    }

    /** Keeps the cell of a child that is being made: the library's worker may fill it in late. */
    void expect(MemorySegment cell) {
        expected = cell;
    }

    /** The child is there, and somebody's. */
    void claimed() {
        expected = null;
    }

    /** Ends a child that was finished after its waiter had given up. The library writes no more: its parent is gone. */
    void abandon(Nccl nccl) {
        long late = expected == null ? 0 : expected.get(ValueLayout.JAVA_LONG, 0);
        expected = null;
        if (late != 0) {
            nccl.commAbort(late);
        }
    }
}
