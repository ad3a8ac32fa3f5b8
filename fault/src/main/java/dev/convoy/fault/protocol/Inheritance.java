/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.protocol;

import dev.convoy.fault.protocol.CoordinatorRecord.KnownProcess;
import java.util.List;

/** Makes a job of what a former coordinator left on record, and takes it up where it was. */
final class Inheritance {
    private final Job job;
    private final CoordinatorRecord record;

    Inheritance(Job job, CoordinatorRecord record) {
        this.job = job;
        this.record = record;
    }

    void takeUp() {
        record.epochs().forEach(each -> job.epochs.publish(each.epoch(), each.members(), each.domains()));
        if (record.formed()) {
            job.epochs.formed();
        }
        if (record.stepped()) {
            job.epochs.stepped();
        }
        job.epochs.learnCommitted(record.committed());
        job.durable.inherit(record.durable());
        record.nextIncarnations().forEach(job.members::used);
        record.processes().forEach(this::inherit);
        job.members.vacateUnlessTaken(job.spec.ranks());
        job.incidents.inherit(record.recoveries(), record.incidents());
        job.changes.inherit(record.changes());
        record.faults().forEach(job.faults::inherit);
        record.warnings().forEach(job::inheritWarning);
        job.summary(record.summary());
        inherit(record.distrust());
        if (record.joined()) {
            job.reserve.reopen();
        }
        job.warn("the coordinator was lost; another one has taken over in epoch " + record.epoch());
        job.become(phase());
    }

    private void inherit(Distrust distrust) {
        distrust.refused().forEach(job.epochs::refuse);
        job.divergences.inherit(distrust.divergences(), distrust.undecided());
        job.stragglers.inherit(distrust.replaced());
        job.nodes.inherit(distrust.nodes(), job.clock.timerNs());
    }

    private void inherit(KnownProcess known) {
        long now = job.clock.timerNs();
        MemberStatus status = job.members.inherit(known.bornAs(), known.id(), known.node(), now);
        if (!known.id().equals(known.bornAs())) {
            // Whoever carries this out has never heard of its second name.
            job.decide(new Decision.Promote(known.bornAs(), known.id()));
        }
        if (known.member()) {
            status.becomeMember();
        }
        switch (known.role()) {
            case CURRENT -> job.members.seat(status);
            case RESERVE -> job.reserve.inherit(status);
            case DEPARTED -> job.members.inheritDeparted(status, now + job.spec.startBoundNs());
            case EXCLUDED -> job.members.exclude(status, now);
        }
    }

    private Phase phase() {
        long epoch = record.epoch();
        if (epoch == 0) {
            return new Joining(job);
        }
        // Who is not on record any more had finished.
        List<MemberStatus> members = job.epochs.members(epoch).stream()
                .map(job.members::find)
                .filter(status -> status != null && !status.isExcluded())
                .toList();
        return record.released() ? new Releasing(job, epoch, members) : new Inheriting(job, epoch, members);
    }
}
