/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.samples.fashion;

import dev.convoy.fault.protocol.Incident;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** An incident as a few lines to read: who was lost, and after how many milliseconds each phase was reached. */
final class RecoveryTimeline {

    private final Incident incident;
    private final List<String> lines = new ArrayList<>();
    private long previousNs;

    private RecoveryTimeline(Incident incident) {
        this.incident = incident;
        this.previousNs = incident.faultAtNs();
    }

    /** The sentence says what happened; null if nobody knows. */
    static List<String> lines(Incident incident, String sentence) {
        RecoveryTimeline timeline = new RecoveryTimeline(incident);
        timeline.headline();
        if (sentence != null) {
            timeline.lines.add("     " + sentence);
        }
        timeline.phases();
        timeline.outcome();
        return timeline.lines;
    }

    private void headline() {
        String who = incident.ranks().isEmpty()
                ? "nobody lost"
                : (incident.ranks().size() == 1 ? "rank " : "ranks ")
                        + incident.ranks().stream().map(Object::toString).collect(Collectors.joining(", "))
                        + " lost";
        lines.add("  ── " + who + ": " + incident.cause().label() + ", detected by "
                + incident.detectedBy().label());
    }

    private void phases() {
        phase("fault", incident.faultAtNs());
        phase("detected", incident.detectedAtNs());
        phase("aborted", incident.abortedAtNs());
        phase("agreed", incident.agreedAtNs());
        phase("rebuilt", incident.rebuiltAtNs());
        phase("restored", incident.restoredAtNs());
        phase("resumed", incident.resumedAtNs());
    }

    private void phase(String name, Long atNs) {
        if (atNs == null) {
            return;
        }
        lines.add(String.format(
                Locale.ROOT,
                "     %-8s %9.1f ms   (+%.1f)",
                name,
                (atNs - incident.faultAtNs()) / 1e6,
                (atNs - previousNs) / 1e6));
        previousNs = atNs;
    }

    private void outcome() {
        if (incident.resumedAtNs() == null) {
            lines.add("  ── not completed");
            return;
        }
        lines.add(String.format(
                Locale.ROOT,
                "  ── %s: %s in epoch %d, on from step %d; completed steps lost: %d",
                incident.strategy().label(),
                incident.worldSize() == 1 ? "1 rank" : incident.worldSize() + " ranks",
                incident.epoch(),
                incident.restoredStep(),
                incident.lostSteps()));
    }
}
