/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.launcher.agent;

import dev.convoy.fault.control.NodeLink;
import dev.convoy.fault.control.NodeRecord;
import dev.convoy.fault.protocol.MemberId;
import dev.convoy.launcher.Cluster;
import dev.convoy.launcher.JobException;
import dev.convoy.launcher.JobRequest;
import dev.convoy.launcher.JobResult;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * One node's part in a job that another node leads: starts, watches and kills the ranks of this machine as it is told,
 * and kills them unasked when it cannot renew its lease any more.
 */
public final class NodeRun {
    private static final Duration END_BOUND = Duration.ofSeconds(10);
    private static final Duration JOIN_BOUND = Duration.ofSeconds(60);
    private static final long RETRY_MS = 100;

    private final JobRequest request;
    private final Cluster cluster;
    private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();
    private NodeLink link;
    private long sequence;
    /** When the newest renewal that was acknowledged was sent, and the ones after it. */
    private long leasedFromNs;

    private long renewalSentNs;
    private long acknowledged;
    private volatile boolean interrupted;

    /** Something to react to: a record, or the end of the link. */
    private record Event(NodeRecord record, String lost) {}

    /** How it ended, for the person and the exit status; {@code orphaned} if there is nobody left who leads. */
    private record End(int exitStatus, String message, boolean orphaned) {
        End(int exitStatus, String message) {
            this(exitStatus, message, false);
        }

        End withStateIn(Path folder) {
            String where = VersionFolder.newest(folder)
                    .map(version -> "; the newest durable version is in " + version)
                    .orElse("; no durable version is in " + folder);
            return new End(exitStatus, message + where, true);
        }
    }

    /**
     * Prepares one node's part.
     *
     * @param request the job, with a cluster of which this is not the leading node
     */
    public NodeRun(JobRequest request) {
        this.request = request;
        this.cluster = request.cluster().orElseThrow();
    }

    /**
     * Runs until the job has ended and nothing of it is left on this node.
     *
     * @return how it ended
     */
    public JobResult run() {
        Path program = CommandPath.resolve(request.command().getFirst(), RankEnvironment.searchPath());
        RuntimeName.check(request.runtime());
        Path execHelper = JobRun.execHelper();
        String token = ClusterToken.get();
        try (Spawner spawner = new Spawner(
                        request,
                        program,
                        execHelper,
                        (member, status) -> tell(new NodeRecord.Ended(member, status)),
                        (member, reason) -> tell(new NodeRecord.NotStarted(member, reason)));
                Interruption interruption = new Interruption()) {
            interruption.onSignal(() -> interrupted = true);
            RankProcesses processes = new RankProcesses(spawner);
            End end = serve(token, processes);
            return new JobResult(
                    end.exitStatus() == 0,
                    end.exitStatus(),
                    end.message(),
                    RuntimeName.of(request.runtime()),
                    Optional.empty(),
                    List.of(),
                    List.of(),
                    Map.of(),
                    List.of());
        }
    }

    private void tell(NodeRecord record) {
        NodeLink open = link;
        if (open != null) {
            open.send(record);
        }
    }

    private End serve(String token, RankProcesses processes) {
        try {
            NodeRecord.Welcome welcome = join(token);
            RankEnvironment environment = new RankEnvironment(
                    request,
                    welcome.token(),
                    Optional.empty(),
                    cluster.host() + ":" + welcome.controlPort(),
                    Path.of(welcome.stateFolder()),
                    welcome.earlier());
            End end = serve(processes, environment);
            return end.orphaned() ? end.withStateIn(Path.of(welcome.stateFolder())) : end;
        } catch (InterruptedException e) {
            return new End(130, "interrupted");
        } finally {
            endAll(processes);
            if (link != null) {
                link.close();
            }
        }
    }

    private static void endAll(RankProcesses processes) {
        try {
            processes.endAll(END_BOUND);
            Leftovers.ofThisAgent().kill();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The leading agent may be started later than this one. */
    private NodeRecord.Welcome join(String token) throws InterruptedException {
        NodeRecord.Enlist hello =
                new NodeRecord.Enlist(NodeRecord.PROTOCOL, token, cluster.nodeRank(), cluster.nodes(), request.ranks());
        long until = System.nanoTime() + JOIN_BOUND.toNanos();
        String why = "nobody listens there";
        while (System.nanoTime() < until && !interrupted) {
            try {
                link = NodeLink.connect(cluster.rendezvous(), hello, new Queueing());
                Event first = events.poll(JOIN_BOUND.toMillis(), TimeUnit.MILLISECONDS);
                switch (first == null ? null : first.record()) {
                    case NodeRecord.Welcome welcome -> {
                        leasedFromNs = System.nanoTime();
                        return welcome;
                    }
                    case NodeRecord.Refused refused -> why = refused.reason();
                    case null, default -> why = "it does not answer as the agent of a job";
                }
                link.close();
                events.clear();
            } catch (IOException e) {
                why = Reason.of(e);
            }
            Thread.sleep(RETRY_MS);
        }
        throw new JobException(
                "node " + cluster.nodeRank() + " could not join the job at " + cluster.host() + ":" + cluster.port()
                        + ": " + (interrupted ? "interrupted" : why),
                null);
    }

    private End serve(RankProcesses processes, RankEnvironment environment) throws InterruptedException {
        while (!interrupted) {
            Event event = events.poll(Lease.RENEW_NS / 4, TimeUnit.NANOSECONDS);
            if (event != null && event.lost() != null) {
                return new End(1, "the leading agent " + event.lost() + "; this node's ranks were ended", true);
            }
            if (event != null && event.record() instanceof NodeRecord.JobEnded end) {
                return new End(end.exitStatus(), end.message());
            }
            if (event != null) {
                carryOut(event.record(), processes, environment);
            }
            if (!renew()) {
                return new End(
                        1,
                        "this node could not renew its lease for " + Lease.LENGTH_NS / 1_000_000
                                + " ms; its ranks were ended",
                        true);
            }
        }
        return new End(130, "interrupted");
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

    private final class Queueing implements NodeLink.Listener {
        @Override
        public void received(NodeRecord record) {
            events.add(new Event(record, null));
        }

        @Override
        public void lost(String reason) {
            events.add(new Event(null, reason));
        }
    }
}
