/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.protocol;

import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Decides everything about a job's group: who is in it, when an epoch ends and the next begins, what is restored, when
 * the job is over. A pure state machine: events in, decisions out; no thread, clock, socket or native call.
 *
 * <p>Used by one thread. Call {@link #start} first, then {@link #on} for every event in the order in which they
 * happened, and carry out the decisions in the order given. Ticks must keep coming, every 5–10 ms, until
 * {@link Decision.End}: a gap of more than 300 ms between events counts as the coordinator's own absence, in which
 * nobody is blamed for silence.
 */
public final class Coordinator {
    /**
     * How long after a takeover members may take to come back: the lease of a former leader that cannot be reached, the
     * time in which a node may look for the new one, and a margin.
     */
    public static final long RETURN_BOUND_NS = 10_000_000_000L;

    private static final int CANNOT_START = 127;

    private final Job job;
    private final CoordinatorRecord inheritance;

    /**
     * A coordinator for one job.
     *
     * @param spec what to do
     */
    public Coordinator(JobSpec spec) {
        this(spec, null);
    }

    private Coordinator(JobSpec spec, CoordinatorRecord inheritance) {
        job = new Job(spec);
        this.inheritance = inheritance;
    }

    /**
     * A coordinator that another one can follow: its decisions come with a {@link Decision.Record} where a successor
     * must know of them.
     *
     * @param spec what to do
     * @return the coordinator
     */
    public static Coordinator recorded(JobSpec spec) {
        Coordinator coordinator = new Coordinator(spec);
        coordinator.job.keepRecord();
        return coordinator;
    }

    /**
     * A coordinator that goes on with a job whose former one was lost. {@link #start} takes it up: nothing is started,
     * and the members of the last epoch are awaited for {@link #RETURN_BOUND_NS}. If all come back and work in that
     * epoch, none of them is stopped.
     *
     * <p>Each process in the record owes an event sooner or later: {@link CoordinatorEvent.Connected} followed by
     * {@link RankMessage.Standing} when it comes back; {@link CoordinatorEvent.Exited} if it has ended, or was never
     * started; {@link CoordinatorEvent.NodeLost} if its node cannot be reached, such as that of the former coordinator.
     *
     * @param spec what to do, the same as before
     * @param record what the former coordinator put on record last
     * @return a coordinator that is {@linkplain #recorded recorded} itself
     */
    public static Coordinator inherit(JobSpec spec, CoordinatorRecord record) {
        Coordinator coordinator = new Coordinator(spec, Objects.requireNonNull(record, "record"));
        coordinator.job.keepRecord();
        return coordinator;
    }

    /**
     * Starts the job.
     *
     * @param nowNs CLOCK_MONOTONIC nanoseconds
     * @return a {@link Decision.Spawn} for every launch rank, or what taking over begins with
     */
    public List<Decision> start(long nowNs) {
        if (job.phase() != null) {
            throw new IllegalStateException("the job has been started");
        }
        job.clock.advance(nowNs);
        if (inheritance != null) {
            job.inherit(inheritance);
            return job.takeDecisions();
        }
        job.become(new Joining(job));
        for (int launchRank = 0; launchRank < job.spec.ranks(); launchRank++) {
            job.spawn(new MemberId(launchRank, 0));
        }
        return job.takeDecisions();
    }

    /**
     * Takes an event.
     *
     * @param event what happened
     * @return what to do about it, in order; empty after {@link Decision.End}
     */
    public List<Decision> on(CoordinatorEvent event) {
        if (job.phase() == null) {
            throw new IllegalStateException("start the job first");
        }
        job.clock.advance(event.nowNs());
        if (!(job.phase() instanceof Ended)) {
            dispatch(event);
        }
        return job.takeDecisions();
    }

    private void dispatch(CoordinatorEvent event) {
        switch (event) {
            case CoordinatorEvent.Connected e -> connected(e);
            case CoordinatorEvent.Received e -> received(e);
            case CoordinatorEvent.Disconnected e -> disconnected(e);
            case CoordinatorEvent.Exited e -> exited(e);
            case CoordinatorEvent.Fenced e -> fenced(e);
            case CoordinatorEvent.SpawnFailed e -> spawnFailed(e);
            case CoordinatorEvent.NodeJoined e -> job.nodes.joined(e.node());
            case CoordinatorEvent.NodeLost e -> nodeLost(e);
            case CoordinatorEvent.ProcState e -> procState(e);
            case CoordinatorEvent.OpinionAsked _ -> job.phase().opinionAsked();
            case CoordinatorEvent.OpinionGiven e -> opinion(e);
            case CoordinatorEvent.Tick _ -> {
                job.fenceOverdue();
                job.reserve.tick();
                job.phase().tick();
            }
        }
    }

    private void connected(CoordinatorEvent.Connected event) {
        MemberStatus status = job.members.find(event.member());
        if (status != null && status.hasDeparted() && job.isInherited()) {
            // It is told that it may go when it has said what it waits for.
            return;
        }
        if (status == null || status.isExcluded() || status.isConnected()) {
            String reason = event.member() + " is not, or no longer, a member of this job";
            job.decide(new Decision.Send(event.member(), new CoordinatorMessage.Rejected(reason)));
            return;
        }
        status.connect(job.clock.timerNs());
        if (!job.isInherited()) {
            welcome(status);
        }
    }

    private void welcome(MemberStatus status) {
        if (status.isReserve()) {
            job.reserve.connected(status);
        } else {
            job.reserve.introduce(status);
            job.phase().connected(status);
        }
    }

    /** A former coordinator's numbers are used up, whether or not it had come to publish them. */
    private void standing(MemberStatus status, RankMessage.Standing standing) {
        if (job.isInherited() && status.standing() == null) {
            status.stand(standing);
            boolean answered = job.phase() instanceof Revoking && standing.revoked() > job.epochs.current();
            job.epochs.heardOf(Math.max(standing.started(), standing.revoked()));
            welcome(status);
            if (answered && !status.isReserve()) {
                // A newcomer that nobody waited for: what it is told now it takes for what it has answered already.
                lose(status, Incident.Cause.EXIT, "was to join an epoch of the former coordinator", 0);
            }
        }
    }

    private void received(CoordinatorEvent.Received event) {
        MemberStatus status = job.members.find(event.member());
        if (status == null) {
            return;
        }
        // Even an excluded rank's word counts for these: the fault has been used up, the part lies on disk.
        switch (event.message()) {
            case RankMessage.FaultFired fired -> faultFired(status, fired);
            case RankMessage.DurablePart part -> job.durable.part(status.id(), part);
            case RankMessage.Standing standing
            when status.hasDeparted() && job.isInherited() ->
                // Whoever let it go may not have come to tell it.
                job.send(status, new CoordinatorMessage.Dismissed(standing.revoked()));
            default -> {}
        }
        if (!status.isExcluded() && status.isConnected()) {
            status.heard(job.clock.timerNs());
            receivedFromCurrent(status, event.message());
        }
    }

    private void receivedFromCurrent(MemberStatus status, RankMessage message) {
        switch (message) {
            case RankMessage.Standing standing -> standing(status, standing);
            case RankMessage.Heartbeat heartbeat -> status.heartbeat(heartbeat, job.clock.timerNs());
            case RankMessage.Warning warning -> job.warn(status + ": " + warning.text());
            case RankMessage.Repaired repaired -> repaired(status, repaired);
            case RankMessage.Vetoed vetoed -> job.vetoes.told(vetoed);
            case RankMessage.Failing failing
            when status.isReserve() -> job.reserve.lost(status, "failed: " + failing.description());
            case RankMessage.Failing failing -> failing(status, failing);
            case RankMessage.Leaving _ -> job.changes.leave(status);
            case RankMessage other when status.isReserve() -> {
                // It has no part in any epoch.
            }
            default -> job.phase().received(status, message);
        }
    }

    private void faultFired(MemberStatus status, RankMessage.FaultFired fired) {
        if (job.faults.record(status.launchRank(), fired.spec(), job.clock.stamp(fired.atNs()))) {
            job.send(status, new CoordinatorMessage.FaultRecorded(fired.spec()));
        }
    }

    private void repaired(MemberStatus status, RankMessage.Repaired repaired) {
        int worldSize = job.epochs.members(repaired.epoch()).size();
        if (worldSize > 0) {
            job.incidents.repaired(status.launchRank(), repaired, job.clock, worldSize);
            job.warn(status + ": memory was damaged: " + repaired.what());
        }
    }

    private void failing(MemberStatus status, RankMessage.Failing failing) {
        lose(status, Incident.Cause.ERROR, "failed: " + failing.description(), Loss.GRACE_NS);
    }

    private void disconnected(CoordinatorEvent.Disconnected event) {
        MemberStatus status = job.members.find(event.member());
        if (status == null || !status.isConnected()) {
            return;
        }
        status.disconnect();
        if (status.isReserve()) {
            job.reserve.lost(status, "closed its connection");
        } else if (job.members.departing().contains(status)) {
            // Let go or not, it is going: without its connection it cannot acknowledge.
            job.members.exclude(status, job.clock.timerNs() + Loss.GRACE_NS);
        } else if (!status.isExcluded() && !job.phase().disconnected(status)) {
            lose(status, Incident.Cause.EXIT, "closed its connection", Loss.GRACE_NS);
        }
    }

    private void exited(CoordinatorEvent.Exited event) {
        MemberStatus status = job.members.find(event.member());
        if (status == null || status.hasExited()) {
            return;
        }
        boolean departing = job.members.departing().contains(status);
        status.exit(event.how(), event.status());
        if (status.isReserve()) {
            job.reserve.lost(status, event.how());
        } else if (status.hasDeparted()) {
            return;
        } else if (departing) {
            job.phase().gone();
        } else if (status.isExcluded()) {
            excludedExited(status, event.how());
        } else if (!job.phase().exited(status, event.how(), event.clean())) {
            lose(status, Incident.Cause.EXIT, event.how(), 0);
        }
    }

    private void excludedExited(MemberStatus status, String how) {
        if (job.phase() instanceof FormationFailed failed) {
            failed.end(status, how);
        } else {
            job.phase().gone();
        }
    }

    private void lose(MemberStatus status, Incident.Cause cause, String how, long graceNs) {
        long now = job.clock.nowNs();
        job.lose(List.of(new Loss(status, cause, Incident.DetectedBy.AGENT, now, how, graceNs)));
    }

    /** All that ran there is lost at once: one incident. */
    private void nodeLost(CoordinatorEvent.NodeLost event) {
        job.nodes.lost(event.node());
        String how = "was lost with node " + event.node() + ", which " + event.how();
        job.reserve.all().stream()
                .filter(status -> status.node() == event.node())
                .forEach(status -> job.reserve.lost(status, how));
        job.members.departing().stream()
                .filter(status -> status.node() == event.node())
                .forEach(status -> job.members.exclude(status, job.clock.timerNs()));
        List<Loss> losses = job.members.current().stream()
                .filter(status -> status.node() == event.node())
                .map(status ->
                        new Loss(status, Incident.Cause.EXIT, Incident.DetectedBy.AGENT, job.clock.nowNs(), how, 0))
                .toList();
        if (!losses.isEmpty()) {
            job.lose(losses);
        }
    }

    private void fenced(CoordinatorEvent.Fenced event) {
        MemberStatus status = job.members.find(event.member());
        if (status != null && status.isExcluded()) {
            status.fence();
            job.phase().gone();
        }
    }

    private void spawnFailed(CoordinatorEvent.SpawnFailed event) {
        String how = "could not be started: " + event.reason();
        MemberStatus waiting = job.reserve.starting(event.launchRank());
        MemberStatus status = waiting == null ? job.members.starting(event.launchRank()) : waiting;
        if (status == null) {
            return;
        }
        status.exit(how, CANNOT_START);
        if (status.isReserve()) {
            job.reserve.lost(status, how);
        } else if (job.phase() instanceof Joining) {
            job.fail(status + " " + how);
        } else {
            lose(status, Incident.Cause.EXIT, how, 0);
        }
    }

    private void procState(CoordinatorEvent.ProcState event) {
        MemberStatus status = job.members.find(event.member());
        if (status != null) {
            status.state(event.state());
        }
    }

    private void opinion(CoordinatorEvent.OpinionGiven event) {
        job.phase()
                .opinion(
                        event.suspects().stream()
                                .map(job.members::find)
                                .filter(Objects::nonNull)
                                .toList(),
                        event.text());
    }

    /**
     * Incidents so far.
     *
     * @return a copy, oldest first
     */
    public List<Incident> incidents() {
        return job.incidents.history();
    }

    /**
     * Changes of the membership so far for which nobody was lost.
     *
     * @return a copy, oldest first
     */
    public List<MembershipChange> changes() {
        return job.changes.history();
    }

    /**
     * Warnings so far.
     *
     * @return a copy, oldest first
     */
    public List<String> warnings() {
        return job.warnings();
    }

    /**
     * Faults that have been injected; a replacement must not get them again.
     *
     * @return specifications as {@link FaultSpec#format} writes them
     */
    public List<String> firedFaults() {
        return job.faults.specs();
    }

    /**
     * Newest version of which every part is on disk.
     *
     * @return empty if there is none
     */
    public Optional<Version> lastDurable() {
        return job.durable.last();
    }

    /**
     * The epoch published last.
     *
     * @return its number, 0 before the first
     */
    public long epoch() {
        return job.epochs.current();
    }

    /**
     * Members of the epoch published last.
     *
     * @return in rank order; empty before the first
     */
    public List<MemberId> members() {
        return job.epochs.members(job.epochs.current());
    }
}
