/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.launcher.agent;

import dev.convoy.bindings.NativeResources;
import dev.convoy.fault.control.ControlServer;
import dev.convoy.fault.control.CoordinatorDirectory.Location;
import dev.convoy.fault.control.NodeRecord;
import dev.convoy.fault.detect.SecondOpinion;
import dev.convoy.fault.protocol.Coordinator;
import dev.convoy.fault.protocol.Decision;
import dev.convoy.fault.protocol.FaultSpec;
import dev.convoy.fault.protocol.JobOutcome;
import dev.convoy.fault.protocol.JobSpec;
import dev.convoy.fault.protocol.MemberId;
import dev.convoy.fault.protocol.Version;
import dev.convoy.launcher.Cluster;
import dev.convoy.launcher.JobException;
import dev.convoy.launcher.JobListener;
import dev.convoy.launcher.JobRequest;
import dev.convoy.launcher.JobResult;
import dev.convoy.launcher.UsageException;
import dev.convoy.launcher.ras.RasOpinion;
import dev.convoy.launcher.report.ConvoyVersion;
import dev.convoy.launcher.report.Report;
import dev.convoy.launcher.report.ReportFile;
import dev.convoy.launcher.watch.JobWatch;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicReference;

/** One job from its request to its result: opens what it needs, runs the agent, and leaves nothing behind. */
public final class JobRun {
    private static final Duration END_BOUND = Duration.ofSeconds(10);
    private static final int TOKEN_BYTES = 32;

    private final JobRequest request;
    private final JobListener listener;
    /** Of several threads. */
    private final Queue<String> warnings = new ConcurrentLinkedQueue<>();

    /** What broke the agent, to be thrown once everything is tidied up. */
    private RuntimeException defect;

    private final AtomicReference<Throwable> listenerFailure = new AtomicReference<>();

    /**
     * Prepares a job.
     *
     * @param request what to run
     * @param listener told of what happens
     */
    public JobRun(JobRequest request, JobListener listener) {
        this.request = request;
        this.listener = listener;
    }

    /**
     * Runs the job until it has ended and all that belongs to it is gone.
     *
     * @return how it ended
     */
    public JobResult run() {
        Path program = CommandPath.resolve(request.command().getFirst(), RankEnvironment.searchPath());
        request.reportFile().ifPresent(ReportFile::check);
        RuntimeName.check(request.runtime());
        Path execHelper = execHelper();
        // The rendezvous comes first: an address that cannot be had must not cost a started rank.
        try (Interruption interruption = new Interruption();
                Rendezvous rendezvous = Rendezvous.open(request);
                LocalRanks local = new LocalRanks(request, program, execHelper)) {
            return lead(new Leading(
                    rendezvous, local, interruption, Mandate.SOLE, Optional.empty(), Optional.empty(), newToken()));
        }
    }

    /**
     * Leads the job until it has ended and all that belongs to it is gone, or until another agent may lead.
     *
     * @param leading with what
     * @return how it ended
     */
    JobResult lead(Leading leading) {
        Optional<ReportFile> report = request.reportFile().map(ReportFile::check);
        Optional<Path> flightFolder = request.watching().flightRecorder().map(JobRun::created);
        Optional<EarlierState> earlier = earlier(leading);
        String token = leading.token();
        Rendezvous rendezvous = leading.rendezvous();
        try (ControlServer server = openServer(leading, token);
                Telling telling = new Telling(listener, failure -> listenerFailed(failure, rendezvous.events()));
                JobWatch watch = JobWatch.open(
                        request, RuntimeName.of(request.runtime()), telling, flightFolder, warnings::add)) {
            leading.inherited()
                    .ifPresent(inherited -> telling.announced(
                            Decision.Announce.Kind.WARNING,
                            "node " + leading.node(request) + " leads the job now, after node "
                                    + inherited.formerNode()));
            // Last, for it alone would be left behind if something before it failed.
            DurableStore store = durableStore(leading, earlier);
            String resumeFrom = earlier.map(state -> state.folder().toString()).orElse("");
            RankEnvironment environment =
                    new RankEnvironment(request, token, leading.superior(server.port()), store.folder(), resumeFrom);
            RankProcesses processes = leading.local().processes();
            DurableWriter durable = new DurableWriter(store, warnings::add);
            Coordinator coordinator = leading.coordinator(specification(store.folder(), earlier), store.newestOwn());
            OpinionDesk opinions = new OpinionDesk(secondOpinion(), rendezvous.events(), processes);
            Hosts hosts = new Hosts(processes, environment, rendezvous.others(), leading.node(request));
            Agent agent = new Agent(
                    request,
                    watch,
                    leading.mandate(),
                    coordinator,
                    rendezvous.events(),
                    hosts,
                    server,
                    durable,
                    opinions);
            leading.takeOver(request, hosts);
            rendezvous.letIn(
                    new NodeRecord.Welcome(
                            server.port(), token, store.folder().toString(), resumeFrom, rendezvous.certificate()),
                    leading.mandate());
            leading.local().tell(rendezvous.rankEvents());
            leading.directory()
                    .ifPresent(directory -> directory.announce(new Location(
                            leading.mandate().term(), rendezvous.host(), server.port(), rendezvous.certificate())));
            leading.interruption().onSignal(agent::interrupt);
            JobOutcome outcome = runAgent(agent, leading, token);
            if (outcome == Agent.DEPOSED || !concluded(leading.mandate(), outcome)) {
                rendezvous.abandon();
                return deposed();
            }
            JobResult result = result(outcome, coordinator, durable, watch, store);
            rendezvous.end(result);
            if (report.isPresent()) {
                write(report.get(), result, agent, earlier.map(EarlierState::version));
            }
            writePage(watch, result);
            telling.finish();
            if (defect != null) {
                throw new JobException(result.message(), defect);
            }
            if (listenerFailure.get() != null) {
                throw unchecked(listenerFailure.get());
            }
            return result;
        }
    }

    /** Ends the job, or makes {@link #lead} throw if it is over. */
    private void listenerFailed(Throwable failure, EventQueue events) {
        listenerFailure.set(failure);
        events.post(now -> {
            throw unchecked(failure);
        });
    }

    private static RuntimeException unchecked(Throwable failure) {
        if (failure instanceof Error error) {
            throw error;
        }
        return (RuntimeException) failure;
    }

    private static boolean concluded(Mandate mandate, JobOutcome outcome) {
        try {
            return mandate.conclude(outcome.exitStatus(), outcome.message());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Neither the report nor the state on disk are this agent's any more. */
    private JobResult deposed() {
        return new JobResult(
                false,
                Agent.DEPOSED.exitStatus(),
                Agent.DEPOSED.message(),
                RuntimeName.of(request.runtime()),
                Optional.empty(),
                List.of(),
                List.of(),
                Map.of(),
                List.copyOf(warnings));
    }

    private Optional<EarlierState> earlier(Leading leading) {
        return leading.inherited().isPresent()
                ? leading.inherited().get().earlier()
                : request.stateDir().flatMap(this::earlier);
    }

    private DurableStore durableStore(Leading leading, Optional<EarlierState> earlier) {
        return leading.inherited()
                .map(inherited -> DurableStore.inherit(inherited.stateFolder(), earlier))
                .orElseGet(() -> DurableStore.create(
                        request.stateDir().orElseGet(StateFolder::ofUser), AbandonedState.newJobId(), earlier));
    }

    // A folder that the person named is one job's; in the user's own, all jobs have theirs.
    private Optional<EarlierState> earlier(Path stateDir) {
        Optional<EarlierState> found = EarlierState.find(stateDir, warnings::add);
        found.ifPresent(state -> listener.announced(Decision.Announce.Kind.CONTINUED, state.toString()));
        return found;
    }

    /** Whatever breaks the agent, its ranks end before this returns. */
    private JobOutcome runAgent(Agent agent, Leading leading, String token) {
        try {
            return agent.run();
        } catch (InterruptedException e) {
            return new JobOutcome(false, 130, "interrupted", null);
        } catch (RuntimeException e) {
            defect = e;
            return new JobOutcome(false, 1, "the agent failed and ended the job's ranks: " + e, null);
        } finally {
            endAll(leading, token);
        }
    }

    private void endAll(Leading leading, String token) {
        try {
            for (MemberId member : leading.local().processes().endAll(END_BOUND)) {
                warnings.add(member + " was killed but had not ended " + END_BOUND.toSeconds() + " s later");
            }
            // Ranks of other nodes may run on this machine, too, and be another leader's by now.
            Leftovers leftovers = leading.mandate() == Mandate.SOLE ? Leftovers.ofJob(token) : Leftovers.ofThisAgent();
            leftovers.kill();
        } catch (InterruptedException e) {
            // The ranks have their SIGKILL; whoever interrupts twice does not want to wait for them.
            Thread.currentThread().interrupt();
        }
    }

    private JobResult result(
            JobOutcome outcome, Coordinator coordinator, DurableWriter durable, JobWatch watch, DurableStore store) {
        String message = outcome.message() + finishDurable(outcome.success(), durable);
        // What explains a failure stays with what it left.
        Map<Long, String> diagnoses = watch.finish(outcome.success() ? Optional.empty() : store.newest());
        warnings.addAll(unfired(coordinator));
        warnings.forEach(warning -> watch.announced(Decision.Announce.Kind.WARNING, warning));
        List<String> all = new ArrayList<>(coordinator.warnings());
        all.addAll(warnings);
        if (!outcome.success()) {
            all.add("the job failed: " + message);
        }
        return new JobResult(
                outcome.success(),
                outcome.exitStatus(),
                message,
                RuntimeName.of(request.runtime()),
                Optional.ofNullable(outcome.summary()),
                coordinator.incidents(),
                coordinator.changes(),
                diagnoses,
                all);
    }

    /** Returns what to add to the final message. */
    private String finishDurable(boolean success, DurableWriter durable) {
        try {
            return durable.finish(success).map(kept -> "; " + kept).orElse("");
        } catch (IOException e) {
            warnings.add("the state folder was not tidied: " + Reason.of(e));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return "";
    }

    private List<String> unfired(Coordinator coordinator) {
        List<String> fired = coordinator.firedFaults();
        return request.faults().stream()
                .map(FaultSpec::format)
                .filter(fault -> !fired.contains(fault))
                .map(fault -> "fault " + fault + " did not fire: the job was over before it could")
                .toList();
    }

    private static Path created(Path folder) {
        try {
            return Files.createDirectories(folder);
        } catch (IOException e) {
            throw new UsageException("--flight-recorder " + folder + ": cannot be created (" + Reason.of(e) + ")", e);
        }
    }

    private static void writePage(JobWatch watch, JobResult result) {
        try {
            watch.ended(result);
        } catch (IOException e) {
            throw new JobException("the page was not written: " + Reason.of(e), e);
        }
    }

    private void write(ReportFile file, JobResult result, Agent agent, Optional<Version> continuedFrom) {
        try {
            file.write(new Report(
                    ConvoyVersion.get(), request, result, agent.worldSize(), agent.memories(), continuedFrom));
        } catch (IOException e) {
            throw new JobException("the report was not written: " + Reason.of(e), e);
        }
    }

    private JobSpec specification(Path stateFolder, Optional<EarlierState> earlier) {
        return new JobSpec(
                        request.ranks(),
                        request.policy(),
                        request.minRanks(),
                        request.maxRecoveries(),
                        request.deadline().toNanos(),
                        JobSpec.START_BOUND_NS,
                        stateFolder.toString())
                .withInitialStep(earlier.map(state -> state.version().step()).orElse(0L))
                .withSpares(request.spares())
                .withStragglers(request.stragglers())
                .withNodes(request.cluster().map(Cluster::nodes).orElse(1));
    }

    private ControlServer openServer(Leading leading, String token) {
        String host = leading.rendezvous().host();
        RankEvents heard = leading.rendezvous().rankEvents();
        try {
            InetAddress address = InetAddress.getByName(host);
            long term = leading.mandate().term();
            return leading.rendezvous().tls().isPresent()
                    ? ControlServer.open(
                            address,
                            token,
                            term,
                            heard,
                            leading.rendezvous().tls().get())
                    : ControlServer.open(address, token, term, heard);
        } catch (IOException e) {
            throw new JobException("cannot listen on " + host + ": " + Reason.of(e), e);
        }
    }

    /** Only NCCL itself has a RAS service. */
    private Optional<SecondOpinion> secondOpinion() {
        return RuntimeName.of(request.runtime()).equals("cuda") ? RasOpinion.of(System.getenv()) : Optional.empty();
    }

    static Path execHelper() {
        try {
            return NativeResources.executable("convoy-exec");
        } catch (UncheckedIOException e) {
            throw new JobException(e.getMessage(), e);
        }
    }

    static String newToken() {
        byte[] random = new byte[TOKEN_BYTES];
        new SecureRandom().nextBytes(random);
        return HexFormat.of().formatHex(random);
    }
}
