/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.protocol;

import java.util.ArrayList;
import java.util.List;

/** What all phases share: the state of the job and the decisions being taken. */
final class Job {
    private static final int MAX_WARNINGS = 200;

    final JobSpec spec;
    final DetectorClock clock = new DetectorClock();
    final Members members = new Members();
    final Epochs epochs = new Epochs();
    final FiredFaults faults = new FiredFaults();
    final Incidents incidents;
    final DurableLedger durable;
    final Nodes nodes;
    final Reserve reserve = new Reserve(this);
    final Changes changes = new Changes(this);
    final Stragglers stragglers = new Stragglers(this);
    final Vetoes vetoes = new Vetoes(this);
    final Divergences divergences = new Divergences(this);
    private final List<String> warnings = new ArrayList<>();
    // Null where nobody could ever take over.
    private Recorder recorder;
    private boolean inherited;
    private RunSummary summary;
    private List<Decision> decisions = new ArrayList<>();
    private Phase phase;

    Job(JobSpec spec) {
        this.spec = spec;
        nodes = new Nodes(spec);
        incidents = new Incidents(spec.policy(), faults, this::decide);
        durable = new DurableLedger(epochs, this::decide);
    }

    Phase phase() {
        return phase;
    }

    void become(Phase next) {
        phase = next;
        next.enter();
    }

    void decide(Decision decision) {
        decisions.add(decision);
    }

    List<Decision> takeDecisions() {
        if (decisions.isEmpty() && (recorder == null || !recorder.isDue())) {
            return List.of();
        }
        List<Decision> taken = List.copyOf(recorder == null ? decisions : recorder.inFront(decisions));
        decisions = new ArrayList<>();
        return taken;
    }

    /** From now on a record for a successor goes before whatever depends on it. */
    void keepRecord() {
        recorder = new Recorder(this);
    }

    /** Takes up what a former coordinator left. */
    void inherit(CoordinatorRecord record) {
        inherited = true;
        new Inheritance(this, record).takeUp();
    }

    /** Ranks may know of another coordinator, and say where they are before anything else. */
    boolean isInherited() {
        return inherited;
    }

    /** The first that says something counts; it is worth keeping. */
    void summary(RunSummary said) {
        if (summary == null && said != null) {
            summary = said;
            worthKeeping();
        }
    }

    /** A successor should know, although nothing that is decided depends on it. */
    void worthKeeping() {
        if (recorder != null) {
            recorder.due();
        }
    }

    RunSummary summary() {
        return summary;
    }

    void inheritWarning(String text) {
        warnings.add(text);
    }

    void send(MemberStatus status, CoordinatorMessage message) {
        decide(new Decision.Send(status.id(), message));
    }

    void announce(Decision.Announce.Kind kind, String text) {
        decide(new Decision.Announce(kind, text));
    }

    void warn(String text) {
        if (warnings.size() < MAX_WARNINGS) {
            warnings.add(text);
            announce(Decision.Announce.Kind.WARNING, text);
        }
    }

    List<String> warnings() {
        return List.copyOf(warnings);
    }

    void spawn(MemberId id) {
        int node = nodes.nodeFor(id.launchRank(), members.current(), clock.timerNs());
        members.add(id, node, clock.timerNs());
        decide(new Decision.Spawn(id, node));
    }

    boolean replaces() {
        return spec.policy() == RecoveryPolicy.REPLACE;
    }

    /** Excludes first and tells the phase once: losses seen together make one incident. */
    void lose(List<Loss> losses) {
        for (Loss loss : losses) {
            nodes.lost(loss, clock.timerNs());
            members.exclude(loss.member(), clock.timerNs() + loss.graceNs());
        }
        // The survivors first: they can abort while the lost are fenced. No epoch begins before that.
        phase.lost(losses);
        if (!(phase instanceof Ended)) {
            fenceOverdue();
        }
    }

    void fenceOverdue() {
        fenceOverdue(members.leaving());
        fenceOverdue(members.departed());
    }

    private void fenceOverdue(List<MemberStatus> some) {
        for (MemberStatus status : some) {
            if (status.mustBeFenced(clock.timerNs())) {
                status.fencing();
                decide(new Decision.Fence(status.id()));
            }
        }
    }

    /** Begins a recovery: a new incident and the next epoch. */
    void recover(Detection first, List<Loss> losses) {
        long epoch = epochs.next();
        incidents.open(epoch, first, losses);
        boolean lastChance = incidents.recoveries() > spec.maxRecoveries();
        announceLoss(losses, epoch);
        String trigger = "the communicator failed (" + first.detectedBy().label() + ")";
        become(Revoking.forRecovery(this, epoch, lastChance, trigger, losses));
    }

    /** Nobody is excluded, although these are to blame; all go back. */
    void rollBack(Detection first, List<MemberStatus> suspects, String text) {
        long epoch = epochs.next();
        incidents.open(epoch, first, List.of());
        incidents.update(incident -> suspects.forEach(status -> incident.suspect(status.launchRank())));
        boolean lastChance = incidents.recoveries() > spec.maxRecoveries();
        announce(Decision.Announce.Kind.LOSS, text + "; all go back to the last snapshot; forming epoch " + epoch);
        become(Revoking.forRecovery(this, epoch, lastChance, text, List.of()));
    }

    /** An incident that ends the job: the members only say what they hold, so that it can be saved. */
    void giveUp(Detection first, String reason) {
        long epoch = epochs.next();
        incidents.open(epoch, first, List.of());
        announce(Decision.Announce.Kind.LOSS, reason + "; the job ends");
        become(Revoking.forTheEnd(this, epoch, reason));
    }

    void announceLoss(List<Loss> losses, long epoch) {
        for (Loss loss : losses) {
            announce(Decision.Announce.Kind.LOSS, loss.sentence() + "; forming epoch " + epoch);
        }
        if (losses.isEmpty()) {
            announce(Decision.Announce.Kind.LOSS, "no rank is to blame; forming epoch " + epoch);
        }
    }

    void succeed(String message, RunSummary summary) {
        fenceAll();
        finish(new JobOutcome(true, 0, message, summary));
    }

    void fail(String message) {
        List<MemberStatus> told = new ArrayList<>(members.connected());
        told.addAll(members.departing());
        for (MemberStatus status : told) {
            send(status, new CoordinatorMessage.Stop(1, message));
        }
        fenceAll();
        finish(new JobOutcome(false, 1, message, null));
    }

    private void finish(JobOutcome outcome) {
        decide(new Decision.End(outcome));
        become(new Ended(this));
    }

    private void fenceAll() {
        List<MemberStatus> alive = new ArrayList<>(members.current());
        alive.addAll(members.leaving());
        alive.addAll(members.departing());
        alive.addAll(members.departed());
        alive.addAll(reserve.all());
        for (MemberStatus status : alive) {
            if (!status.isGone()) {
                decide(new Decision.Fence(status.id()));
            }
        }
    }
}
