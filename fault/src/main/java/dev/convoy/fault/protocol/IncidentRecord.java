/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.protocol;

import java.util.List;
import java.util.TreeSet;

/** One incident while it is being written down; {@link Incident} is what others see of it. */
final class IncidentRecord {
    private final long epoch;
    private final Incident.DetectedBy detectedBy;
    private final long detectedAtNs;
    private final TreeSet<Integer> ranks = new TreeSet<>();
    private Incident.Cause cause;
    private long faultAtNs;
    private Long abortedAtNs;
    private Long agreedAtNs;
    private Long rebuiltAtNs;
    private Long restoredAtNs;
    private Long resumedAtNs;
    private Long restoredStep;
    private Long lostSteps;
    private Integer worldSize;

    IncidentRecord(long epoch, Detection first) {
        this.epoch = epoch;
        detectedBy = first.detectedBy();
        detectedAtNs = first.atNs();
        cause = first.cause();
        faultAtNs = first.atNs();
    }

    /** As a former coordinator left it. */
    static IncidentRecord of(Incident incident) {
        Detection first = new Detection(incident.cause(), incident.detectedBy(), incident.detectedAtNs());
        IncidentRecord record = new IncidentRecord(incident.epoch(), first);
        record.ranks.addAll(incident.ranks());
        record.faultAtNs = incident.faultAtNs();
        record.abortedAtNs = incident.abortedAtNs();
        record.agreedAtNs = incident.agreedAtNs();
        record.rebuiltAtNs = incident.rebuiltAtNs();
        record.restoredAtNs = incident.restoredAtNs();
        record.resumedAtNs = incident.resumedAtNs();
        record.restoredStep = incident.restoredStep();
        record.lostSteps = incident.lostSteps();
        record.worldSize = incident.worldSize();
        return record;
    }

    /** Time of an injected fault, or null. */
    void add(Loss loss, Long injectedNs) {
        // Evidence without a culprit says less about the cause than the first process that is really lost.
        cause = ranks.isEmpty() ? loss.cause() : cause;
        ranks.add(loss.member().launchRank());
        faultAtNs = injectedNs == null ? faultAtNs : Math.min(faultAtNs, injectedNs);
    }

    /** To blame, but not excluded. */
    void suspect(int launchRank) {
        ranks.add(launchRank);
    }

    /** Memory of a rank that stays, at the step of the version in it. */
    void repaired(int launchRank, Long injectedNs, long step, long atNs) {
        ranks.add(launchRank);
        faultAtNs = injectedNs == null ? faultAtNs : Math.min(faultAtNs, injectedNs);
        restoredStep = step;
        lostSteps = 0L;
        restoredAtNs = atNs;
        resumedAtNs = atNs;
    }

    void goesOnWith(int members) {
        worldSize = members;
    }

    void aborted(long atNs) {
        abortedAtNs = atNs;
    }

    void agreed(long atNs, long restoredStep, long lostSteps, int worldSize) {
        agreedAtNs = atNs;
        this.restoredStep = restoredStep;
        this.lostSteps = lostSteps;
        this.worldSize = worldSize;
    }

    void rebuilt(long atNs) {
        rebuiltAtNs = atNs;
    }

    void restored(long atNs) {
        restoredAtNs = atNs;
    }

    void resumed(long atNs) {
        resumedAtNs = atNs;
    }

    /** Time that this recovery took; 0 if it was none, or was overtaken. */
    long recoveryNs() {
        return abortedAtNs == null || resumedAtNs == null ? 0 : resumedAtNs - detectedAtNs;
    }

    Incident toIncident(RecoveryPolicy strategy) {
        return new Incident(
                epoch,
                cause,
                List.copyOf(ranks),
                detectedBy,
                faultAtNs,
                detectedAtNs,
                abortedAtNs,
                agreedAtNs,
                rebuiltAtNs,
                restoredAtNs,
                resumedAtNs,
                restoredStep,
                lostSteps,
                strategy,
                worldSize);
    }
}
