/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.protocol;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Round one: every live process aborts and says what it holds; whoever acknowledged is in the next epoch. Ends when all
 * have answered, the excluded are fenced and replacements, where wanted, have joined.
 */
final class Revoking extends Phase {
    private final long epoch;
    private final Chronicle chronicle;
    private final boolean initial;
    // The limit of recoveries is exceeded: this round only finds out what can still be saved.
    private final boolean lastChance;
    private final String trigger;
    // Why the job ends here whatever is left of it; null if it shall go on.
    private final String ending;
    private final List<Loss> losses;
    private final Map<MemberStatus, RankMessage.Aborted> answers = new LinkedHashMap<>();
    private final Map<MemberStatus, Long> due = new LinkedHashMap<>();
    private long enteredNs;
    // In order of preference; a second one so that the loss of the first does not cost another epoch.
    private final List<MemberStatus> idMakers = new ArrayList<>();
    private long abortedNs;

    private Revoking(Job job, long epoch, Chronicle chronicle, boolean lastChance, String trigger, List<Loss> losses) {
        this(job, epoch, chronicle, lastChance, trigger, null, losses);
    }

    private Revoking(
            Job job,
            long epoch,
            Chronicle chronicle,
            boolean lastChance,
            String trigger,
            String ending,
            List<Loss> losses) {
        super(job);
        this.epoch = epoch;
        this.chronicle = chronicle;
        this.initial = chronicle instanceof Chronicle.OfFormation;
        this.lastChance = lastChance;
        this.trigger = trigger;
        this.ending = ending;
        this.losses = new ArrayList<>(losses);
    }

    /** The group forms. */
    static Revoking forFormation(Job job, long epoch, String trigger) {
        return new Revoking(job, epoch, new Chronicle.OfFormation(job), false, trigger, List.of());
    }

    /** Something was lost. */
    static Revoking forRecovery(Job job, long epoch, boolean lastChance, String trigger, List<Loss> losses) {
        return new Revoking(job, epoch, new Chronicle.OfIncident(job), lastChance, trigger, losses);
    }

    /** The job is to end although the group could go on. */
    static Revoking forTheEnd(Job job, long epoch, String reason) {
        return new Revoking(job, epoch, new Chronicle.OfIncident(job), true, reason, reason, List.of());
    }

    /** Nothing was lost: somebody joins or leaves. */
    static Revoking forChange(Job job, long epoch, String trigger, Chronicle.OfChange chronicle) {
        return new Revoking(job, epoch, chronicle, false, trigger, List.of());
    }

    private boolean isChange() {
        return chronicle instanceof Chronicle.OfChange;
    }

    @Override
    void enter() {
        enteredNs = job.clock.timerNs();
        if (!initial && !lastChance && !anyMemberStays()) {
            keepLeavers();
        }
        List<MemberStatus> live = job.members.connected();
        live.stream()
                .filter(status -> initial || status.isMember())
                .limit(initial ? 1 : 2)
                .forEach(idMakers::add);
        long bound = answerBoundNs();
        for (MemberStatus status : live) {
            revoke(status, bound);
        }
        for (MemberStatus status : job.members.departing()) {
            revoke(status, bound);
        }
        proceed();
    }

    /**
     * The program's own thread answers, and it may be in the midst of a step: how long that takes has nothing to do
     * with the deadline of a collective. A survivor is given the longest step that anybody has needed so far, and
     * before there was one, as long as a start.
     */
    private long answerBoundNs() {
        if (!job.epochs.hasStepped()) {
            return Math.max(job.spec.startBoundNs(), job.spec.deadlineNs());
        }
        long longestStepNs = job.members.current().stream()
                .filter(MemberStatus::isMember)
                .mapToLong(status -> status.longestStepNs(job.clock.timerNs()))
                .max()
                .orElse(0);
        return job.spec.deadlineNs() + longestStepNs;
    }

    private void revoke(MemberStatus status, long bound) {
        due.put(status, job.clock.timerNs() + bound);
        job.send(status, new CoordinatorMessage.Revoke(epoch, reason(), idMakers.contains(status)));
    }

    @Override
    void connected(MemberStatus status) {
        revoke(status, job.spec.deadlineNs());
    }

    @Override
    void received(MemberStatus status, RankMessage message) {
        switch (message) {
            case RankMessage.Aborted answer when answer.epoch() == epoch -> answered(status, answer);
            case RankMessage.Suspect suspect when suspect.epoch() == job.epochs.current() -> confirm(status, suspect);
            case RankMessage.Diverged late
            when late.epoch() == job.epochs.current() -> job.epochs.refuse(new Version(late.epoch(), late.step()));
            default -> {
                // Speaks of an epoch that is revoked.
            }
        }
    }

    private void answered(MemberStatus status, RankMessage.Aborted answer) {
        boolean withoutId = idMakers.contains(status) && answer.uniqueId().length == 0;
        // Without the id no communicator can be built; its bound will end a rank that cannot make one.
        if (!withoutId && answers.putIfAbsent(status, answer) == null) {
            // A replacement has nothing to abort; it answers when it has started.
            if (initial || status.isMember()) {
                abortedNs = Math.max(abortedNs, job.clock.stamp(answer.atNs()));
            }
            job.epochs.learnCommitted(answer.committed());
            proceed();
        }
    }

    /** A late report of the revoked epoch may name further dead; whoever has acknowledged since was not. */
    private void confirm(MemberStatus reporter, RankMessage.Suspect suspect) {
        List<Loss> losses = PeerDeaths.in(job, reporter, suspect).stream()
                .filter(loss -> !answers.containsKey(loss.member()))
                .toList();
        if (!isFirst() && !losses.isEmpty()) {
            job.lose(losses);
        }
    }

    @Override
    void lost(List<Loss> losses) {
        if (initial) {
            lostInFormation(losses);
            return;
        }
        if (isChange()) {
            lostInChange(losses);
            return;
        }
        losses.forEach(loss -> idMakers.remove(loss.member()));
        boolean breaksRound =
                idMakers.isEmpty() || losses.stream().anyMatch(loss -> answers.containsKey(loss.member()));
        if (breaksRound && !lastChance && !nobodyIsLeft()) {
            job.recover(Detection.of(losses.getFirst()), losses);
            return;
        }
        this.losses.addAll(losses);
        for (Loss loss : losses) {
            answers.remove(loss.member());
            due.remove(loss.member());
            if (!loss.member().isMember()) {
                job.incidents.countAttempt();
            }
        }
        job.incidents.merge(losses);
        job.announceLoss(losses, epoch);
        proceed();
    }

    /**
     * Whoever started all ranks wants to know that one never came. Where they had an epoch of which a successor could
     * not tell whether all have heard, they form once more, and a loss is as good as it was in that epoch.
     */
    private void lostInFormation(List<Loss> losses) {
        Optional<Loss> failure = losses.stream().filter(Loss::isProgramFailure).findFirst();
        if (isFirst() || failure.isPresent()) {
            job.become(FormationFailed.by(job, failure.orElse(losses.getFirst())));
        } else {
            job.recover(Detection.of(losses.getFirst()), losses);
        }
    }

    private boolean isFirst() {
        return initial && job.epochs.current() == 0;
    }

    /**
     * Of a newcomer alone it is no incident: the others go on without it, in an epoch of its own if it had answered.
     */
    private void lostInChange(List<Loss> losses) {
        if (losses.stream().anyMatch(loss -> loss.member().isMember())) {
            job.recover(Detection.of(losses.getFirst()), losses);
            return;
        }
        for (Loss loss : losses) {
            due.remove(loss.member());
            job.reserve.failed(loss.member());
            job.warn(loss.sentence() + " as it joined; the others go on without it");
        }
        boolean breaksRound = losses.stream().anyMatch(loss -> answers.containsKey(loss.member()));
        long next = breaksRound ? job.epochs.next() : epoch;
        List<Integer> lost =
                losses.stream().map(loss -> loss.member().launchRank()).toList();
        Chronicle.OfChange again = ((Chronicle.OfChange) chronicle).again(next, lost);
        if (breaksRound) {
            job.become(forChange(job, next, trigger, again));
        } else {
            proceed();
        }
    }

    @Override
    void gone() {
        proceed();
    }

    @Override
    boolean exited(MemberStatus status, String how, boolean clean) {
        boolean ends = isFirst() || initial && (clean || status.endedInFailure());
        if (ends) {
            job.fail(status + " " + how + " before the group was formed");
        }
        return ends;
    }

    @Override
    void tick() {
        long now = job.clock.timerNs();
        List<Loss> overdue = new ArrayList<>();
        for (MemberStatus status : job.members.current()) {
            if (!answers.containsKey(status) && isOverdue(status, now)) {
                String how = status.isConnected() ? "did not answer in time" : "did not join in time";
                overdue.add(
                        new Loss(status, Incident.Cause.HANG, Incident.DetectedBy.DEADLINE, job.clock.nowNs(), how, 0));
            }
        }
        for (MemberStatus status : job.members.departing()) {
            if (!answers.containsKey(status) && isOverdue(status, now)) {
                // It wanted to go anyway.
                job.members.exclude(status, now);
            }
        }
        if (!overdue.isEmpty()) {
            job.lose(overdue);
        }
    }

    /** Whoever still sends heartbeats has the whole bound; a silent one has no step to finish. */
    private boolean isOverdue(MemberStatus status, long now) {
        long patienceNs = initial ? job.spec.startBoundNs() : job.spec.deadlineNs();
        boolean silent = status.isConnected() && Math.min(status.silentForNs(now), now - enteredNs) > patienceNs;
        return silent || now > due.getOrDefault(status, status.spawnedNs() + job.spec.startBoundNs());
    }

    /** Replacements alone hold nothing of the job's state. */
    private boolean nobodyIsLeft() {
        return !anyMemberStays() && job.members.departing().isEmpty();
    }

    private boolean anyMemberStays() {
        return job.members.current().stream().anyMatch(MemberStatus::isMember);
    }

    private boolean isLastChance() {
        return lastChance || job.incidents.recoveries() > job.spec.maxRecoveries();
    }

    private void proceed() {
        if (!initial && nobodyIsLeft()) {
            endWhenAllAreGone();
            return;
        }
        if (!initial && !job.epochs.isFormed() && losses.stream().anyMatch(Loss::isProgramFailure)) {
            job.fail(reason() + " before the group was formed");
            return;
        }
        boolean last = isLastChance();
        if (last) {
            readmitLeavers();
        }
        if (!last && !initial && !isChange() && job.spec.policy() != RecoveryPolicy.SHRINK) {
            refill();
        }
        // Everybody's answer comes here: the sizes say at once that it is not the last.
        boolean perhapsAll = last || answers.size() >= job.members.currentCount();
        if (!perhapsAll || !job.members.leaving().isEmpty()) {
            return;
        }
        List<MemberStatus> awaited = last ? job.members.connected() : job.members.current();
        if (answers.keySet().containsAll(awaited)
                && answers.keySet().containsAll(job.members.departing())
                && !awaited.isEmpty()) {
            agree(awaited, last);
        }
    }

    /** The last ones get their grace: they may be printing why. */
    private void endWhenAllAreGone() {
        if (job.members.leaving().isEmpty()) {
            job.fail("every rank was lost (" + reason() + "); no memory holds the state any more");
        }
    }

    /** A process that is not known to be gone still occupies its place. */
    private void refill() {
        for (int launchRank : job.members.vacant()) {
            if (!job.members.isLeaving(launchRank)) {
                refill(launchRank);
            }
        }
    }

    /**
     * Only replacing waits for a process to start; whoever is ready is taken in anyhow, but where the group only
     * shrinks.
     */
    private void refill(int launchRank) {
        MemberStatus newcomer =
                job.replaces() ? job.reserve.enlistAny(launchRank) : job.reserve.enlistReady(launchRank);
        if (newcomer != null && newcomer.isConnected()) {
            revoke(newcomer, job.spec.deadlineNs());
        } else if (newcomer == null && job.replaces()) {
            job.spawn(job.members.successor(launchRank));
        }
    }

    private RestoreChoice choice(List<MemberStatus> holders) {
        List<MemberId> ids = holders.stream().map(MemberStatus::id).toList();
        List<List<Holding>> inventories =
                holders.stream().map(status -> answers.get(status).inventory()).toList();
        return new RestoreChoice(ids, inventories, job.epochs);
    }

    /** Whoever holds what nobody else does has to stay, and its successor, if it has one, must make way. */
    private boolean keepsWhoeverIsNeeded(List<MemberStatus> next) {
        List<MemberStatus> departing = job.members.departing();
        List<MemberStatus> all = new ArrayList<>(next);
        all.addAll(departing);
        Optional<Version> without = choice(next).newestCoverable().map(RestorePlan::version);
        Optional<Version> with = choice(all).newestCoverable().map(RestorePlan::version);
        boolean tooFew = !job.replaces() && next.size() < job.spec.minRanks();
        if (departing.isEmpty() || !tooFew && with.equals(without)) {
            return false;
        }
        keepLeavers();
        return true;
    }

    private void keepLeavers() {
        job.members.departing().forEach(job.changes::refuseFor);
        readmitLeavers();
    }

    /** They may hold what nobody else does; a newcomer in such a place holds nothing yet. */
    private void readmitLeavers() {
        for (MemberStatus status : job.members.departing()) {
            MemberStatus successor = job.members.current(status.launchRank());
            if (successor != null) {
                answers.remove(successor);
                job.members.exclude(successor, job.clock.timerNs());
            }
            job.members.readmit(status);
        }
        job.fenceOverdue();
    }

    private void agree(List<MemberStatus> next, boolean last) {
        if (!last && keepsWhoeverIsNeeded(next)) {
            proceed();
            return;
        }
        chronicle.aborted(abortedNs);
        RestoreChoice choice = choice(next);
        RestorePlan newest = choice.newestCoverable().orElse(null);
        String hopeless = whyGiveUp(next, newest, choice, last);
        if (hopeless != null) {
            Map<MemberId, List<Holding>> held = new LinkedHashMap<>();
            next.forEach(status -> held.put(status.id(), answers.get(status).inventory()));
            job.become(new Persisting(job, held, hopeless));
        } else {
            publish(next, newest == null ? RestorePlan.initial() : newest);
        }
    }

    /** Null if the job can go on. */
    private String whyGiveUp(List<MemberStatus> next, RestorePlan newest, RestoreChoice choice, boolean last) {
        Version committed = job.epochs.committed();
        if (initial) {
            return null;
        }
        if (ending != null) {
            return ending;
        }
        if (last) {
            return "gave up after " + job.spec.maxRecoveries() + " recoveries (--max-recoveries): " + causes();
        }
        if (!isChange() && next.size() < job.spec.minRanks()) {
            return next.size() + " of at least " + job.spec.minRanks() + " ranks are left (--min-ranks): " + causes();
        }
        if (newest == null && committed != null) {
            return causes() + "; " + choice.whyNot(committed);
        }
        if (isChange()) {
            return null;
        }
        // A program that fails before it has done anything would only fail again, with ever fewer ranks.
        boolean failsAtOnce = !job.epochs.hasStepped() && losses.stream().anyMatch(Loss::isProgramFailure);
        return newest == null && failsAtOnce ? causes() + " before the first step was done" : null;
    }

    private String reason() {
        return losses.isEmpty()
                ? trigger
                : losses.stream().map(Loss::sentence).distinct().collect(Collectors.joining(", "));
    }

    private String causes() {
        if (isChange()) {
            return reason();
        }
        Incident incident = job.incidents.last();
        return reason() + " (cause: " + incident.cause().label() + ")";
    }

    private void publish(List<MemberStatus> next, RestorePlan plan) {
        List<MemberId> ids = next.stream().map(MemberStatus::id).toList();
        byte[] uniqueId = answers.get(idMakers.getFirst()).uniqueId();
        FailureDomains domains =
                FailureDomains.of(next.stream().mapToInt(MemberStatus::node).toArray());
        job.epochs.publish(epoch, ids, domains);
        long reached = answers.values().stream()
                .mapToLong(RankMessage.Aborted::step)
                .max()
                .orElse(0);
        long from = plan.isInitial() ? job.spec.initialStep() : plan.step();
        chronicle.agreed(job.clock.nowNs(), from, Math.max(0, reached - from), next.size());
        job.epochs.learnCommitted(plan.version());
        for (MemberStatus status : job.members.departing()) {
            job.members.dismiss(status, job.clock.timerNs() + job.spec.startBoundNs());
            job.send(status, new CoordinatorMessage.Dismissed(epoch));
        }
        if (initial) {
            job.incidents.formed(job.clock.nowNs());
        }
        FailureHistory failures = job.incidents.failures(job.clock.nowNs());
        CoordinatorMessage start = new CoordinatorMessage.EpochStart(epoch, ids, uniqueId, plan, domains, failures);
        for (MemberStatus status : next) {
            status.becomeMember();
            job.send(status, start);
        }
        job.become(new Active(job, epoch, next, initial, chronicle));
    }
}
