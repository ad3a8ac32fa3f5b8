/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.protocol;

import dev.convoy.fault.protocol.CoordinatorRecord.KnownProcess;
import dev.convoy.fault.protocol.CoordinatorRecord.Role;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** Writes down what a successor must know, before anything is done that it must know of. */
final class Recorder {
    private final Job job;
    private boolean due;

    Recorder(Job job) {
        this.job = job;
    }

    /** Something should be on record although nothing depends on it yet. */
    void due() {
        due = true;
    }

    boolean isDue() {
        return due;
    }

    /** The same decisions, with the record in front of the first one that must not be carried out without it. */
    List<Decision> inFront(List<Decision> decisions) {
        int first = 0;
        while (first < decisions.size() && !depends(decisions.get(first))) {
            first++;
        }
        if (first == decisions.size() && !due) {
            return decisions;
        }
        due = false;
        List<Decision> all = new ArrayList<>(decisions);
        all.add(first, new Decision.Record(record()));
        return all;
    }

    /** An identity is given away, an epoch begins or ends, a fault may happen, a story comes to its end. */
    private static boolean depends(Decision decision) {
        return switch (decision) {
            case Decision.Spawn _, Decision.Promote _ -> true;
            case Decision.Send(MemberId _, CoordinatorMessage.EpochStart _) -> true;
            case Decision.Send(MemberId _, CoordinatorMessage.Dismissed _) -> true;
            case Decision.Send(MemberId _, CoordinatorMessage.FaultRecorded _) -> true;
            case Decision.Send(MemberId _, CoordinatorMessage.Release _) -> true;
            case Decision.Announce(Decision.Announce.Kind kind, String _) ->
                switch (kind) {
                    case FORMED, RECOVERED, CHANGED -> true;
                    case CONTINUED, LOSS, WARNING -> false;
                };
            default -> false;
        };
    }

    private CoordinatorRecord record() {
        return new CoordinatorRecord(
                job.epochs.published(),
                job.reserve.isOpen(),
                job.epochs.isFormed(),
                job.epochs.hasStepped(),
                job.phase() instanceof Releasing,
                job.epochs.committed(),
                job.durable.last().orElse(null),
                processes(),
                job.members.nextIncarnations(),
                job.incidents.recoveries(),
                job.incidents.history(),
                job.changes.history(),
                job.faults.history(),
                job.warnings(),
                job.summary(),
                distrust());
    }

    private Distrust distrust() {
        return new Distrust(
                job.epochs.refused(),
                job.divergences.history(),
                job.divergences.undecided(),
                job.stragglers.replaced(),
                job.nodes.conducts(job.clock.timerNs()));
    }

    private List<KnownProcess> processes() {
        List<KnownProcess> known = new ArrayList<>();
        add(known, job.members.current(), Role.CURRENT);
        for (MemberStatus status : job.members.departing()) {
            // Its place may be promised to another one, who has no part in anything yet: who leaves comes first.
            known.removeIf(other -> other.id().launchRank() == status.launchRank());
            add(known, List.of(status), Role.CURRENT);
            MemberStatus successor = job.members.current(status.launchRank());
            if (successor != null) {
                add(known, List.of(successor), Role.EXCLUDED);
            }
        }
        add(known, job.reserve.all(), Role.RESERVE);
        add(known, job.members.departed(), Role.DEPARTED);
        add(known, job.members.leaving(), Role.EXCLUDED);
        return known;
    }

    private static void add(List<KnownProcess> known, Collection<MemberStatus> some, Role role) {
        for (MemberStatus status : some) {
            if (!status.isGone()) {
                known.add(new KnownProcess(status.id(), status.bornAs(), status.node(), role, status.isMember()));
            }
        }
    }
}
