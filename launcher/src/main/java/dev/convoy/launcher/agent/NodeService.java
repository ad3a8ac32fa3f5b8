/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.launcher.agent;

import dev.convoy.fault.control.ControlTls;
import dev.convoy.fault.control.NodeLink;
import dev.convoy.fault.control.NodeRecord;
import dev.convoy.fault.protocol.MemberId;
import dev.convoy.launcher.JobException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * One node's service to one leading agent, from its welcome to whatever ends it: starts, watches and kills the ranks of
 * this machine as it is told, and renews its lease. One thread serves; others hand over.
 */
final class NodeService implements LocalRanks.Listener, NodeLink.Listener, AutoCloseable {
    private static final long LOOK_NS = Lease.RENEW_NS / 4;

    private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();
    private NodeLink link;
    private NodeRecord.Welcome welcome;
    private long sequence;
    /** When the newest renewal that was acknowledged was sent, and the ones after it. */
    private long leasedFromNs;

    private long renewalSentNs;
    private long acknowledged;

    /** Something to react to: a record, or the end of the link. */
    private record Event(NodeRecord record, String lost) {}

    /** Why the service ended. */
    sealed interface End {}

    /** The job is over. */
    record JobEnded(int exitStatus, String message) implements End {}

    /** The leader cannot be reached, or does not acknowledge any more. */
    record LeaderLost(String reason) implements End {}

    /** A person wants this agent to end. */
    record Interrupted() implements End {}

    private NodeService() {}

    /**
     * Offers this node's service.
     *
     * @param leader where the leading agent listens
     * @param hello what this node is
     * @param tls this agent's side of TLS, if the job speaks it
     * @param bound how long the answer may take
     * @param interrupted whether a person wants this agent to end, and no answer any more
     * @return the service, welcome
     * @throws RefusedException if it never will be
     * @throws IOException if it is not; the message is the reason
     */
    static NodeService join(
            InetSocketAddress leader,
            NodeRecord.Enlist hello,
            Optional<ControlTls> tls,
            Duration bound,
            BooleanSupplier interrupted)
            throws IOException, InterruptedException {
        NodeService service = new NodeService();
        service.link = NodeLink.connect(leader, hello, service, tls.orElse(null));
        Event first = service.first(bound, interrupted);
        switch (first == null ? null : first.record()) {
            case NodeRecord.Welcome welcome -> {
                service.welcome = welcome;
                service.leasedFromNs = System.nanoTime();
                return service;
            }
            case NodeRecord.Refused refused -> {
                service.close();
                throw refused.forGood() ? new RefusedException(refused.reason()) : new IOException(refused.reason());
            }
            case null, default -> {
                service.close();
                throw new IOException("it does not answer as the agent of a job"
                        + (tls.isPresent() ? "" : " without --tls; all agents of a job need it, or none"));
            }
        }
    }

    /** Null if nothing comes in time. */
    private Event first(Duration bound, BooleanSupplier interrupted) throws InterruptedException {
        long untilNs = System.nanoTime() + bound.toNanos();
        Event first = null;
        while (first == null && !interrupted.getAsBoolean() && System.nanoTime() - untilNs < 0) {
            first = events.poll(LOOK_NS, TimeUnit.NANOSECONDS);
        }
        return first;
    }

    NodeRecord.Welcome welcome() {
        return welcome;
    }

    /** This machine's address as the leader's machine sees it. */
    String localHost() {
        return link.localHost();
    }

    /** From when the lease counts. */
    long leasedFromNs() {
        return leasedFromNs;
    }

    /** Says what there is on this node: it may have served another leader before. */
    void present(RankProcesses processes) {
        link.send(new NodeRecord.Present(List.copyOf(processes.started())));
    }

    @Override
    public void ended(MemberId member, int status) {
        link.send(new NodeRecord.Ended(member, status));
    }

    @Override
    public void notStarted(MemberId member, String reason) {
        link.send(new NodeRecord.NotStarted(member, reason));
    }

    @Override
    public void received(NodeRecord record) {
        events.add(new Event(record, null));
    }

    @Override
    public void lost(String reason) {
        events.add(new Event(null, reason));
    }

    /** Serves until something ends it; what then becomes of the ranks is the caller's decision. */
    End serve(RankProcesses processes, RankEnvironment environment, BooleanSupplier interrupted)
            throws InterruptedException {
        while (!interrupted.getAsBoolean()) {
            Event event = events.poll(LOOK_NS, TimeUnit.NANOSECONDS);
            if (event != null && event.lost() != null) {
                return new LeaderLost("the leading agent " + event.lost());
            }
            if (event != null && event.record() instanceof NodeRecord.JobEnded end) {
                return new JobEnded(end.exitStatus(), end.message());
            }
            if (event != null) {
                carryOut(event.record(), processes, environment);
            }
            if (!renew()) {
                return new LeaderLost("this node could not renew its lease for " + Lease.LENGTH_NS / 1_000_000 + " ms");
            }
        }
        return new Interrupted();
    }

    /** Returns whether the lease is still good. */
    private boolean renew() {
        long now = System.nanoTime();
        if (now - leasedFromNs > Lease.LENGTH_NS) {
            return false;
        }
        // One at a time: the lease counts from when the renewal was sent that came back.
        if (acknowledged == sequence && now - renewalSentNs > Lease.RENEW_NS) {
            sequence++;
            renewalSentNs = now;
            link.send(new NodeRecord.Renew(sequence));
        }
        return true;
    }

    private void carryOut(NodeRecord record, RankProcesses processes, RankEnvironment environment) {
        switch (record) {
            case NodeRecord.Renew(long number) -> {
                if (number == sequence && acknowledged < sequence) {
                    acknowledged = number;
                    leasedFromNs = renewalSentNs;
                }
            }
            case NodeRecord.Start(MemberId member, String faults) ->
                processes.spawn(member, environment.of(member, faults));
            case NodeRecord.Kill(MemberId member) -> {
                processes.kill(member);
                link.send(new NodeRecord.Killed(member));
            }
            case NodeRecord.Known(MemberId member, long pid) -> processes.connected(member, pid);
            case NodeRecord.Look(MemberId member) -> link.send(new NodeRecord.State(member, processes.state(member)));
            default -> throw new JobException("the leading agent sent " + record, null);
        }
    }

    /** After what is queued has been sent. */
    @Override
    public void close() {
        link.close();
    }

    /** At once: whoever led may not read any more. */
    void cut() {
        link.cut();
    }
}
