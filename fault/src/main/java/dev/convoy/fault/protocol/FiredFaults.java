/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.protocol;

import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Injected faults that ranks reported, and when: the true time of a fault that is seen only later. */
final class FiredFaults {
    private static final int MAX_SPECS = 4_096;

    private final Set<String> specs = new LinkedHashSet<>();
    private final Map<Integer, Firing> lastByRank = new HashMap<>();

    private record Firing(FaultSpec spec, long atNs) {}

    /** Returns whether the specification is one; a text that is none is not recorded. */
    boolean record(int launchRank, String text, long atNs) {
        FaultSpec spec;
        try {
            spec = FaultSpec.parse(text);
        } catch (IllegalArgumentException notASpecification) {
            return false;
        }
        if (spec.launchRank() != launchRank || specs.size() >= MAX_SPECS) {
            return false;
        }
        boolean first = specs.add(spec.format());
        Firing last = lastByRank.get(launchRank);
        // The second record corrects the time, unless the loss was seen before it came in.
        if (first || last != null && last.spec().equals(spec)) {
            lastByRank.put(launchRank, new Firing(spec, atNs));
        }
        return true;
    }

    List<String> specs() {
        return List.copyOf(specs);
    }

    /** What has fired, and of the last one at each rank the time, as long as no incident has told it. */
    List<CoordinatorRecord.FiredFault> history() {
        Map<String, Long> times = new HashMap<>();
        lastByRank.values().forEach(firing -> times.put(firing.spec().format(), firing.atNs()));
        return specs.stream()
                .map(spec -> new CoordinatorRecord.FiredFault(spec, times.get(spec)))
                .toList();
    }

    void inherit(CoordinatorRecord.FiredFault fault) {
        FaultSpec spec = FaultSpec.parse(fault.spec());
        specs.add(spec.format());
        if (fault.atNs() != null) {
            lastByRank.put(spec.launchRank(), new Firing(spec, fault.atNs()));
        }
    }

    /** Time of the fault behind a loss, or behind damage, once; null if none was injected. */
    Long take(int launchRank, Incident.Cause cause) {
        Firing firing = lastByRank.get(launchRank);
        boolean isBehind = firing != null && isBehind(firing.spec().kind(), cause);
        if (isBehind || cause != Incident.Cause.CORRUPTION) {
            lastByRank.remove(launchRank);
        }
        return isBehind ? Long.valueOf(firing.atNs()) : null;
    }

    /** A rank that only slept, or whose memory was damaged, may be lost for another reason much later. */
    private static boolean isBehind(FaultSpec.Kind kind, Incident.Cause cause) {
        return switch (kind) {
            case SLOW -> cause == Incident.Cause.HANG;
            case CORRUPT -> cause == Incident.Cause.CORRUPTION;
            case KILL, STOP, THROW -> cause != Incident.Cause.CORRUPTION;
        };
    }
}
