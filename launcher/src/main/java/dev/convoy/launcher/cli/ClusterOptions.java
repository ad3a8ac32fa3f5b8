/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.launcher.cli;

import dev.convoy.launcher.Cluster;
import dev.convoy.launcher.UsageException;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Options of several machines. */
final class ClusterOptions {
    @Option(
            names = "--nodes",
            paramLabel = "N",
            description = "Machines, each with an agent of its own, that the ranks are spread over. Default: 1.")
    private Integer nodes;

    @Option(names = "--node-rank", paramLabel = "R", description = "Which of them this one is, from 0; node 0 leads.")
    private Integer nodeRank;

    @Option(
            names = "--rendezvous",
            paramLabel = "HOST:PORT",
            description = "Where node 0 listens. Agents of one user trust each other; across machines without a common "
                    + "home folder give all of them one secret in the variable CONVOY_CLUSTER_TOKEN.")
    private String rendezvous;

    @Option(
            names = "--store",
            paramLabel = "STORE",
            description =
                    "Where the agents agree on who leads: embedded (node 0 always does, and the job ends with it) "
                            + "or etcd://HOST:PORT[,HOST:PORT], where another one takes over. Default: embedded.")
    private String store;

    @Option(
            names = "--address",
            paramLabel = "HOST",
            description = "With --store etcd://…: where the other nodes reach this one if it takes over. Default: the "
                    + "address from which it reaches the one that leads.")
    private String address;

    ClusterOptions() {}

    private Optional<URI> store() {
        if (store == null || store.equals("embedded")) {
            return Optional.empty();
        }
        try {
            URI uri = new URI(store);
            if (uri.getScheme() != null && uri.getRawAuthority() != null) {
                return Optional.of(uri);
            }
        } catch (URISyntaxException e) {
            throw badStore(e);
        }
        throw badStore(null);
    }

    private UsageException badStore(URISyntaxException cause) {
        return new UsageException("--store " + store + ": must be embedded or etcd://HOST:PORT", cause);
    }

    /** Empty for a job on this machine alone. */
    Optional<Cluster> cluster() {
        Optional<URI> shared = store();
        if (shared.isPresent() && (nodes == null || nodes == 1)) {
            throw new UsageException("--store " + store + " is for several nodes: --nodes N goes with it");
        }
        if (address != null && shared.isEmpty()) {
            throw new UsageException("--address " + address + ": only with --store etcd://… another node takes over");
        }
        if (nodes == null && nodeRank == null && rendezvous == null) {
            return Optional.empty();
        }
        if (nodes == null) {
            throw new UsageException("--nodes N is missing: --node-rank and --rendezvous go with it");
        }
        if (nodes < 1 || nodes > Cluster.MAX_NODES) {
            throw new UsageException("--nodes " + nodes + ": must be 1 to " + Cluster.MAX_NODES);
        }
        if (nodes == 1 && nodeRank == null && rendezvous == null) {
            return Optional.empty();
        }
        if (nodeRank == null || rendezvous == null) {
            throw new UsageException("--nodes " + nodes + " needs --node-rank R and --rendezvous HOST:PORT, too");
        }
        if (nodeRank < 0 || nodeRank >= nodes) {
            throw new UsageException("--node-rank " + nodeRank + ": nodes are 0 to " + (nodes - 1));
        }
        int colon = rendezvous.lastIndexOf(':');
        Cluster cluster = new Cluster(nodes, nodeRank, host(colon), port(colon), shared, Optional.ofNullable(address));
        return nodes == 1 ? Optional.empty() : Optional.of(cluster);
    }

    private String host(int colon) {
        if (colon < 1) {
            throw malformed();
        }
        return rendezvous.substring(0, colon);
    }

    private int port(int colon) {
        try {
            int port = Integer.parseInt(rendezvous.substring(colon + 1));
            if (port < 1 || port > 65_535) {
                throw malformed();
            }
            return port;
        } catch (NumberFormatException e) {
            throw malformed();
        }
    }

    private UsageException malformed() {
        return new UsageException("--rendezvous " + rendezvous + ": must be HOST:PORT, such as 10.0.0.1:29500");
    }
}
