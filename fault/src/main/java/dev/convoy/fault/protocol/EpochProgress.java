/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.protocol;

import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** How far the members of an epoch have come, with the time of the last one at each stage. */
final class EpochProgress {
    /** In the order in which a member reaches them. */
    enum Stage {
        REBUILT,
        RESTORED,
        RESUMED,
        COMPLETED
    }

    private final List<MemberStatus> members;
    private final Set<MemberStatus> memberSet;
    private final Map<Stage, Set<MemberStatus>> reached = new EnumMap<>(Stage.class);
    private final Map<Stage, Long> lastNs = new EnumMap<>(Stage.class);

    EpochProgress(List<MemberStatus> members) {
        this.members = List.copyOf(members);
        memberSet = Set.copyOf(members);
        for (Stage stage : Stage.values()) {
            reached.put(stage, new HashSet<>());
            lastNs.put(stage, 0L);
        }
    }

    /** Returns whether this was the last member to reach the stage. */
    boolean reach(Stage stage, MemberStatus status, long atNs) {
        boolean fresh = memberSet.contains(status) && reached.get(stage).add(status);
        if (fresh) {
            lastNs.merge(stage, atNs, Math::max);
        }
        return fresh && allReached(stage);
    }

    boolean allReached(Stage stage) {
        return reached.get(stage).size() == members.size();
    }

    boolean anyReached(Stage stage) {
        return !reached.get(stage).isEmpty();
    }

    long lastNs(Stage stage) {
        return lastNs.get(stage);
    }

    List<MemberStatus> members() {
        return members;
    }

    List<MemberStatus> missing(Stage stage) {
        return members.stream()
                .filter(status -> !reached.get(stage).contains(status))
                .toList();
    }
}
