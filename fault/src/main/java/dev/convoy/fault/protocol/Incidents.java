/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.protocol;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Keeps the incidents of a run, tells every change of the last one, and counts recoveries. */
final class Incidents {
    private final RecoveryPolicy policy;
    private final FiredFaults faults;
    private final Consumer<Decision> out;
    private final List<IncidentRecord> records = new ArrayList<>();
    private IncidentRecord present;
    private int recoveries;
    private long formedNs;

    Incidents(RecoveryPolicy policy, FiredFaults faults, Consumer<Decision> out) {
        this.policy = policy;
        this.faults = faults;
        this.out = out;
    }

    void open(long epoch, Detection first, List<Loss> losses) {
        recoveries++;
        present = new IncidentRecord(epoch, first);
        records.add(present);
        merge(losses);
    }

    /** What a former coordinator wrote down; the last one that is no mere repair is the present one. */
    void inherit(int recoveriesSoFar, List<Incident> history) {
        recoveries = recoveriesSoFar;
        for (Incident incident : history) {
            IncidentRecord record = IncidentRecord.of(incident);
            records.add(record);
            present = incident.isRepair() ? present : record;
        }
    }

    /** The present incident if this epoch is its answer, and not all of its members have resumed; else null. */
    Incident openFor(long epoch) {
        boolean open = present != null && last().epoch() >= epoch && last().resumedAtNs() == null;
        return open ? last() : null;
    }

    /** Losses that belong to the present incident: the first evidence of it stays. */
    void merge(List<Loss> losses) {
        update(last ->
                losses.forEach(loss -> last.add(loss, faults.take(loss.member().launchRank(), loss.cause()))));
    }

    /** Damage that was found and repaired while the group worked; no recovery, and the present incident stays. */
    void repaired(int launchRank, RankMessage.Repaired repaired, DetectorClock clock, int worldSize) {
        long foundNs = clock.stamp(repaired.foundNs());
        long repairedNs = clock.stamp(repaired.repairedNs());
        Detection detection = new Detection(Incident.Cause.CORRUPTION, Incident.DetectedBy.CHECKSUM, foundNs);
        IncidentRecord record = new IncidentRecord(repaired.epoch(), detection);
        record.repaired(launchRank, faults.take(launchRank, Incident.Cause.CORRUPTION), repaired.step(), repairedNs);
        record.goesOnWith(worldSize);
        records.add(record);
    }

    /** The group works for the first time. */
    void formed(long nowNs) {
        formedNs = nowNs;
    }

    /** What members are told of it, who choose by it how often they take snapshots. */
    FailureHistory failures(long nowNs) {
        double meanNs = records.stream()
                .map(IncidentRecord::recoveryNs)
                .filter(ns -> ns > 0)
                .mapToLong(Long::longValue)
                .average()
                .orElse(0);
        return new FailureHistory(recoveries, formedNs == 0 ? 0 : nowNs - formedNs, (long) meanNs);
    }

    /** A further attempt within the present incident, such as another replacement. */
    void countAttempt() {
        recoveries++;
    }

    int recoveries() {
        return recoveries;
    }

    /** Writes something down about the present incident. */
    void update(Consumer<IncidentRecord> change) {
        change.accept(present);
        out.accept(new Decision.IncidentUpdated(last()));
    }

    Incident last() {
        return present.toIncident(policy);
    }

    List<Incident> history() {
        return records.stream().map(record -> record.toIncident(policy)).toList();
    }
}
