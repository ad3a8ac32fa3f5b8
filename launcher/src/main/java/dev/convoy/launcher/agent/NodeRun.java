/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.launcher.agent;

import dev.convoy.fault.control.ControlTls;
import dev.convoy.fault.control.ImpostorException;
import dev.convoy.fault.control.NodeRecord;
import dev.convoy.launcher.Cluster;
import dev.convoy.launcher.JobException;
import dev.convoy.launcher.JobRequest;
import dev.convoy.launcher.JobResult;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * One node's part in a job that node 0 leads to its end: starts, watches and kills the ranks of this machine as it is
 * told, and kills them unasked when it cannot renew its lease any more.
 */
public final class NodeRun {
    private static final Duration JOIN_BOUND = Duration.ofSeconds(60);
    private static final long RETRY_MS = 100;

    private final JobRequest request;
    private final Cluster cluster;
    private volatile boolean interrupted;

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
        try (Interruption interruption = new Interruption();
                LocalRanks local = new LocalRanks(request, program, execHelper)) {
            interruption.onSignal(() -> interrupted = true);
            return serve(token, local).toResult(request);
        }
    }

    private NodeEnd serve(String token, LocalRanks local) {
        NodeService service = null;
        try {
            service = join(token);
            local.tell(service);
            NodeRecord.Welcome welcome = service.welcome();
            Path stateFolder = Path.of(welcome.stateFolder());
            RankEnvironment environment = new RankEnvironment(
                    request,
                    welcome.token(),
                    new RankEnvironment.Superior(
                            cluster.host(), welcome.controlPort(), 0, welcome.certificate(), Optional.empty()),
                    stateFolder,
                    welcome.earlier());
            return switch (service.serve(local.processes(), environment, () -> interrupted)) {
                case NodeService.JobEnded end -> new NodeEnd(end.exitStatus(), end.message());
                case NodeService.LeaderLost end -> NodeEnd.orphaned(end.reason(), stateFolder);
                case NodeService.Interrupted _ -> NodeEnd.interrupted();
            };
        } catch (InterruptedException e) {
            return NodeEnd.interrupted();
        } finally {
            local.end();
            if (service != null) {
                service.close();
            }
        }
    }

    /** The leading agent may be started later than this one. */
    private NodeService join(String token) throws InterruptedException {
        NodeRecord.Enlist hello =
                new NodeRecord.Enlist(NodeRecord.PROTOCOL, token, cluster.nodeRank(), cluster.nodes(), request.ranks());
        Optional<ControlTls> tls = request.tls() ? Optional.of(ControlTls.ofHolders(token)) : Optional.empty();
        long until = System.nanoTime() + JOIN_BOUND.toNanos();
        String why = "nobody listens there";
        while (System.nanoTime() < until && !interrupted) {
            try {
                return NodeService.join(cluster.rendezvous(), hello, tls, JOIN_BOUND, () -> interrupted);
            } catch (ImpostorException | RefusedException e) {
                // Another secret, another person, another agent of this node: none passes by waiting.
                throw notJoined(e.getMessage());
            } catch (IOException e) {
                why = Reason.of(e);
            }
            Thread.sleep(RETRY_MS);
        }
        throw notJoined(interrupted ? "interrupted" : why);
    }

    private JobException notJoined(String why) {
        return new JobException(
                "node " + cluster.nodeRank() + " could not join the job at " + cluster.host() + ":" + cluster.port()
                        + ": " + why,
                null);
    }
}
