/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy;

import dev.convoy.bindings.Nccl;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;

/**
 * Where the library may write something although its waiter has given up, until the communicator has ended. Used by the
 * thread inside the communicator.
 */
final class UnclaimedCells {
    private final List<MemorySegment> cells = new ArrayList<>();

    /** Where a child that is being made will be; null if there is none. */
    private MemorySegment child;

    void keep(MemorySegment cell) {
        cells.add(cell);
    }

    /** Keeps the cell of a child that is being made: the library's worker may fill it in late. */
    void expectChild(MemorySegment cell) {
        child = cell;
    }

    /** The child is there, and somebody's. */
    void childClaimed() {
        child = null;
    }

    /** Ends a child that was finished after its waiter had given up. The library writes no more: its parent is gone. */
    void abandonChild(Nccl nccl) {
        long late = child == null ? 0 : child.get(ValueLayout.JAVA_LONG, 0);
        child = null;
        if (late != 0) {
            nccl.commAbort(late);
        }
    }
}
