/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.launcher.cli;

import dev.convoy.launcher.UsageException;
import picocli.CommandLine.Option;

/** Options of several machines and of monitoring that this version refuses by name instead of ignoring them. */
final class ClusterOptions {
    @Option(names = "--nodes", hidden = true)
    private String nodes;

    @Option(names = "--node-rank", hidden = true)
    private String nodeRank;

    @Option(names = "--rendezvous", hidden = true)
    private String rendezvous;

    @Option(names = "--store", hidden = true)
    private String store;

    @Option(names = "--metrics-port", hidden = true)
    private String metricsPort;

    ClusterOptions() {}

    void refuse() {
        refuse("--nodes", nodes);
        refuse("--node-rank", nodeRank);
        refuse("--rendezvous", rendezvous);
        // The embedded store is the one that there is.
        refuse("--store", "embedded".equals(store) ? null : store);
        refuse("--metrics-port", metricsPort);
    }

    private static void refuse(String option, String value) {
        if (value != null) {
            throw new UsageException(option + " is not supported yet; leave it out");
        }
    }
}
