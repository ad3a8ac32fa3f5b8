/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.protocol;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Changes of the membership that nobody has to die for: who comes in, who goes, at the next step boundary.
 *
 * <p>One that leaves is replaced as the policy says: never by {@code SHRINK}, later by {@code REGROW}; under
 * {@code REPLACE} it goes when its successor is ready, so that the world size stays. One at a time: what two of a group
 * hold, nobody else may have.
 */
final class Changes {
    private final Job job;
    private final Set<MemberStatus> leavers = new LinkedHashSet<>();
    private final List<ChangeRecord> records = new ArrayList<>();

    Changes(Job job) {
        this.job = job;
    }

    /** Who goes and which places are filled, by whoever is ready for them then. */
    record Plan(MemberStatus leaver, List<Integer> places) {
        boolean isEmpty() {
            return leaver == null && places.isEmpty();
        }
    }

    void leave(MemberStatus status) {
        if (status.isMember() && job.members.current(status.launchRank()) == status) {
            leavers.add(status);
        }
    }

    /** Places for which a process should be started although nobody waits for it. */
    List<Integer> placesToFill() {
        return switch (job.spec.policy()) {
            case SHRINK -> List.of();
            case REPLACE -> wanting().stream().map(MemberStatus::launchRank).toList();
            case REGROW -> vacant();
        };
    }

    private List<Integer> vacant() {
        return job.members.vacant().stream()
                .filter(place -> !job.members.isLeaving(place))
                .toList();
    }

    /** Those that want to leave and are still there. */
    private List<MemberStatus> wanting() {
        leavers.removeIf(status -> job.members.current(status.launchRank()) != status);
        return List.copyOf(leavers);
    }

    /** What could be done now. */
    Plan plan() {
        List<Integer> places = new ArrayList<>();
        if (job.spec.policy() == RecoveryPolicy.REGROW) {
            vacant().stream().filter(job.reserve::isReadyFor).forEach(places::add);
        }
        MemberStatus leaver = nextLeaver();
        if (leaver != null && job.replaces()) {
            places.add(leaver.launchRank());
        }
        return new Plan(leaver, places);
    }

    private MemberStatus nextLeaver() {
        for (Iterator<MemberStatus> each = wanting().iterator(); each.hasNext(); ) {
            MemberStatus status = each.next();
            String obstacle = obstacle();
            if (obstacle != null) {
                refuse(status, obstacle);
            } else if (!job.replaces() || job.reserve.isReadyFor(status.launchRank())) {
                return status;
            }
        }
        return null;
    }

    /** Null if somebody may leave. */
    private String obstacle() {
        int left = job.members.current().size() - 1;
        if (left == 0) {
            return "nobody else holds the job's state";
        }
        return !job.replaces() && left < job.spec.minRanks()
                ? "only " + left + " of at least " + job.spec.minRanks() + " ranks would be left (--min-ranks)"
                : null;
    }

    private void refuse(MemberStatus status, String why) {
        leavers.remove(status);
        job.warn(status + " wanted to leave and has to stay: " + why);
    }

    /** The leaver turned out to hold what nobody else does. */
    void refuseFor(MemberStatus status) {
        refuse(status, "nobody else holds all of the state that it holds");
    }

    /** Every member stands at the boundary: the next epoch begins with whoever is there by now. */
    void begin(long askedNs, long stoppedNs) {
        Plan plan = plan();
        long epoch = job.epochs.next();
        List<String> what = new ArrayList<>();
        if (plan.leaver() != null) {
            job.members.depart(plan.leaver());
            what.add(plan.leaver() + " leaves");
        }
        List<Integer> joined = new ArrayList<>();
        for (int place : plan.places()) {
            // Two places may have counted on the same spare.
            MemberStatus newcomer = job.reserve.enlistReady(place);
            if (newcomer != null) {
                joined.add(place);
                what.add(newcomer + " joins");
            }
        }
        List<Integer> left =
                plan.leaver() == null ? List.of() : List.of(plan.leaver().launchRank());
        ChangeRecord record = new ChangeRecord(epoch, joined, left, askedNs, stoppedNs);
        records.add(record);
        String text = what.isEmpty() ? "the members stay as they are" : String.join(", ", what);
        job.become(Revoking.forChange(job, epoch, text, new Chronicle.OfChange(job, record)));
    }

    void inherit(List<MembershipChange> history) {
        history.forEach(change -> records.add(ChangeRecord.of(change)));
    }

    /** The change that formed this epoch, as long as it is not over; null if none did. */
    ChangeRecord openFor(long epoch) {
        return !records.isEmpty() && records.getLast().isOpenFor(epoch) ? records.getLast() : null;
    }

    /** A change that a former coordinator was in the midst of: the same members, at whatever step they stand. */
    void goOn(String why) {
        long epoch = job.epochs.next();
        long now = job.clock.nowNs();
        ChangeRecord record = new ChangeRecord(epoch, List.of(), List.of(), now, now);
        records.add(record);
        job.become(Revoking.forChange(job, epoch, why, new Chronicle.OfChange(job, record)));
    }

    List<MembershipChange> history() {
        return records.stream().map(ChangeRecord::toChange).toList();
    }
}
