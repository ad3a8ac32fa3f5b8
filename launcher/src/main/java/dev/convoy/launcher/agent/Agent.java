/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.launcher.agent;

import dev.convoy.fault.control.ControlServer;
import dev.convoy.fault.protocol.Coordinator;
import dev.convoy.fault.protocol.CoordinatorEvent;
import dev.convoy.fault.protocol.CoordinatorMessage;
import dev.convoy.fault.protocol.CoordinatorRecord;
import dev.convoy.fault.protocol.Decision;
import dev.convoy.fault.protocol.FaultSpec;
import dev.convoy.fault.protocol.JobOutcome;
import dev.convoy.fault.protocol.MemberId;
import dev.convoy.fault.protocol.RankMessage;
import dev.convoy.launcher.JobListener;
import dev.convoy.launcher.JobRequest;
import dev.convoy.launcher.report.SnapshotMemories;
import dev.convoy.launcher.watch.JobWatch;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;

/**
 * The event loop around the coordinator: tells it what happened, carries out what it decides, in that order. The thread
 * that calls {@link #run} is the event thread; all of this belongs to it but {@link #interrupt}.
 */
final class Agent {
    private static final long PULSE_NS = 500_000_000;

    private final Coordinator coordinator;
    private final EventQueue events;
    private final Hosts hosts;
    private final Mandate mandate;
    private final ControlServer server;
    private final DurableWriter durable;
    private final OpinionDesk opinions;
    private final List<FaultSpec> faults;
    private final JobWatch watch;
    /** Events that carrying out a decision brought about. */
    private final Deque<CoordinatorEvent> consequences = new ArrayDeque<>();

    private final SnapshotMemories memories = new SnapshotMemories();
    private final boolean pulses;
    private long pulsedNs = Long.MIN_VALUE / 2;
    private long publishedEpoch;
    private int worldSize;
    /** What a successor must know it does not: nothing may follow. */
    private boolean unrecorded;

    private JobOutcome outcome;
    private volatile boolean interrupted;

    private final News news = new News();

    /** Ends this agent and not the job. */
    static final JobOutcome DEPOSED = new JobOutcome(
            false,
            1,
            "this agent could not renew its leadership in the store, or write to it, and another one may lead; "
                    + "its ranks were ended",
            null);

    Agent(
            JobRequest request,
            JobWatch watch,
            Mandate mandate,
            Coordinator coordinator,
            EventQueue events,
            Hosts hosts,
            ControlServer server,
            DurableWriter durable,
            OpinionDesk opinions) {
        this.faults = request.faults();
        this.pulses = request.cluster().isPresent();
        this.watch = watch;
        this.mandate = mandate;
        this.coordinator = coordinator;
        this.events = events;
        this.hosts = hosts;
        this.server = server;
        this.durable = durable;
        this.opinions = opinions;
    }

    /** Runs the job until the coordinator ends it, or {@link #interrupt}. */
    JobOutcome run() throws InterruptedException {
        List<Decision> beginning = coordinator.start(events.now());
        publishedEpoch = coordinator.epoch();
        worldSize = coordinator.members().size();
        if (publishedEpoch > 0) {
            // A former leader's: what is lost now is explained by who was in it.
            watch.epochStarted(publishedEpoch, coordinator.members());
        }
        carryOut(beginning);
        Rehearsal.play(events.now());
        while (outcome == null && !interrupted && !isDeposed()) {
            handle(events.take());
            hosts.tick();
            pulse();
            while (!consequences.isEmpty()) {
                handle(consequences.poll());
            }
            news.tell(events.now());
        }
        news.tellAll();
        if (isDeposed()) {
            return DEPOSED;
        }
        return outcome != null ? outcome : new JobOutcome(false, 130, "interrupted", null);
    }

    /** Ranks that can be orphaned bear no silence for longer than a lease. */
    private void pulse() {
        if (pulses && events.now() - pulsedNs > PULSE_NS && !isDeposed()) {
            pulsedNs = events.now();
            server.pulse();
        }
    }

    private boolean isDeposed() {
        return unrecorded || mandate.isLost();
    }

    /** Ends the job soon; callable from any thread. */
    void interrupt() {
        interrupted = true;
    }

    /** What the ranks have said of their snapshots. */
    SnapshotMemories memories() {
        return memories;
    }

    /** Ranks of the last epoch that was published; 0 if none was. */
    int worldSize() {
        return worldSize;
    }

    private void handle(CoordinatorEvent event) {
        if (event instanceof CoordinatorEvent.Connected connected) {
            hosts.connected(connected.member(), connected.pid());
        }
        carryOut(coordinator.on(event));
        watch.seen(event);
        memories.seen(event);
    }

    /** In their order, but what only a person reads comes last. */
    private void carryOut(List<Decision> decisions) {
        for (Decision decision : decisions) {
            if (!isNews(decision)) {
                // Looked at each time: this process may have been stopped for a while anywhere.
                if (isDeposed()) {
                    return;
                }
                carryOut(decision);
            }
        }
        long now = events.now();
        decisions.stream().filter(Agent::isNews).forEach(decision -> news.add(now, () -> carryOut(decision)));
    }

    private static boolean isNews(Decision decision) {
        return switch (decision) {
            case Decision.Announce _, Decision.ProgressMade _, Decision.IncidentUpdated _, Decision.ChangeUpdated _ ->
                true;
            case Decision.Record _,
                    Decision.Send _,
                    Decision.Fence _,
                    Decision.Spawn _,
                    Decision.Promote _,
                    Decision.CommitDurable _,
                    Decision.End _ -> false;
        };
    }

    private void carryOut(Decision decision) {
        switch (decision) {
            case Decision.Record(CoordinatorRecord record) -> keep(record);
            case Decision.Send(MemberId member, CoordinatorMessage message) -> send(member, message);
            case Decision.Fence(MemberId member) -> fence(member);
            case Decision.Spawn(MemberId member, int node) -> hosts.spawn(member, node, remaining());
            case Decision.Promote(MemberId spare, MemberId place) -> {
                server.rename(spare, place);
                hosts.rename(spare, place);
                watch.promoted(spare, place);
            }
            case Decision.CommitDurable commit -> durable.commit(commit);
            case Decision.Announce(Decision.Announce.Kind kind, String text) -> watch.announced(kind, text);
            case Decision.ProgressMade(RankMessage.Progress progress) -> watch.progress(progressOf(progress));
            case Decision.IncidentUpdated updated -> watch.incident(updated.incident());
            case Decision.ChangeUpdated updated -> watch.changed(updated.change());
            case Decision.End end -> outcome = end.outcome();
        }
    }

    private void keep(CoordinatorRecord record) {
        try {
            // Ranks hear from this agent as long as it leads, however slow the store is.
            unrecorded = !mandate.keep(record, this::pulse);
        } catch (InterruptedException e) {
            unrecorded = true;
            Thread.currentThread().interrupt();
        }
    }

    private void send(MemberId member, CoordinatorMessage message) {
        server.send(member, message);
        switch (message) {
            case CoordinatorMessage.EpochStart start
            when start.epoch() > publishedEpoch -> {
                publishedEpoch = start.epoch();
                worldSize = start.members().size();
                news.add(events.now(), () -> watch.epochStarted(start.epoch(), start.members()));
            }
            // Asked at the same moment as the rank itself: one that is stopped cannot answer, and this says why.
            case CoordinatorMessage.Probe probe -> {
                OptionalInt letter = hosts.state(member);
                if (letter.isPresent()) {
                    consequences.add(new CoordinatorEvent.ProcState(events.now(), member, (char) letter.getAsInt()));
                }
                if (opinions.ask(probe.epoch())) {
                    consequences.add(new CoordinatorEvent.OpinionAsked(events.now()));
                }
            }
            default -> {}
        }
    }

    private void fence(MemberId member) {
        switch (hosts.kill(member)) {
            case DONE -> consequences.add(new CoordinatorEvent.Fenced(events.now(), member));
            // Nobody there can kill it, but it may hear this; the epoch waits for the lease anyhow.
            case OUT_OF_REACH -> server.send(member, new CoordinatorMessage.Stop(1, "its node is lost"));
            case ASKED -> {
                // The node answers.
            }
        }
    }

    private List<FaultSpec> remaining() {
        Set<String> fired = Set.copyOf(coordinator.firedFaults());
        return faults.stream().filter(fault -> !fired.contains(fault.format())).toList();
    }

    private static JobListener.Progress progressOf(RankMessage.Progress progress) {
        return new JobListener.Progress(
                progress.epoch(), progress.step(), progress.loss(), progress.samplesPerSecond(), progress.worldSize());
    }
}
