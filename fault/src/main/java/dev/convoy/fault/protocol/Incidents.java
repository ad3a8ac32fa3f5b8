/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.protocol;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.function.Consumer;

/** Keeps the incidents of a run and counts recoveries. */
final class Incidents {
    private final RecoveryPolicy policy;
    private final FiredFaults faults;
    private final Consumer<Decision> out;
    private final List<Incident> history = new ArrayList<>();
    private int recoveries;

    Incidents(RecoveryPolicy policy, FiredFaults faults, Consumer<Decision> out) {
        this.policy = policy;
        this.faults = faults;
        this.out = out;
    }

    void open(long epoch, Detection first, List<Loss> losses) {
        recoveries++;
        Incident opened = new Incident(
                epoch,
                first.cause(),
                List.of(),
                first.detectedBy(),
                first.atNs(),
                first.atNs(),
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                policy,
                null);
        history.add(opened);
        merge(losses);
    }

    /** Losses that belong to the present incident: the first evidence of it stays. */
    void merge(List<Loss> losses) {
        Incident now = last();
        TreeSet<Integer> ranks = new TreeSet<>(now.ranks());
        Incident.Cause cause = now.cause();
        long faultAtNs = now.faultAtNs();
        for (Loss loss : losses) {
            // Evidence without a culprit says less about the cause than the first process that is really lost.
            cause = ranks.isEmpty() ? loss.cause() : cause;
            ranks.add(loss.member().launchRank());
            Long injectedNs = faults.take(loss.member().launchRank(), loss.cause());
            faultAtNs = injectedNs == null ? faultAtNs : Math.min(faultAtNs, injectedNs);
        }
        replaceLast(new Incident(
                now.epoch(),
                cause,
                List.copyOf(ranks),
                now.detectedBy(),
                faultAtNs,
                now.detectedAtNs(),
                now.abortedAtNs(),
                now.agreedAtNs(),
                now.rebuiltAtNs(),
                now.restoredAtNs(),
                now.resumedAtNs(),
                now.restoredStep(),
                now.lostSteps(),
                policy,
                now.worldSize()));
    }

    /** A further attempt within the present incident, such as another replacement. */
    void countAttempt() {
        recoveries++;
    }

    int recoveries() {
        return recoveries;
    }

    void aborted(long atNs) {
        stamp(atNs, null, null, null);
    }

    void rebuilt(long atNs) {
        stamp(null, atNs, null, null);
    }

    void restored(long atNs) {
        stamp(null, null, atNs, null);
    }

    void resumed(long atNs) {
        stamp(null, null, null, atNs);
    }

    void agreed(long atNs, long restoredStep, long lostSteps, int worldSize) {
        Incident now = last();
        replaceLast(new Incident(
                now.epoch(),
                now.cause(),
                now.ranks(),
                now.detectedBy(),
                now.faultAtNs(),
                now.detectedAtNs(),
                now.abortedAtNs(),
                atNs,
                null,
                null,
                null,
                restoredStep,
                lostSteps,
                policy,
                worldSize));
    }

    Incident last() {
        return history.getLast();
    }

    List<Incident> history() {
        return List.copyOf(history);
    }

    private void stamp(Long abortedAtNs, Long rebuiltAtNs, Long restoredAtNs, Long resumedAtNs) {
        Incident now = last();
        replaceLast(new Incident(
                now.epoch(),
                now.cause(),
                now.ranks(),
                now.detectedBy(),
                now.faultAtNs(),
                now.detectedAtNs(),
                either(abortedAtNs, now.abortedAtNs()),
                now.agreedAtNs(),
                either(rebuiltAtNs, now.rebuiltAtNs()),
                either(restoredAtNs, now.restoredAtNs()),
                either(resumedAtNs, now.resumedAtNs()),
                now.restoredStep(),
                now.lostSteps(),
                policy,
                now.worldSize()));
    }

    private static Long either(Long fresh, Long known) {
        return fresh != null ? fresh : known;
    }

    private void replaceLast(Incident incident) {
        history.set(history.size() - 1, incident);
        out.accept(new Decision.IncidentUpdated(incident));
    }
}
