/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.launcher.watch;

import dev.convoy.fault.detect.FlightAnalysis;
import dev.convoy.fault.detect.FlightAnalysis.Lost;
import dev.convoy.fault.detect.OperationRecord;
import dev.convoy.fault.protocol.CoordinatorEvent;
import dev.convoy.fault.protocol.Incident;
import dev.convoy.fault.protocol.MemberId;
import dev.convoy.fault.protocol.RankMessage;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * Collects the flight records of each incident from those who live, and says what happened once all are there, or a
 * while after the recovery. Used by the event thread.
 */
final class FlightDesk {
    /** After the group works again; records come some 50 ms later. */
    private static final long PATIENCE_NS = 1_500_000_000L;

    private static final String NOT_THAT_OF_THE_OTHERS = " replicated state was no longer that of the other ranks:"
            + " memory or arithmetic there is damaged, or the program changes that state otherwise";

    private final Witnesses witnesses = new Witnesses();
    private final TreeMap<Long, List<MemberId>> epochs = new TreeMap<>();
    private final TreeMap<Long, Open> open = new TreeMap<>();
    private final Set<MemberId> lost = new HashSet<>();
    private final Consumer<Diagnosis> out;
    private long nowNs;
    private long explainedUpTo;

    /** An incident that was not explained yet; the epoch that failed is the one published before. */
    private record Open(Incident incident, long failedEpoch, List<MemberId> members) {}

    /** @param out told of every incident once, in their order */
    FlightDesk(Consumer<Diagnosis> out) {
        this.out = out;
    }

    void epochStarted(long epoch, List<MemberId> members) {
        epochs.put(epoch, List.copyOf(members));
        while (epochs.size() > 64) {
            epochs.pollFirstEntry();
        }
    }

    void incident(Incident incident) {
        Map.Entry<Long, List<MemberId>> failed = epochs.lowerEntry(incident.epoch());
        List<MemberId> members = failed == null ? List.of() : failed.getValue();
        if (incident.cause() != Incident.Cause.CORRUPTION) {
            members.stream()
                    .filter(member -> incident.ranks().contains(member.launchRank()))
                    .forEach(lost::add);
        }
        // Changes of one that was explained are only its later phases.
        if (incident.epoch() > explainedUpTo) {
            open.put(incident.epoch(), new Open(incident, failed == null ? 0 : failed.getKey(), members));
        }
    }

    void seen(CoordinatorEvent event) {
        nowNs = event.nowNs();
        witnesses.seen(event);
        while (!open.isEmpty() && isComplete(open.firstEntry().getValue())) {
            explainFirst();
        }
    }

    /** Explains what is left, with what there is. */
    void finish() {
        while (!open.isEmpty()) {
            explainFirst();
        }
    }

    private boolean isComplete(Open each) {
        Long resumed = each.incident().resumedAtNs();
        boolean overtaken = open.lastKey() > each.incident().epoch()
                && isComplete(open.lastEntry().getValue());
        return overtaken || resumed != null && (nowNs - resumed > PATIENCE_NS || allReported(each));
    }

    private boolean allReported(Open each) {
        return each.members().stream()
                .filter(member -> !isLost(member))
                .allMatch(member -> witnesses
                        .flight(member)
                        .filter(flight -> flight.epoch() >= each.incident().epoch())
                        .isPresent());
    }

    /** In this incident or an earlier one, which it may have overtaken. */
    private boolean isLost(MemberId member) {
        return lost.contains(member) || witnesses.hasEnded(member);
    }

    /** No operation tells more than the checksums did. */
    private static String divergence(Incident incident) {
        String ranks = incident.ranks().stream().map(String::valueOf).collect(Collectors.joining(" and "));
        String who = switch (incident.ranks().size()) {
            case 0 -> "the ranks' replicated state differed, with no majority to say whose is right";
            case 1 -> "rank " + ranks + "'s" + NOT_THAT_OF_THE_OTHERS;
            default -> "ranks " + ranks + ": their" + NOT_THAT_OF_THE_OTHERS;
        };
        return incident.restoredStep() == null
                ? who
                : who + "; " + incident.worldSize() + " ranks went back to step " + incident.restoredStep();
    }

    private void explainFirst() {
        Open each = open.pollFirstEntry().getValue();
        Incident incident = each.incident();
        explainedUpTo = incident.epoch();
        Map<MemberId, RankMessage.FlightRecord> records = new LinkedHashMap<>();
        Map<Integer, List<OperationRecord>> flights = new TreeMap<>();
        List<Lost> fates = new ArrayList<>();
        for (MemberId member : each.members()) {
            witnesses.flight(member).ifPresent(record -> {
                records.put(member, record);
                flights.put(member.launchRank(), record.operations());
            });
            if (incident.ranks().contains(member.launchRank())) {
                fates.add(witnesses.lost(member, incident));
            }
        }
        String sentence = incident.cause() == Incident.Cause.CORRUPTION
                ? divergence(incident)
                : FlightAnalysis.explain(
                        new FlightAnalysis.Evidence(each.failedEpoch(), incident.detectedAtNs(), flights, fates));
        out.accept(new Diagnosis(incident, each.failedEpoch(), each.members(), records, sentence));
        if (open.isEmpty() && !epochs.isEmpty()) {
            witnesses.keepFlightsOf(epochs.lastEntry().getValue());
        }
    }
}
