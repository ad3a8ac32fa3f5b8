/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.launcher.agent;

import dev.convoy.fault.control.ControlTls;
import dev.convoy.fault.control.NodeLink;
import dev.convoy.fault.control.NodeRecord;
import dev.convoy.fault.control.NodeServer;
import dev.convoy.fault.protocol.CoordinatorEvent;
import dev.convoy.fault.protocol.MemberId;
import dev.convoy.launcher.Cluster;
import dev.convoy.launcher.JobException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The other nodes of a job, as the agent that leads sees them. What is to be done on a node that is not there yet waits
 * for it; what was to be killed on one that is lost counts as killed once its lease has run out. Thread-safe.
 */
final class RemoteNodes implements NodeServer.Host, AutoCloseable {
    private static final Duration END_BOUND = Duration.ofSeconds(10);
    private static final long PROOF_OF_LIFE_NS = Lease.LENGTH_NS / 3;
    /** Exit status of what could not be started. */
    private static final int NEVER_STARTED = 127;

    private final Cluster cluster;
    private final int ranks;
    private final EventQueue events;
    private final RankEvents rankEvents;
    private final NodeServer server;
    private final Map<Integer, Node> nodes = new HashMap<>();
    private final long fencedNs;
    private NodeRecord.Welcome welcome;
    private Mandate mandate = Mandate.SOLE;

    /**
     * What keeps strangers out.
     *
     * @param clusterToken what the agents have in common
     * @param tls this agent's TLS, if the job speaks it
     */
    record Guard(String clusterToken, Optional<ControlTls> tls) {}

    /** One node; guarded by the whole. */
    private static final class Node {
        private final List<NodeRecord> waiting = new ArrayList<>();
        private final List<MemberId> unfenced = new ArrayList<>();
        /** By a former leader's record; each is heard of when the node comes back. */
        private final List<MemberId> inherited = new ArrayList<>();

        private NodeLink link;
        private long heardNs;
        private boolean lost;
        /** It served a former leader and may come back; what runs there is not known. */
        private boolean returning;
    }

    RemoteNodes(
            Cluster cluster,
            InetSocketAddress address,
            int ranks,
            Guard guard,
            EventQueue events,
            RankEvents rankEvents) {
        this.cluster = cluster;
        this.ranks = ranks;
        this.events = events;
        this.rankEvents = rankEvents;
        fencedNs = Lease.fencedNs(cluster.store().isPresent());
        for (int node = 0; node < cluster.nodes(); node++) {
            if (node != cluster.nodeRank()) {
                nodes.put(node, new Node());
            }
        }
        try {
            server = NodeServer.open(
                    address, guard.clusterToken(), this, guard.tls().orElse(null));
        } catch (IOException e) {
            throw new JobException(
                    "cannot listen for other nodes at " + address.getHostString() + ":" + address.getPort() + ": "
                            + Reason.of(e),
                    e);
        }
    }

    int port() {
        return server.port();
    }

    /** Nodes are let in from now on. */
    synchronized void open(NodeRecord.Welcome toAll, Mandate grounds) {
        welcome = toAll;
        mandate = grounds;
    }

    /**
     * Takes over nodes that have served a former leader. Until they come back nothing is known of them, and what they
     * do not say themselves counts once they cannot have ranks any more; the former leader's own is lost. Before
     * {@link #open}.
     */
    synchronized void inherit(Inherited inherited) {
        long now = System.nanoTime();
        nodes.forEach((number, node) -> {
            node.heardNs = now;
            node.inherited.addAll(inherited.on(number));
            if (number == inherited.formerNode()) {
                node.lost = true;
                events.post(at -> new CoordinatorEvent.NodeLost(at, number, "led the job and was lost"));
            } else {
                node.returning = true;
            }
        });
    }

    @Override
    public synchronized NodeRecord.Refused refusal(NodeRecord.Enlist hello) {
        if (welcome == null) {
            return forNow("the job is not ready yet");
        }
        if (hello.nodes() != cluster.nodes() || hello.ranks() != ranks) {
            return forNow("this job has " + ranks + " ranks on " + cluster.nodes() + " nodes, not " + hello.ranks()
                    + " on " + hello.nodes());
        }
        Node node = nodes.get(hello.node());
        if (node == null) {
            return forGood("there is no node " + hello.node() + " to join; node " + cluster.nodeRank() + " of "
                    + cluster.nodes() + " leads");
        }
        long now = System.nanoTime();
        if (node.link != null) {
            // One that is silent may be gone: its place is free once it has lost its lease.
            boolean lives = now - node.heardNs < PROOF_OF_LIFE_NS;
            String taken = "node " + hello.node() + " is taken";
            return lives ? forGood(taken + ": another agent was started with this --node-rank") : forNow(taken);
        }
        // A new agent there could not kill what the former one may still have running.
        return node.lost && !hasEnded(node, now)
                ? forNow("node " + hello.node() + " was lost a moment ago, and its lease has not run out")
                : null;
    }

    private static NodeRecord.Refused forNow(String reason) {
        return new NodeRecord.Refused(reason, false);
    }

    private static NodeRecord.Refused forGood(String reason) {
        return new NodeRecord.Refused(reason, true);
    }

    @Override
    public synchronized NodeLink.Listener joined(NodeRecord.Enlist hello, NodeLink link) {
        Node node = nodes.get(hello.node());
        node.link = link;
        node.lost = false;
        node.returning = false;
        node.heardNs = System.nanoTime();
        link.send(welcome);
        node.unfenced.forEach(member -> link.send(new NodeRecord.Kill(member)));
        node.waiting.forEach(link::send);
        node.waiting.clear();
        events.post(now -> new CoordinatorEvent.NodeJoined(now, hello.node()));
        return new NodeLink.Listener() {
            @Override
            public void received(NodeRecord record) {
                RemoteNodes.this.received(node, link, record);
            }

            @Override
            public void lost(String reason) {
                RemoteNodes.this.lost(hello.node(), link, reason);
            }
        };
    }

    private void received(Node node, NodeLink link, NodeRecord record) {
        switch (record) {
            case NodeRecord.Renew renewal -> renewed(node, link, renewal);
            case NodeRecord.Present(List<MemberId> started) -> present(node, started);
            case NodeRecord.Ended(MemberId member, int status) -> rankEvents.ended(member, status);
            case NodeRecord.Killed(MemberId member) -> events.post(now -> new CoordinatorEvent.Fenced(now, member));
            case NodeRecord.NotStarted(MemberId member, String reason) -> rankEvents.notStarted(member, reason);
            case NodeRecord.State(MemberId member, char letter) ->
                events.post(now -> new CoordinatorEvent.ProcState(now, member, letter));
            default -> throw new IllegalArgumentException("a node sent " + record);
        }
    }

    /** What the former leader meant to start there and the node never heard of has ended before it began. */
    private synchronized void present(Node node, List<MemberId> started) {
        node.inherited.removeAll(started);
        node.inherited.forEach(member ->
                events.post(now -> new CoordinatorEvent.Exited(now, member, "was never started", NEVER_STARTED)));
        node.inherited.clear();
    }

    private synchronized void renewed(Node node, NodeLink link, NodeRecord.Renew renewal) {
        // After a node was given up its lease is not renewed: it may live, but its ranks are not the job's any more.
        // Nor does one renew a lease that may not lead any more: this node may have slept, and another one may lead.
        if (node.link == link && !mandate.isLost()) {
            node.heardNs = System.nanoTime();
            link.send(renewal);
        }
    }

    private synchronized void lost(int number, NodeLink link, String reason) {
        Node node = nodes.get(number);
        if (node.link == link) {
            node.link = null;
            node.lost = true;
            events.post(now -> new CoordinatorEvent.NodeLost(now, number, reason));
        }
    }

    /** Looks at the leases; called every few milliseconds by the event thread. */
    synchronized void tick() {
        long now = System.nanoTime();
        nodes.forEach((number, node) -> {
            if (node.link != null && now - node.heardNs > Lease.LENGTH_NS) {
                NodeLink silent = node.link;
                lost(number, silent, "did not renew its lease");
                silent.cut();
            }
            if (node.returning && now - node.heardNs > fencedNs) {
                node.returning = false;
                node.lost = true;
                events.post(at -> new CoordinatorEvent.NodeLost(at, number, "did not come back to the new leader"));
            }
            if (hasEnded(node, now)) {
                node.unfenced.forEach(this::fenced);
                node.unfenced.clear();
            }
        });
    }

    /** Whatever ran there has been killed, by whoever was left to do it. */
    private boolean hasEnded(Node node, long now) {
        return node.lost && now - node.heardNs > fencedNs;
    }

    private void fenced(MemberId member) {
        events.post(now -> new CoordinatorEvent.Fenced(now, member));
    }

    synchronized void start(int number, MemberId member, String faults) {
        Node node = nodes.get(number);
        if (node.lost) {
            events.post(
                    now -> new CoordinatorEvent.SpawnFailed(now, member.launchRank(), "node " + number + " is lost"));
        } else {
            send(node, new NodeRecord.Start(member, faults));
        }
    }

    /** {@link CoordinatorEvent.Fenced} follows. Returns whether the node can be asked to do it. */
    synchronized boolean kill(int number, MemberId member) {
        Node node = nodes.get(number);
        if (node.link == null && !node.lost && !node.returning) {
            node.waiting.removeIf(record ->
                    record instanceof NodeRecord.Start start && start.member().equals(member));
            fenced(member);
            return true;
        }
        node.unfenced.add(member);
        if (node.link != null) {
            node.link.send(new NodeRecord.Kill(member));
        }
        return node.link != null || node.returning;
    }

    synchronized void tell(int number, NodeRecord record) {
        Node node = nodes.get(number);
        if (node.link != null) {
            node.link.send(record);
        }
    }

    private static void send(Node node, NodeRecord record) {
        if (node.link == null) {
            node.waiting.add(record);
        } else {
            node.link.send(record);
        }
    }

    /** The job is over: tells all nodes, and waits until they have ended what still ran there. */
    void end(int exitStatus, String message) {
        List<NodeLink> links = letGo();
        for (NodeLink link : links) {
            link.send(new NodeRecord.JobEnded(exitStatus, message));
            link.close();
        }
        long until = System.nanoTime() + END_BOUND.toNanos();
        try {
            for (NodeLink link : links) {
                boolean ended = link.awaitEnd(Duration.ofNanos(Math.max(1, until - System.nanoTime())));
                if (!ended) {
                    link.cut();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Lets go of all nodes without a word: they look for whoever leads. */
    void abandon() {
        server.close();
        letGo().forEach(NodeLink::cut);
    }

    private synchronized List<NodeLink> letGo() {
        List<NodeLink> links = new ArrayList<>();
        for (Node node : nodes.values()) {
            if (node.link != null) {
                links.add(node.link);
                node.link = null;
            }
        }
        return links;
    }

    @Override
    public void close() {
        server.close();
        end(1, "the job's leading agent has failed");
    }
}
