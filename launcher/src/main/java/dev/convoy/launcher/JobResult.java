/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.launcher;

import dev.convoy.fault.protocol.Incident;
import dev.convoy.fault.protocol.MembershipChange;
import dev.convoy.fault.protocol.RunSummary;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How a job ended.
 *
 * @param success whether the job did what was asked
 * @param exitStatus status for the process to exit with: 0 exactly if {@code success}; 130 or 143 after a signal
 * @param message one line for a person: the reason of a failure, or what was done
 * @param runtime runtime that the ranks used, {@code host} or {@code cuda}
 * @param summary what the ranks said of their result; empty for a program that says nothing
 * @param incidents every incident, in order
 * @param changes every change of the membership for which nobody was lost, in order
 * @param diagnoses what each incident was, in one sentence, by its epoch
 * @param warnings every warning, in order
 */
public record JobResult(
        boolean success,
        int exitStatus,
        String message,
        String runtime,
        Optional<RunSummary> summary,
        List<Incident> incidents,
        List<MembershipChange> changes,
        Map<Long, String> diagnoses,
        List<String> warnings) {
    /**
     * What an incident was.
     *
     * @param incident one of {@link #incidents}
     * @return one sentence without its full stop, or null if nobody knows
     */
    public String diagnosis(Incident incident) {
        // Damage that was repaired on the way is no recovery: its epoch is that of another incident, or of none.
        boolean repaired = incident.cause() == Incident.Cause.CORRUPTION
                && incident.abortedAtNs() == null
                && incident.resumedAtNs() != null;
        return repaired
                ? "memory of rank " + incident.ranks().getFirst() + " was damaged: its copy of step "
                        + incident.restoredStep() + " had lost its checksum and was repaired; no rank was stopped"
                : diagnoses.get(incident.epoch());
    }

    /** Copies the lists. */
    public JobResult {
        incidents = List.copyOf(incidents);
        changes = List.copyOf(changes);
        diagnoses = Map.copyOf(diagnoses);
        warnings = List.copyOf(warnings);
    }
}
