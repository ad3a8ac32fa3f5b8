/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.protocol;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/** The processes of the job: at most one current one a launch rank, and the excluded ones until they are gone. */
final class Members {
    private final Map<MemberId, MemberStatus> all = new HashMap<>();
    private final NavigableMap<Integer, MemberStatus> current = new TreeMap<>();
    private final List<MemberStatus> leaving = new ArrayList<>();
    // Asked for far more often than changed.
    private List<MemberStatus> currentList = List.of();

    MemberStatus add(MemberId id, long timerNs) {
        MemberStatus status = new MemberStatus(id, timerNs);
        all.put(id, status);
        current.put(id.launchRank(), status);
        currentList = List.copyOf(current.values());
        return status;
    }

    /** Null if there never was such a member. */
    MemberStatus find(MemberId id) {
        return all.get(id);
    }

    /** Null if the launch rank is vacant. */
    MemberStatus current(int launchRank) {
        return current.get(launchRank);
    }

    /** In launch-rank order. */
    List<MemberStatus> current() {
        return currentList;
    }

    List<MemberStatus> connected() {
        return currentList.stream().filter(MemberStatus::isConnected).toList();
    }

    void exclude(MemberStatus status, long fenceDueNs) {
        status.exclude(fenceDueNs);
        current.remove(status.launchRank(), status);
        currentList = List.copyOf(current.values());
        if (!status.isGone()) {
            leaving.add(status);
        }
    }

    /** Excluded ones that may still act. */
    List<MemberStatus> leaving() {
        leaving.removeIf(MemberStatus::isGone);
        return List.copyOf(leaving);
    }

    boolean isLeaving(int launchRank) {
        return leaving().stream().anyMatch(status -> status.launchRank() == launchRank);
    }

    MemberId successor(int launchRank) {
        int incarnation = 0;
        while (all.containsKey(new MemberId(launchRank, incarnation))) {
            incarnation++;
        }
        return new MemberId(launchRank, incarnation);
    }
}
