/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.launcher;

import java.net.InetSocketAddress;
import java.net.URI;
import java.util.Optional;

/**
 * One agent's place among those of a job that runs on several nodes. Node 0 leads at first: it has the coordinator, and
 * the others connect to it. With a store another one takes over when the leading agent is lost.
 *
 * @param nodes number of nodes, at least 2
 * @param nodeRank this agent's own, from 0
 * @param host where node 0 listens, as the others reach it
 * @param port its port
 * @param store where the agents agree on who leads; empty if the job ends with the agent of node 0
 * @param address where the others reach this agent when it takes over; empty for the address from which it reaches the
 *     leading one
 */
public record Cluster(int nodes, int nodeRank, String host, int port, Optional<URI> store, Optional<String> address) {
    /** Most nodes of a job. */
    public static final int MAX_NODES = 64;

    /**
     * An agent of a job without a store.
     *
     * @param nodes number of nodes, at least 2
     * @param nodeRank this agent's own, from 0
     * @param host where node 0 listens, as the others reach it
     * @param port its port
     */
    public Cluster(int nodes, int nodeRank, String host, int port) {
        this(nodes, nodeRank, host, port, Optional.empty(), Optional.empty());
    }

    /**
     * Whether this agent has the coordinator at first.
     *
     * @return true for node 0
     */
    public boolean leads() {
        return nodeRank == 0;
    }

    /**
     * Where node 0 listens.
     *
     * @return resolved now; unresolved if the host is unknown
     */
    public InetSocketAddress rendezvous() {
        return new InetSocketAddress(host, port);
    }
}
