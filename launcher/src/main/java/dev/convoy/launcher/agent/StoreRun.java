/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.launcher.agent;

import dev.convoy.fault.control.ControlTls;
import dev.convoy.fault.control.CoordinatorDirectory;
import dev.convoy.fault.control.CoordinatorDirectory.Location;
import dev.convoy.fault.control.NodeRecord;
import dev.convoy.fault.protocol.CoordinatorRecord;
import dev.convoy.fault.store.StoreException;
import dev.convoy.launcher.Cluster;
import dev.convoy.launcher.JobException;
import dev.convoy.launcher.JobListener;
import dev.convoy.launcher.JobRequest;
import dev.convoy.launcher.JobResult;
import dev.convoy.launcher.report.ReportFile;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * One node's part in a job whose agents agree in a store on who leads. Node 0 begins; the others serve whoever leads,
 * and when that agent is lost they keep their ranks for a while, and one of them takes over.
 */
public final class StoreRun {
    private static final Duration JOIN_BOUND = Duration.ofSeconds(60);
    private static final Duration ANSWER_BOUND = Duration.ofSeconds(2);
    private static final long RETRY_MS = 100;

    private final JobRequest request;
    private final JobListener listener;
    private final Cluster cluster;
    private volatile boolean interrupted;

    /** What this agent knows of the job that it has a part in; all null before it has one. */
    private SharedJob.Leader leader;

    private NodeRecord.Welcome welcome;
    private CoordinatorDirectory directory;
    private String ownHost;

    /**
     * Prepares one node's part.
     *
     * @param request the job, with a cluster that has a store
     * @param listener told of what happens while this agent leads
     */
    public StoreRun(JobRequest request, JobListener listener) {
        this.request = request;
        this.listener = listener;
        this.cluster = request.cluster().orElseThrow();
    }

    /**
     * Runs until the job has ended, or this node's part in it, and nothing of it is left on this node.
     *
     * @return how it ended
     */
    public JobResult run() {
        Path program = CommandPath.resolve(request.command().getFirst(), RankEnvironment.searchPath());
        request.reportFile().ifPresent(ReportFile::check);
        RuntimeName.check(request.runtime());
        Path execHelper = JobRun.execHelper();
        String secret = ClusterToken.get();
        try (Interruption interruption = new Interruption();
                SharedJob job = SharedJob.open(cluster, secret);
                LocalRanks local = new LocalRanks(request, program, execHelper)) {
            interruption.onSignal(() -> interrupted = true);
            try {
                return run(job, local, interruption, secret);
            } finally {
                local.end();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return NodeEnd.interrupted().toResult(request);
        } finally {
            if (directory != null) {
                directory.close();
            }
        }
    }

    private JobResult run(SharedJob job, LocalRanks local, Interruption interruption, String secret)
            throws InterruptedException {
        if (cluster.leads()) {
            Optional<JobResult> led = begin(job, local, interruption);
            if (led.isPresent()) {
                return led.get();
            }
        }
        NodeService service = join(job, secret);
        while (true) {
            NodeService.End end = serve(service, local);
            local.tellNobody();
            switch (end) {
                case NodeService.JobEnded over -> {
                    local.end();
                    service.close();
                    return new NodeEnd(over.exitStatus(), over.message()).toResult(request);
                }
                case NodeService.Interrupted _ -> {
                    local.end();
                    service.close();
                    return NodeEnd.interrupted().toResult(request);
                }
                case NodeService.LeaderLost lost -> {
                    service.cut();
                    long untilNs = service.leasedFromNs() + Lease.LENGTH_NS + Lease.TAKEOVER_NS;
                    Runnable kill = local.processes().killer();
                    try (Reprieve reprieve = new Reprieve(untilNs, kill);
                            Succession succession = new Succession(job, secret, untilNs, reprieve)) {
                        Optional<JobResult> result = succession.decide(lost, local, interruption);
                        if (result.isPresent()) {
                            return result.get();
                        }
                        service = succession.service;
                    }
                }
            }
        }
    }

    /** Node 0's beginning; empty if somebody else leads already: then this agent has been started once more. */
    private Optional<JobResult> begin(SharedJob job, LocalRanks local, Interruption interruption)
            throws InterruptedException {
        try {
            awaitEndOfFormer(job);
            if (job.leader().isPresent()) {
                return Optional.empty();
            }
            String name = JobRun.newToken();
            try (Rendezvous rendezvous = Rendezvous.open(request)) {
                Optional<Mandate> won = job.campaign(new LeaderCard(name, 0, rendezvous.host(), rendezvous.port()));
                if (won.isEmpty()) {
                    return refusedByStranger(job);
                }
                return Optional.of(begin(won.get(), rendezvous, local, interruption));
            }
        } catch (StoreException e) {
            throw new JobException(e.getMessage(), e);
        }
    }

    private JobResult begin(Mandate mandate, Rendezvous rendezvous, LocalRanks local, Interruption interruption) {
        try {
            String token = JobRun.newToken();
            directory = openDirectory(token);
            return new JobRun(request, listener)
                    .lead(new Leading(
                            rendezvous, local, interruption, mandate, Optional.empty(), Optional.of(directory), token));
        } finally {
            // However it ended: nobody shall have to wait for the lease.
            mandate.resign();
        }
    }

    private Optional<JobResult> refusedByStranger(SharedJob job) throws StoreException, InterruptedException {
        if (job.leader().isPresent()) {
            return Optional.empty();
        }
        throw new JobException(
                "the store has a leader of this job that does not know its secret; remove it there, or use another "
                        + "rendezvous",
                null);
    }

    /** What is there may be a job that is between two leaders; it has as long as its nodes have. */
    private void awaitEndOfFormer(SharedJob job) throws StoreException, InterruptedException {
        long until = System.nanoTime() + Lease.fencedNs(true);
        while (job.isUnfinished() && job.leader().isEmpty() && System.nanoTime() < until && !interrupted) {
            Thread.sleep(RETRY_MS);
        }
    }

    private static CoordinatorDirectory openDirectory(String token) {
        try {
            return CoordinatorDirectory.open(token);
        } catch (IOException e) {
            throw new JobException("cannot listen on loopback: " + Reason.of(e), e);
        }
    }

    private NodeRecord.Enlist hello(String secret) {
        return new NodeRecord.Enlist(NodeRecord.PROTOCOL, secret, cluster.nodeRank(), cluster.nodes(), request.ranks());
    }

    /** The job may begin later than this agent. */
    private NodeService join(SharedJob job, String secret) throws InterruptedException {
        long until = System.nanoTime() + JOIN_BOUND.toNanos();
        String why = "nobody leads it";
        while (System.nanoTime() < until && !interrupted) {
            try {
                Optional<SharedJob.Leader> found = job.leader();
                if (found.isPresent()) {
                    return join(found.get(), secret, JOIN_BOUND);
                }
            } catch (RefusedException e) {
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
                "node " + cluster.nodeRank() + " could not join the job of " + cluster.host() + ":" + cluster.port()
                        + " in " + cluster.store().orElseThrow() + ": " + why,
                null);
    }

    private NodeService join(SharedJob.Leader found, String secret, Duration bound)
            throws IOException, InterruptedException {
        InetSocketAddress address =
                new InetSocketAddress(found.card().host(), found.card().port());
        Optional<ControlTls> tls = request.tls() ? Optional.of(ControlTls.ofHolders(secret)) : Optional.empty();
        NodeService service = NodeService.join(address, hello(secret), tls, bound, () -> interrupted);
        leader = found;
        welcome = service.welcome();
        if (directory == null) {
            directory = openDirectory(welcome.token());
        }
        if (ownHost == null) {
            ownHost = cluster.address().orElseGet(service::localHost);
        }
        directory.announce(
                new Location(found.term(), found.card().host(), welcome.controlPort(), welcome.certificate()));
        return service;
    }

    private NodeService.End serve(NodeService service, LocalRanks local) throws InterruptedException {
        service.present(local.processes());
        local.tell(service);
        RankEnvironment environment = new RankEnvironment(
                request,
                welcome.token(),
                new RankEnvironment.Superior(
                        leader.card().host(),
                        welcome.controlPort(),
                        leader.term(),
                        welcome.certificate(),
                        Optional.of(directory)),
                Path.of(welcome.stateFolder()),
                welcome.earlier());
        return service.serve(local.processes(), environment, () -> interrupted);
    }

    /** Nobody leads, and this node still has its ranks: finds out who is next, and whether it is this agent. */
    private final class Succession implements AutoCloseable {
        private final SharedJob job;
        private final String secret;
        private final long untilNs;
        private final Reprieve reprieve;
        private final String name = leader.card().job();
        /** Open before anybody is elected, so that whoever is can be found. */
        private Rendezvous rendezvous;

        private NodeService service;

        Succession(SharedJob job, String secret, long untilNs, Reprieve reprieve) {
            this.job = job;
            this.secret = secret;
            this.untilNs = untilNs;
            this.reprieve = reprieve;
        }

        /** The job's result, or this node's; empty if {@link #service} goes on. */
        Optional<JobResult> decide(NodeService.LeaderLost lost, LocalRanks local, Interruption interruption)
                throws InterruptedException {
            String why = "nobody took over";
            while (System.nanoTime() - untilNs < 0) {
                if (interrupted) {
                    return Optional.of(NodeEnd.interrupted().toResult(request));
                }
                try {
                    Optional<JobResult> result = lookOnce(local, interruption);
                    if (result.isPresent() || service != null) {
                        return result;
                    }
                } catch (IOException e) {
                    why = Reason.of(e);
                }
                Thread.sleep(RETRY_MS);
            }
            local.end();
            Path folder = Path.of(welcome.stateFolder());
            return Optional.of(NodeEnd.orphaned(
                            lost.reason() + ", and " + why + " within "
                                    + TimeUnit.NANOSECONDS.toSeconds(Lease.TAKEOVER_NS) + " s",
                            folder)
                    .toResult(request));
        }

        private Optional<JobResult> lookOnce(LocalRanks local, Interruption interruption)
                throws IOException, InterruptedException {
            Optional<SharedJob.Epitaph> epitaph = job.epitaph(name);
            if (epitaph.isPresent()) {
                return Optional.of(
                        new NodeEnd(epitaph.get().exitStatus(), epitaph.get().message()).toResult(request));
            }
            Optional<SharedJob.Leader> found = job.leader();
            if (found.isEmpty()) {
                return campaign(local, interruption);
            }
            if (!found.get().card().job().equals(name)) {
                return Optional.of(
                        new NodeEnd(1, "another job has begun at this rendezvous; this node's ranks were ended")
                                .toResult(request));
            }
            if (found.get().term() > leader.term()) {
                NodeService joined = join(found.get(), secret, ANSWER_BOUND);
                if (reprieve.lift()) {
                    service = joined;
                } else {
                    joined.cut();
                }
            }
            return Optional.empty();
        }

        private Optional<JobResult> campaign(LocalRanks local, Interruption interruption)
                throws StoreException, InterruptedException {
            if (rendezvous == null) {
                rendezvous = Rendezvous.open(request, ownHost);
            }
            Optional<Mandate> won =
                    job.campaign(new LeaderCard(name, cluster.nodeRank(), rendezvous.host(), rendezvous.port()));
            if (won.isEmpty()) {
                return Optional.empty();
            }
            try {
                return takeOver(won.get(), local, interruption);
            } finally {
                // However it ended: nobody shall have to wait for the lease.
                won.get().resign();
            }
        }

        /** Empty if this node's ranks have not lived to see it. */
        private Optional<JobResult> takeOver(Mandate mandate, LocalRanks local, Interruption interruption)
                throws StoreException, InterruptedException {
            Inherited inherited = inherit();
            if (!reprieve.lift()) {
                return Optional.empty();
            }
            return Optional.of(new JobRun(request, listener)
                    .lead(new Leading(
                            rendezvous,
                            local,
                            interruption,
                            mandate,
                            Optional.of(inherited),
                            Optional.of(directory),
                            welcome.token())));
        }

        /** Without it nothing can be taken over. */
        private Inherited inherit() throws StoreException, InterruptedException {
            CoordinatorRecord record = job.lastRecord(name)
                    .orElseThrow(() -> new StoreException("the former leader left nothing to go on with", null));
            return new Inherited(record, welcome, leader.card().node());
        }

        @Override
        public void close() {
            if (rendezvous != null) {
                rendezvous.close();
            }
        }
    }
}
