/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.launcher.watch;

import dev.convoy.fault.detect.FlightAnalysis.Fate;
import dev.convoy.fault.detect.FlightAnalysis.Lost;
import dev.convoy.fault.protocol.CoordinatorEvent;
import dev.convoy.fault.protocol.Incident;
import dev.convoy.fault.protocol.MemberId;
import dev.convoy.fault.protocol.RankMessage;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What is known of each process: its last operations, how far it was, and how it ended. Used by the event thread. */
final class Witnesses {
    private final Map<MemberId, RankMessage.FlightRecord> flights = new HashMap<>();
    private final Map<MemberId, Long> steps = new HashMap<>();
    private final Map<MemberId, String> ends = new HashMap<>();
    private final Map<MemberId, String> failures = new HashMap<>();
    private final Set<MemberId> stopped = new HashSet<>();
    private final Set<MemberId> fenced = new HashSet<>();
    private final Set<MemberId> endedByThemselves = new HashSet<>();

    void seen(CoordinatorEvent event) {
        switch (event) {
            case CoordinatorEvent.Received(long _, MemberId member, RankMessage message) -> received(member, message);
            case CoordinatorEvent.ProcState(long _, MemberId member, char state) -> {
                if (state == 'T' || state == 't') {
                    stopped.add(member);
                }
            }
            case CoordinatorEvent.Fenced(long _, MemberId member) -> fenced.add(member);
            case CoordinatorEvent.Exited exited -> {
                ends.put(exited.member(), exited.how());
                if (!fenced.contains(exited.member())) {
                    endedByThemselves.add(exited.member());
                }
            }
            default -> {}
        }
    }

    private void received(MemberId member, RankMessage message) {
        switch (message) {
            case RankMessage.FlightRecord flight -> flights.put(member, flight);
            case RankMessage.Failing failing -> failures.put(member, failing.description());
            case RankMessage.Heartbeat heartbeat -> steps.put(member, heartbeat.step());
            case RankMessage.Probed probed -> steps.put(member, probed.step());
            default -> {}
        }
    }

    boolean hasEnded(MemberId member) {
        return fenced.contains(member) || ends.containsKey(member);
    }

    /** Nobody will ask for the operations of others any more: each is as large as thousands of their names. */
    void keepFlightsOf(Collection<MemberId> members) {
        flights.keySet().retainAll(Set.copyOf(members));
    }

    Optional<RankMessage.FlightRecord> flight(MemberId member) {
        return Optional.ofNullable(flights.get(member));
    }

    Lost lost(MemberId member, Incident incident) {
        Fate fate = fate(member, incident.cause());
        return new Lost(member.launchRank(), fate, how(member, fate), step(member));
    }

    /** A heartbeat's step may be 100 ms old; a record has the one of the last operation. */
    private long step(MemberId member) {
        long recorded = flight(member)
                .filter(flight -> !flight.operations().isEmpty())
                .map(flight -> flight.operations().getLast().step())
                .orElse(0L);
        return Math.max(steps.getOrDefault(member, 0L), recorded);
    }

    private Fate fate(MemberId member, Incident.Cause cause) {
        if (failures.containsKey(member)) {
            return Fate.FAILED;
        }
        // How a process ends that we kill says nothing, unless its peers had seen its end before.
        if (endedByThemselves.contains(member)) {
            return Fate.DIED;
        }
        return switch (cause) {
            case EXIT -> Fate.DIED;
            case HANG -> stopped.contains(member) ? Fate.STOPPED : Fate.HUNG;
            case SLOW -> Fate.SLOW;
            case ERROR -> Fate.FAILED;
            case CORRUPTION -> Fate.DAMAGED;
        };
    }

    private String how(MemberId member, Fate fate) {
        return switch (fate) {
            case FAILED -> failures.getOrDefault(member, "");
            case DIED -> ends.getOrDefault(member, "");
            case STOPPED -> "its state is T";
            case HUNG, SLOW, DAMAGED -> "";
        };
    }
}
