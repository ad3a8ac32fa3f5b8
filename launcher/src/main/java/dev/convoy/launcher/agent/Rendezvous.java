/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.launcher.agent;

import dev.convoy.fault.control.ControlTls;
import dev.convoy.fault.control.NodeRecord;
import dev.convoy.launcher.JobRequest;
import dev.convoy.launcher.JobResult;
import java.net.InetSocketAddress;
import java.util.Optional;

/**
 * Where a leading agent's events come together, and where other nodes come in, in a job that has some. It is open
 * before the agent leads: who is elected must be found.
 */
final class Rendezvous implements AutoCloseable {
    private final String host;
    private final EventQueue events = new EventQueue();
    private final RankEvents rankEvents = new RankEvents(events);
    private final Optional<RemoteNodes> others;
    /** Of the agent that leads: the same one for its ranks and the other agents. */
    private final Optional<ControlTls> tls;

    private Rendezvous(JobRequest request, String host, int port) {
        this.host = host;
        Optional<String> secret = request.cluster().map(_ -> ClusterToken.get());
        tls = request.tls()
                ? Optional.of(secret.map(ControlTls::ofNewCertificate).orElseGet(ControlTls::ofNewCertificate))
                : Optional.empty();
        others = request.cluster()
                .map(cluster -> new RemoteNodes(
                        cluster,
                        new InetSocketAddress(host, port),
                        request.ranks(),
                        new RemoteNodes.Guard(secret.orElseThrow(), tls),
                        events,
                        rankEvents));
    }

    /** Opens the one that the job was told of. */
    static Rendezvous open(JobRequest request) {
        return request.cluster()
                .map(cluster -> new Rendezvous(request, cluster.host(), cluster.port()))
                .orElseGet(() -> new Rendezvous(request, "127.0.0.1", 0));
    }

    /** Opens one on a free port of another address. */
    static Rendezvous open(JobRequest request, String host) {
        return new Rendezvous(request, host, 0);
    }

    /** Where ranks and nodes reach this agent. */
    String host() {
        return host;
    }

    /** Port for nodes. */
    int port() {
        return others.orElseThrow().port();
    }

    Optional<ControlTls> tls() {
        return tls;
    }

    /** Hash of the certificate that this agent shows; empty if it speaks openly. */
    String certificate() {
        return tls.map(ControlTls::fingerprint).orElse("");
    }

    EventQueue events() {
        return events;
    }

    /** Where those tell that hear of ranks. */
    RankEvents rankEvents() {
        return rankEvents;
    }

    void letIn(NodeRecord.Welcome welcome, Mandate mandate) {
        others.ifPresent(nodes -> nodes.open(welcome, mandate));
    }

    /** Empty in a job on one machine. */
    Optional<RemoteNodes> others() {
        return others;
    }

    void end(JobResult result) {
        others.ifPresent(nodes -> nodes.end(result.exitStatus(), result.message()));
    }

    /** Somebody else may lead: nobody is told anything. */
    void abandon() {
        others.ifPresent(RemoteNodes::abandon);
    }

    @Override
    public void close() {
        others.ifPresent(RemoteNodes::close);
    }
}
