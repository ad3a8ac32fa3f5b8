/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.protocol;

import dev.convoy.fault.protocol.EpochProgress.Stage;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Round two and after: a published epoch is rebuilt and restored, then works until something fails or all is done. */
final class Active extends Phase {
    // Peers' own deadlines come first: they know more than a missing heartbeat.
    private static final long HEARTBEAT_MARGIN_NS = 1_000_000_000L;
    private static final String CANNOT_BE_FORMED = "the group could not be formed: ";

    private final long epoch;
    private final boolean first;
    private final Chronicle chronicle;
    private final EpochProgress progress;
    private final Paces paces;
    private Boundary boundary;
    private long stageSinceNs;
    private HangDiagnosis diagnosis;
    private String complaint;
    // Nobody was heard earlier than this. Most ticks need no look at anybody else.
    private long earliestHeardNs = Long.MIN_VALUE;

    Active(Job job, long epoch, List<MemberStatus> members, boolean first, Chronicle chronicle) {
        super(job);
        this.epoch = epoch;
        this.first = first;
        this.chronicle = chronicle;
        progress = new EpochProgress(members);
        paces = new Paces(job.stragglers, progress.members());
    }

    @Override
    void enter() {
        stageSinceNs = job.clock.timerNs();
        for (MemberStatus status : progress.members()) {
            status.enter(epoch, stageSinceNs);
        }
    }

    @Override
    void received(MemberStatus status, RankMessage message) {
        switch (message) {
            case RankMessage.Rebuilt m when m.epoch() == epoch -> reached(Stage.REBUILT, status, m.atNs());
            case RankMessage.Restored m when m.epoch() == epoch -> reached(Stage.RESTORED, status, m.atNs());
            case RankMessage.Resumed m when m.epoch() == epoch -> resumed(status, m.atNs());
            case RankMessage.Completed m when m.epoch() == epoch -> completed(status);
            case RankMessage.Suspect m when m.epoch() == epoch -> suspected(status, m);
            case RankMessage.Diverged m when m.epoch() == epoch && isFormed() -> job.divergences.found(m);
            case RankMessage.GivesUp m when m.epoch() == epoch && isFormed() -> givesUp(m);
            case RankMessage.Probed m when m.epoch() == epoch -> probed(status, m);
            case RankMessage.Quiesced m when m.epoch() == epoch -> quiesced(status, m);
            case RankMessage.Pace m
            when m.epoch() == epoch && job.stragglers.areWatched() ->
                paces.report(status, m.ownNs(), job.clock.timerNs());
            case RankMessage.Progress m when m.epoch() == epoch -> report(status, m);
            default -> {
                // Speaks of another epoch: refused.
            }
        }
    }

    private void reached(Stage stage, MemberStatus status, long atNs) {
        boolean last = progress.reach(stage, status, job.clock.stamp(atNs));
        if (stage == Stage.RESTORED) {
            // One is enough: records of a rank that is lost right after may overtake those of the others.
            job.epochs.formed();
        }
        if (!last) {
            return;
        }
        stageSinceNs = job.clock.timerNs();
        long lastNs = progress.lastNs(stage);
        switch (stage) {
            case REBUILT -> chronicle.rebuilt(lastNs);
            case RESTORED -> chronicle.restored(lastNs, progress.members().size());
            case RESUMED -> {
                chronicle.resumed(lastNs);
                progress.members().forEach(job.reserve::succeeded);
            }
            case COMPLETED -> throw new IllegalStateException("completion is no stage of an epoch's forming");
        }
    }

    /** The membership shall change: everybody stops at the same step boundary. */
    private void changeIfDue() {
        boolean steady =
                progress.allReached(Stage.RESUMED) && diagnosis == null && !progress.anyReached(Stage.COMPLETED);
        if (!steady) {
            return;
        }
        job.reserve.replenish();
        if (boundary == null && !job.changes.plan().isEmpty()) {
            boundary = new Boundary(progress.members(), job.clock.nowNs());
            for (MemberStatus status : progress.members()) {
                job.send(status, new CoordinatorMessage.Quiesce(epoch));
            }
        }
    }

    private void quiesced(MemberStatus status, RankMessage.Quiesced message) {
        if (boundary == null) {
            // A former coordinator asked for it.
            boundary = new Boundary(progress.members(), job.clock.nowNs());
        }
        if (boundary.reached(status, job.clock.stamp(message.atNs()), job.clock.timerNs())) {
            job.changes.begin(boundary.askedNs(), boundary.stoppedNs());
        }
    }

    private void watchBoundary() {
        if (boundary != null && boundary.isOverdue(job.clock.timerNs(), job.spec.deadlineNs())) {
            diagnose(
                    new Detection(Incident.Cause.HANG, Incident.DetectedBy.DEADLINE, job.clock.nowNs()),
                    "waited at a step boundary for " + names(boundary.missing()));
        }
    }

    private void resumed(MemberStatus status, long atNs) {
        job.epochs.stepped();
        reached(Stage.RESUMED, status, atNs);
    }

    private void completed(MemberStatus status) {
        job.epochs.stepped();
        // Restored to the end: there is no step left whose completion could be reported.
        reached(Stage.RESUMED, status, job.clock.nowNs());
        if (progress.reach(Stage.COMPLETED, status, job.clock.nowNs())) {
            job.become(new Releasing(job, epoch, progress.members()));
        }
    }

    private void report(MemberStatus status, RankMessage.Progress report) {
        if (status == progress.members().getFirst()) {
            job.decide(new Decision.ProgressMade(report));
        }
    }

    private void suspected(MemberStatus reporter, RankMessage.Suspect suspect) {
        Detection detection = Detection.of(job, suspect);
        List<Loss> losses = PeerDeaths.in(job, reporter, suspect);
        if (!losses.isEmpty()) {
            job.lose(losses);
        } else if (suspect.evidence() == Evidence.DEADLINE) {
            diagnose(detection, reporter + " reports " + suspect.detail());
            diagnosis.gaveUpIn(suspect.enqueued());
        } else if (isFormed()) {
            job.recover(first(detection), losses);
        } else {
            String text = CANNOT_BE_FORMED + reporter + " reports " + suspect.detail();
            job.become(new FormationFailed(job, text, suspect.evidence() != Evidence.PEER_DEATH));
        }
    }

    private void givesUp(RankMessage.GivesUp message) {
        Detection detection =
                new Detection(Incident.Cause.ERROR, Incident.DetectedBy.ASYNC_ERROR, job.clock.stamp(message.atNs()));
        String names = job.epochs.names(epoch, message.communicatorRanks());
        job.giveUp(detection, (names + " " + message.what()).strip());
    }

    private void diagnose(Detection evidence, String text) {
        if (diagnosis == null) {
            complaint = text;
            diagnosis = new HangDiagnosis(evidence, progress.members(), job.clock.timerNs());
            askEverybody();
        }
    }

    private void askEverybody() {
        for (MemberStatus status : progress.members()) {
            job.send(status, new CoordinatorMessage.Probe(epoch));
        }
    }

    private void probed(MemberStatus status, RankMessage.Probed reply) {
        if (diagnosis != null) {
            status.at(reply.epoch(), reply.step(), reply.enqueued());
            diagnosis.reply(status);
            concludeWhenDue();
        }
    }

    @Override
    void opinionAsked() {
        if (diagnosis != null) {
            diagnosis.expectOpinion();
        }
    }

    @Override
    void opinion(List<MemberStatus> suspects, String text) {
        if (diagnosis != null) {
            job.warn(text);
            diagnosis.opinion(suspects);
            concludeWhenDue();
        }
    }

    private void concludeWhenDue() {
        if (diagnosis != null && diagnosis.asksAgain(job.clock.timerNs())) {
            askEverybody();
        }
        if (diagnosis == null || !diagnosis.isDue(job.clock.timerNs())) {
            return;
        }
        long now = job.clock.timerNs();
        if (diagnosis.isUnfounded() || diagnosis.hasMoved()) {
            diagnosis = null;
            stageSinceNs = now;
        } else if (diagnosis.mustLookAgain(now)) {
            diagnosis.lookAgain(now);
        } else {
            conclude(now);
        }
    }

    private void conclude(long now) {
        Detection evidence = diagnosis.evidence();
        // Before the group has formed a rank may be behind because its data are larger: only silence is evidence.
        List<MemberStatus> culprits = isFormed() ? diagnosis.culprits(now) : diagnosis.silent(now);
        List<Loss> losses = culprits.stream()
                .map(status -> new Loss(
                        status,
                        Incident.Cause.HANG,
                        evidence.detectedBy(),
                        evidence.atNs(),
                        diagnosis.why(status, now),
                        0))
                .toList();
        if (!losses.isEmpty()) {
            job.lose(losses);
        } else if (isFormed()) {
            job.recover(evidence, losses);
        } else {
            job.become(new FormationFailed(job, CANNOT_BE_FORMED + complaint, true));
        }
    }

    @Override
    void lost(List<Loss> losses) {
        Optional<Loss> failure = losses.stream().filter(Loss::isProgramFailure).findFirst();
        if (isFormed() || failure.isEmpty()) {
            job.recover(first(Detection.of(losses.getFirst())), losses);
        } else {
            job.become(FormationFailed.by(job, failure.get()));
        }
    }

    /** A deadline that passed before the loss was seen was the first evidence of it. */
    private Detection first(Detection detection) {
        return diagnosis == null
                ? detection
                : new Detection(
                        detection.cause(),
                        diagnosis.evidence().detectedBy(),
                        diagnosis.evidence().atNs());
    }

    @Override
    boolean exited(MemberStatus status, String how, boolean clean) {
        boolean ends = !isFormed() && (clean || status.endedInFailure());
        if (ends) {
            job.fail(status + " " + how + " before the group was formed");
        }
        return ends;
    }

    private boolean isFormed() {
        return job.epochs.isFormed();
    }

    @Override
    void tick() {
        watchBounds();
        watchBoundary();
        if (job.phase() == this) {
            watchHeartbeats();
            concludeWhenDue();
        }
        if (job.phase() == this) {
            changeIfDue();
        }
    }

    private void watchBounds() {
        boolean rebuilding = !progress.allReached(Stage.REBUILT);
        // A program restores when it comes to run(), and what it does before is its own affair.
        boolean restoring = isFormed() && !rebuilding && !progress.allReached(Stage.RESTORED);
        long boundNs = first ? job.spec.startBoundNs() : job.spec.deadlineNs();
        if ((rebuilding || restoring) && job.clock.timerNs() - stageSinceNs > boundNs) {
            Stage stage = rebuilding ? Stage.REBUILT : Stage.RESTORED;
            diagnose(
                    new Detection(Incident.Cause.HANG, Incident.DetectedBy.DEADLINE, job.clock.nowNs()),
                    "waited for " + names(progress.missing(stage)));
        }
    }

    private static String names(List<MemberStatus> members) {
        return members.stream().map(MemberStatus::toString).collect(Collectors.joining(", "));
    }

    private void watchHeartbeats() {
        long now = job.clock.timerNs();
        // A starting program loads its data and its classes; a working one has no such excuse.
        long boundNs = isFormed() ? job.spec.deadlineNs() + HEARTBEAT_MARGIN_NS : job.spec.startBoundNs();
        if (earliestHeardNs != Long.MIN_VALUE && now - earliestHeardNs <= boundNs) {
            return;
        }
        long longestNs = progress.members().stream()
                .mapToLong(status -> status.silentForNs(now))
                .max()
                .orElse(0);
        earliestHeardNs = now - longestNs;
        List<MemberStatus> silent = progress.members().stream()
                .filter(status -> status.silentForNs(now) > boundNs)
                .toList();
        if (!silent.isEmpty()) {
            diagnose(
                    new Detection(Incident.Cause.HANG, Incident.DetectedBy.HEARTBEAT, job.clock.nowNs()),
                    "no sign of life from " + names(silent));
        }
    }
}
