/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault;

import dev.convoy.fault.protocol.Redundancy;
import java.time.Duration;

/**
 * What the agent was told on its command line, whatever the program chose.
 *
 * @param redundancy what is to be kept of each shard, or null: as the program says
 * @param onDivergence answer to replicated state that is not the same everywhere, or null
 * @param snapshotEvery steps between snapshots, {@link ElasticOptions#AUTO}, or null
 * @param meanTimeBetweenFailures what is expected of the whole job, or null
 */
record OptionOverrides(
        Redundancy redundancy, OnDivergence onDivergence, Integer snapshotEvery, Duration meanTimeBetweenFailures) {
    ElasticOptions applyTo(ElasticOptions options) {
        ElasticOptions result = redundancy == null ? options : options.withRedundancy(redundancy);
        result = onDivergence == null ? result : result.withOnDivergence(onDivergence);
        result = snapshotEvery == null ? result : result.withSnapshotEvery(snapshotEvery);
        return meanTimeBetweenFailures == null ? result : result.withMeanTimeBetweenFailures(meanTimeBetweenFailures);
    }
}
