/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.protocol;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * Another coordinator was lost and this one takes over: the members of the last epoch come back and say where they are.
 * If all of them work in that epoch they go on and nobody is stopped. Otherwise the next epoch is formed as after any
 * loss, once everybody has been heard or is lost: only then is it known which numbers have been used up.
 */
final class Inheriting extends Phase {
    private static final int MOST_RECORDS = 10_000;

    private final long epoch;
    /** Members of the epoch that are on record; some may be missing already. */
    private final List<MemberStatus> members;

    private final Set<MemberStatus> memberSet;
    private final Set<MemberStatus> back = new HashSet<>();
    private final List<Loss> losses = new ArrayList<>();
    /** What the members repeat, or have to say meanwhile, for the phase that follows. */
    private final List<Said> said = new ArrayList<>();

    private long dueNs;

    private record Said(MemberStatus by, RankMessage what) {}

    Inheriting(Job job, long epoch, List<MemberStatus> members) {
        super(job);
        this.epoch = epoch;
        this.members = members;
        memberSet = Set.copyOf(members);
    }

    @Override
    void enter() {
        dueNs = job.clock.timerNs() + Coordinator.RETURN_BOUND_NS;
        job.fenceOverdue();
        goOnOnceAllAreKnown();
    }

    /** It has said where it stands. */
    @Override
    void connected(MemberStatus status) {
        if (memberSet.contains(status)) {
            back.add(status);
            goOnOnceAllAreKnown();
        }
    }

    @Override
    void received(MemberStatus status, RankMessage message) {
        learn(message);
        if (message instanceof RankMessage.Suspect suspect && suspect.epoch() == epoch) {
            List<Loss> dead = PeerDeaths.in(job, status, suspect).stream()
                    .filter(loss -> !back.contains(loss.member()))
                    .toList();
            if (!dead.isEmpty()) {
                job.lose(dead);
                return;
            }
        }
        if (said.size() < MOST_RECORDS) {
            said.add(new Said(status, message));
        }
    }

    /** Whatever follows, these facts hold. */
    private void learn(RankMessage message) {
        boolean stepped = switch (message) {
            case RankMessage.Restored m
            when m.epoch() == epoch -> {
                job.epochs.formed();
                yield false;
            }
            case RankMessage.Diverged m
            when m.epoch() == epoch -> {
                job.epochs.refuse(new Version(m.epoch(), m.step()));
                yield true;
            }
            case RankMessage.Resumed m -> m.epoch() == epoch;
            case RankMessage.Completed m -> m.epoch() == epoch;
            default -> false;
        };
        if (stepped) {
            job.epochs.stepped();
        }
    }

    @Override
    void lost(List<Loss> lost) {
        // Of a newcomer it is none: the epoch that it was to join has not begun.
        lost.stream().filter(loss -> memberSet.contains(loss.member())).forEach(losses::add);
        goOnOnceAllAreKnown();
    }

    @Override
    void tick() {
        if (job.clock.timerNs() > dueNs) {
            List<Loss> missing = awaited().stream()
                    .map(status -> new Loss(
                            status,
                            Incident.Cause.EXIT,
                            Incident.DetectedBy.AGENT,
                            job.clock.nowNs(),
                            "did not come back to the new coordinator",
                            0))
                    .toList();
            job.lose(missing);
        }
    }

    private List<MemberStatus> awaited() {
        return members.stream()
                .filter(status -> !status.isExcluded() && !back.contains(status))
                .toList();
    }

    private void goOnOnceAllAreKnown() {
        // Everybody's return comes here: the sizes say at once that it is not the last.
        boolean perhapsAll = back.size() + losses.size() >= members.size();
        if (!perhapsAll || !awaited().isEmpty()) {
            return;
        }
        boolean complete =
                losses.isEmpty() && members.size() == job.epochs.members(epoch).size();
        if (complete && members.stream().allMatch(this::works)) {
            adopt();
        } else {
            formAnother();
        }
    }

    /** It has the epoch's start and no word of a newer one; it may have a complaint. */
    private boolean works(MemberStatus status) {
        RankMessage.Standing standing = status.standing();
        return standing.started() == epoch && standing.revoked() <= epoch;
    }

    private void adopt() {
        // Newcomers were to join in an epoch that nobody has begun: that is decided anew.
        job.members.current().stream()
                .filter(status -> !memberSet.contains(status))
                .forEach(status -> job.members.exclude(status, job.clock.timerNs()));
        job.fenceOverdue();
        job.announce(
                Decision.Announce.Kind.RECOVERED,
                "all " + members.size() + " members of epoch " + epoch + " go on; none was stopped");
        job.become(new Active(job, epoch, members, !job.epochs.isFormed(), chronicle()));
        for (Said each : said) {
            if (!each.by().isExcluded()) {
                job.phase().received(each.by(), each.what());
            }
        }
    }

    private Chronicle chronicle() {
        ChangeRecord change = job.changes.openFor(epoch);
        if (change != null) {
            return new Chronicle.OfChange(job, change);
        }
        Incident open = job.incidents.openFor(epoch);
        // One of a later epoch was overtaken: nobody has heard of that epoch.
        if (open != null && open.epoch() == epoch) {
            return new Chronicle.OfIncident(job);
        }
        return job.epochs.isFormed() ? new Chronicle.Told() : new Chronicle.OfFormation(job);
    }

    private void formAnother() {
        rememberDivergence();
        Detection evidence = evidence();
        Loss failure =
                losses.stream().filter(Loss::isProgramFailure).findFirst().orElse(null);
        if (failure != null && !job.epochs.isFormed()) {
            job.become(FormationFailed.by(job, failure));
        } else if (evidence != null) {
            job.recover(evidence, losses);
        } else if (!job.epochs.isFormed()) {
            job.become(Revoking.forFormation(job, job.epochs.next(), "another coordinator has taken over"));
        } else {
            job.changes.goOn("another coordinator has taken over");
        }
    }

    private void rememberDivergence() {
        for (Said each : said) {
            if (each.what() instanceof RankMessage.Diverged found && found.epoch() == epoch) {
                job.divergences.remember(found);
                return;
            }
        }
    }

    /** Of whatever the former coordinator would have recovered from, or did; null if it was nothing. */
    private Detection evidence() {
        if (!losses.isEmpty()) {
            return Detection.of(losses.getFirst());
        }
        Incident open = job.incidents.openFor(epoch);
        if (open != null) {
            return new Detection(open.cause(), open.detectedBy(), job.clock.nowNs());
        }
        if (members.size() < job.epochs.members(epoch).size()) {
            return new Detection(Incident.Cause.EXIT, Incident.DetectedBy.AGENT, job.clock.nowNs());
        }
        return said.stream()
                .map(Said::what)
                .map(this::evidence)
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(null);
    }

    private Detection evidence(RankMessage said) {
        return switch (said) {
            case RankMessage.Suspect m when m.epoch() == epoch -> Detection.of(job, m);
            case RankMessage.Diverged m
            when m.epoch() == epoch ->
                new Detection(Incident.Cause.CORRUPTION, Incident.DetectedBy.CHECKSUM, job.clock.stamp(m.atNs()));
            default -> null;
        };
    }
}
