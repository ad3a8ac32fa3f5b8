/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.snapshot;

import dev.convoy.DeviceBuffer;
import dev.convoy.fault.HostState;
import java.util.List;

/** The declared states themselves, as the training program changes them. */
public interface LiveState {
    /**
     * What was declared.
     *
     * @return fixed once training runs
     */
    StateShape shape();

    /**
     * Replicated buffers.
     *
     * @return in the order of {@link StateShape#buffers}
     */
    List<DeviceBuffer> buffers();

    /**
     * Host states.
     *
     * @return in the order of {@link StateShape#hosts}
     */
    List<HostState> hosts();

    /**
     * This rank's shards in the present cut.
     *
     * @return in the order of {@link StateShape#sharded}; null where this rank has no element
     */
    List<DeviceBuffer> shards();

    /**
     * Cuts the sharded states anew; their content is undefined afterwards.
     *
     * @param rank this rank
     * @param worldSize number of shards
     */
    void cut(int rank, int worldSize);
}
