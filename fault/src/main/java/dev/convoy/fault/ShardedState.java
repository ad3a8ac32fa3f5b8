/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault;

import dev.convoy.DataType;
import dev.convoy.DeviceBuffer;

/**
 * A vector of which rank r of N holds the elements [rL/N, (r+1)L/N), for instance an optimizer's moments. Each shard
 * has a copy in another rank's memory, and after a loss the vector is cut again for the new world size.
 *
 * <p>Used by the thread that uses the {@link ElasticGroup}. Offset, count and buffer change with the epoch: ask for
 * them in every step.
 */
public interface ShardedState {
    /**
     * Name given at the declaration.
     *
     * @return the name
     */
    String name();

    /**
     * Type of the elements.
     *
     * @return the type
     */
    DataType type();

    /**
     * Length L of the whole vector.
     *
     * @return elements
     */
    long totalCount();

    /**
     * Global index of this rank's first element in the present epoch.
     *
     * @return elements before this shard
     */
    long offset();

    /**
     * Length of this rank's shard in the present epoch; 0 where there are more ranks than elements.
     *
     * @return elements
     */
    long count();

    /**
     * This rank's shard. Valid until the next epoch; a recovery that changes this rank's shard closes the old buffer.
     *
     * @return {@link #count} elements on the device
     * @throws IllegalStateException if {@link #count} is 0, since there is no memory to point to
     */
    DeviceBuffer buffer();
}
