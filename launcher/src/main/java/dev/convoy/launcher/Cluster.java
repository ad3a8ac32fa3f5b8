/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.launcher;

import java.net.InetSocketAddress;

/**
 * One agent's place among those of a job that runs on several nodes. Node 0 leads: it has the coordinator, and the
 * others connect to it.
 *
 * @param nodes number of nodes, at least 2
 * @param nodeRank this agent's own, from 0
 * @param host where node 0 listens, as the others reach it
 * @param port its port
 */
public record Cluster(int nodes, int nodeRank, String host, int port) {
    /** Most nodes of a job. */
    public static final int MAX_NODES = 64;

    /**
     * Whether this agent has the coordinator.
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
