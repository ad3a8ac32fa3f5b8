/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault;

import dev.convoy.Communicator;
import dev.convoy.Stream;

/**
 * One call of a {@link StepFunction}.
 *
 * @param index number of the step, from 0
 * @param rank this process's rank in {@code communicator}; it may differ from the rank at launch and between epochs
 * @param worldSize number of ranks in {@code communicator}
 * @param epoch epoch of {@code communicator}
 * @param communicator the epoch's communicator; do not keep it beyond the step
 * @param stream the stream on which {@link ElasticGroup} itself enqueues its copies; work enqueued there is in the
 *     snapshots
 */
public record Step(long index, int rank, int worldSize, long epoch, Communicator communicator, Stream stream) {
    /**
     * First element of {@code total} that belongs to this rank: rank r of N takes [r·total/N, (r+1)·total/N).
     *
     * @param total size of the whole, for instance of the global batch; not negative
     * @return start of this rank's range, inclusive
     */
    public int from(int total) {
        return (int) ((long) rank * total / worldSize);
    }

    /**
     * End of this rank's range of {@code total}; equal to {@link #from} where this rank has no element.
     *
     * @param total size of the whole; not negative
     * @return end of this rank's range, exclusive
     */
    public int to(int total) {
        return (int) ((rank + 1L) * total / worldSize);
    }
}
