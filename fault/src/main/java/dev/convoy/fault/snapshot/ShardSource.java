/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.snapshot;

import dev.convoy.DeviceBuffer;

/** Where a rank's own chunks come from. */
interface ShardSource {
    /**
     * Puts the chunks of a batch into the slot.
     *
     * @param batch number of the batch; how many chunks one has, the slot's custody says
     * @return a bit for each chunk that differs from the slot's base
     */
    long prepare(int batch);

    /**
     * Memory with the content of one of these chunks, which stays until all others have it.
     *
     * @param chunk number of the chunk
     * @return null: the slot
     */
    DeviceBuffer chunk(int chunk);
}
