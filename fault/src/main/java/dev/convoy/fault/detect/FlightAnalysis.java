/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.detect;

import dev.convoy.Operation;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Says in one sentence what an incident was: which rank, at which operation, since when, and why. It compares the
 * ranks' flight records with each other and with what is known of those that were lost. Pure.
 */
public final class FlightAnalysis {
    private final Evidence evidence;
    private final Map<Integer, List<OperationRecord>> collectives = new TreeMap<>();

    /** How a rank was lost. */
    public enum Fate {
        /** Its process ended. */
        DIED,
        /** Its program threw. */
        FAILED,
        /** Its process was stopped. */
        STOPPED,
        /** It did not answer, or came no further. */
        HUNG,
        /** It was too slow. */
        SLOW,
        /** Its memory was damaged. */
        DAMAGED
    }

    /**
     * A rank that was lost.
     *
     * @param launchRank which
     * @param fate how
     * @param how the same in words, to follow its name, or empty: {@code was killed by SIGKILL}
     * @param step step that it was in when it was last heard of
     */
    public record Lost(int launchRank, Fate fate, String how, long step) {}

    /**
     * What is known of an incident.
     *
     * @param epoch the epoch that failed
     * @param detectedAtNs when that was seen, CLOCK_MONOTONIC nanoseconds
     * @param flights the ranks' last operations by launch rank, oldest first, as far as they are known
     * @param lost who was lost; may be empty
     */
    public record Evidence(
            long epoch, long detectedAtNs, Map<Integer, List<OperationRecord>> flights, List<Lost> lost) {
        /** Copies the collections. */
        public Evidence {
            flights = Map.copyOf(flights);
            lost = List.copyOf(lost);
        }
    }

    private FlightAnalysis(Evidence evidence) {
        this.evidence = evidence;
        evidence.flights()
                .forEach((rank, flight) -> collectives.put(
                        rank,
                        flight.stream()
                                .filter(operation -> operation.isCollective() && operation.epoch() == evidence.epoch())
                                .toList()));
    }

    /**
     * Says what happened.
     *
     * @param evidence what is known
     * @return one sentence without its full stop
     */
    public static String explain(Evidence evidence) {
        return new FlightAnalysis(evidence).sentence();
    }

    private String sentence() {
        Optional<String> mismatch = mismatch();
        if (mismatch.isPresent()) {
            return mismatch.get();
        }
        if (evidence.lost().isEmpty()) {
            return nobodyLost();
        }
        return evidence.lost().stream().map(this::fate).collect(Collectors.joining("; and "))
                + evidence.lost().stream()
                        .min(Comparator.comparingLong(this::reached))
                        .map(this::consequence)
                        .orElse("");
    }

    /** The first collective of which two ranks have different ideas. */
    private Optional<String> mismatch() {
        Map<Long, OperationRecord> firsts = new HashMap<>();
        long earliest = Long.MAX_VALUE;
        for (List<OperationRecord> flight : collectives.values()) {
            for (OperationRecord operation : flight) {
                OperationRecord first = firsts.putIfAbsent(operation.collective(), operation);
                if (first != null && !isSameCall(first, operation)) {
                    earliest = Math.min(earliest, operation.collective());
                }
            }
        }
        return earliest == Long.MAX_VALUE ? Optional.empty() : Optional.of(mismatch(earliest));
    }

    private static boolean isSameCall(OperationRecord one, OperationRecord other) {
        return one.operation() == other.operation()
                && one.type() == other.type()
                && (partsMayDiffer(one) || one.count() == other.count());
    }

    private static boolean partsMayDiffer(OperationRecord operation) {
        return operation.operation() == Operation.ALL_GATHER_V || operation.operation() == Operation.ALL_TO_ALL_V;
    }

    private String mismatch(long number) {
        Map<String, List<Integer>> calls = new TreeMap<>();
        for (int rank : collectives.keySet()) {
            operation(rank, number)
                    .ifPresent(operation -> calls.computeIfAbsent(
                                    partsMayDiffer(operation) ? operation.name() : operation.label(),
                                    call -> new ArrayList<>())
                            .add(rank));
        }
        return mismatch(number, calls);
    }

    private String mismatch(long number, Map<String, List<Integer>> calls) {
        List<Map.Entry<String, List<Integer>>> fewestFirst = calls.entrySet().stream()
                .sorted(Comparator.comparingInt(call -> call.getValue().size()))
                .toList();
        Map.Entry<String, List<Integer>> odd = fewestFirst.getFirst();
        String others = fewestFirst.stream()
                .skip(1)
                .map(call -> call.getKey() + " in " + ranks(call.getValue()))
                .collect(Collectors.joining(", and "));
        long step = operation(odd.getValue().getFirst(), number)
                .map(OperationRecord::step)
                .orElse(0L);
        return ranks(odd.getValue()) + " called " + odd.getKey() + " in step " + step + ", where it is " + others
                + ": the programs do not make the same calls";
    }

    private String nobodyLost() {
        if (collectives.values().stream().allMatch(List::isEmpty)) {
            return "the communicator failed with no rank lost and no operation on record";
        }
        long furthest = furthest();
        List<Integer> behind = collectives.keySet().stream()
                .filter(rank -> last(rank) < furthest)
                .toList();
        if (!behind.isEmpty()) {
            return ranks(behind) + " had not arrived at " + name(furthest) + waiting(furthest);
        }
        List<Integer> waiting = waiting(furthest, List.of());
        return waiting.isEmpty()
                ? "the communicator failed with no rank lost, after all had completed " + name(furthest)
                : "every rank is in " + name(furthest) + since(furthest, waiting)
                        + " and none is behind: it is the communicator or what connects it, not a rank";
    }

    private String fate(Lost lost) {
        String how = lost.how().isEmpty() ? "" : " (" + lost.how() + ")";
        String at = " in step " + step(lost);
        String rank = "rank " + lost.launchRank();
        return switch (lost.fate()) {
            case DIED -> rank + " died" + how + at;
            case FAILED -> rank + "'s program failed" + how + at;
            case STOPPED -> rank + "'s process was stopped" + how + at;
            case HUNG -> rank + " hung" + how + at;
            case SLOW -> rank + " was too slow" + how + at;
            case DAMAGED -> rank + "'s memory was damaged" + how + at;
        };
    }

    /** What it last said is as old as a heartbeat; others that wait for it have come as far as it has, or further. */
    private long step(Lost lost) {
        long furthest = furthest();
        boolean awaited = !waiting(furthest, lostRanks()).isEmpty();
        boolean hasRecord =
                !collectives.getOrDefault(lost.launchRank(), List.of()).isEmpty();
        return hasRecord || !awaited
                ? lost.step()
                : collectives.keySet().stream()
                        .flatMap(rank -> operation(rank, furthest).stream())
                        .mapToLong(OperationRecord::step)
                        .max()
                        .orElse(lost.step());
    }

    /**
     * How many collectives a lost rank had enqueued: those that nobody waits for in vain, if it says nothing itself.
     */
    private long reached(Lost lost) {
        List<OperationRecord> own = collectives.getOrDefault(lost.launchRank(), List.of());
        if (!own.isEmpty()) {
            return own.getLast().collective();
        }
        long furthest = furthest();
        return waiting(furthest, lostRanks()).isEmpty() ? furthest : furthest - 1;
    }

    private String consequence(Lost lost) {
        long furthest = furthest();
        if (furthest == 0) {
            return "; no rank has an operation of epoch " + evidence.epoch() + " on record";
        }
        List<Integer> waiting = waiting(furthest, lostRanks());
        if (waiting.isEmpty()) {
            return "; nobody waited: the last operation, " + name(furthest) + ", was complete";
        }
        String verb = reached(lost) >= furthest ? " and did not complete " : " and never arrived at ";
        return verb + name(furthest) + waiting(furthest);
    }

    private String waiting(long collective) {
        List<Integer> waiting = waiting(collective, lostRanks());
        return waiting.isEmpty()
                ? ""
                : ", where " + ranks(waiting) + (waiting.size() == 1 ? " has waited" : " have waited")
                        + since(collective, waiting);
    }

    private String since(long collective, List<Integer> waiting) {
        long first = waiting.stream()
                .flatMap(rank -> operation(rank, collective).stream())
                .mapToLong(OperationRecord::enqueuedAtNs)
                .min()
                .orElse(evidence.detectedAtNs());
        return String.format(Locale.ROOT, " for %,.1f ms", Math.max(0, evidence.detectedAtNs() - first) / 1e6);
    }

    /** Who has begun an operation and not seen it complete. */
    private List<Integer> waiting(long collective, List<Integer> except) {
        return collectives.keySet().stream()
                .filter(rank -> !except.contains(rank))
                .filter(rank -> operation(rank, collective)
                        .filter(operation -> !operation.isCompleted())
                        .isPresent())
                .toList();
    }

    private List<Integer> lostRanks() {
        return evidence.lost().stream().map(Lost::launchRank).toList();
    }

    private long furthest() {
        return collectives.keySet().stream().mapToLong(this::last).max().orElse(0);
    }

    private long last(int rank) {
        List<OperationRecord> flight = collectives.get(rank);
        return flight.isEmpty() ? 0 : flight.getLast().collective();
    }

    private Optional<OperationRecord> operation(int rank, long collective) {
        return collectives.get(rank).stream()
                .filter(operation -> operation.collective() == collective)
                .findFirst();
    }

    private String name(long collective) {
        return collectives.keySet().stream()
                .flatMap(rank -> operation(rank, collective).stream())
                .findFirst()
                .map(operation -> operation.label() + " of step " + operation.step())
                .orElse("collective #" + collective);
    }

    private static String ranks(List<Integer> ranks) {
        if (ranks.size() == 1) {
            return "rank " + ranks.getFirst();
        }
        String firsts = ranks.subList(0, ranks.size() - 1).stream()
                .map(Object::toString)
                .collect(Collectors.joining(", "));
        return "ranks " + firsts + " and " + ranks.getLast();
    }
}
