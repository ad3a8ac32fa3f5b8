/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault;

import dev.convoy.DeviceBuffer;

/**
 * Gives a shard its initial content; must depend on the global offset only, since the world size at that time is not
 * fixed.
 */
@FunctionalInterface
public interface ShardInitializer {
    /**
     * Fills a shard that is zero so far.
     *
     * @param offset global index of the shard's first element
     * @param shard the shard; its count may be 0
     */
    void initialize(long offset, DeviceBuffer shard);
}
