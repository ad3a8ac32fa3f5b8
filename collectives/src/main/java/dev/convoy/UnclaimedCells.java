/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/**
 * Where the library may write something although its waiter has given up, until the communicator has ended. Used by the
 * thread inside the communicator.
 */
final class UnclaimedCells {
    private final List<MemorySegment> cells = new ArrayList<>();

    void keep(MemorySegment cell) {
        cells.add(cell);
    }
}
