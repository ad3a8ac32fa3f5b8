/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.protocol;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** The processes of the job: at most one current one a launch rank, and the excluded ones until they are gone. */
final class Members {
    private final Map<MemberId, MemberStatus> all = new HashMap<>();
    private final NavigableMap<Integer, MemberStatus> current = new TreeMap<>();
    // Places that somebody has left and nobody has taken.
    private final NavigableSet<Integer> vacant = new TreeSet<>();
    private final List<MemberStatus> leaving = new ArrayList<>();
    // On their way out by their own wish: they still have to acknowledge.
    private final List<MemberStatus> departing = new ArrayList<>();
    private final List<MemberStatus> departed = new ArrayList<>();
    // By launch rank: identities are never given away twice, not even by the next coordinator.
    private final NavigableMap<Integer, Integer> nextIncarnations = new TreeMap<>();
    // Asked for far more often than changed; null when it has to be made again.
    private List<MemberStatus> currentList;

    MemberStatus add(MemberId id, int node, long timerNs) {
        MemberStatus status = new MemberStatus(id, node, timerNs);
        know(id, status);
        occupy(status);
        return status;
    }

    private void know(MemberId id, MemberStatus status) {
        all.put(id, status);
        used(new MemberId(id.launchRank(), id.incarnation() + 1));
    }

    /** Identities below this one have been given away, whether or not there is anything left of them. */
    void used(MemberId next) {
        nextIncarnations.merge(next.launchRank(), next.incarnation(), Math::max);
    }

    /** For each launch rank that was ever used, the first identity that nobody has had. */
    List<MemberId> nextIncarnations() {
        return nextIncarnations.entrySet().stream()
                .map(entry -> new MemberId(entry.getKey(), entry.getValue()))
                .toList();
    }

    /** A process that a former coordinator started, by both of its names; it has no place yet. */
    MemberStatus inherit(MemberId bornAs, MemberId id, int node, long timerNs) {
        MemberStatus status = new MemberStatus(bornAs, node, timerNs);
        know(bornAs, status);
        if (!id.equals(bornAs)) {
            status.enlist(id);
            know(id, status);
        }
        return status;
    }

    /** What was inherited has a place. */
    void seat(MemberStatus inherited) {
        occupy(inherited);
    }

    /** Places below this number that nobody has inherited are free. */
    void vacateUnlessTaken(int places) {
        for (int place = 0; place < places; place++) {
            if (!current.containsKey(place)) {
                vacant.add(place);
            }
        }
    }

    private void occupy(MemberStatus status) {
        current.put(status.launchRank(), status);
        vacant.remove(status.launchRank());
        currentList = null;
    }

    private void vacate(MemberStatus status) {
        if (current.remove(status.launchRank(), status)) {
            vacant.add(status.launchRank());
        }
        currentList = null;
    }

    /** A process that has no place in the group yet. */
    MemberStatus addReserve(MemberId id, int node, long timerNs, String name) {
        MemberStatus status = new MemberStatus(id, node, timerNs);
        status.keepInReserve(name);
        know(id, status);
        return status;
    }

    /** Gives a process of the reserve a place; it is found by both names. */
    void enlist(MemberStatus reserve, MemberId as) {
        reserve.enlist(as);
        know(as, reserve);
        occupy(reserve);
    }

    /** Current, not connected yet, and started for this launch rank: a spare keeps the one it was started for. */
    MemberStatus starting(int launchRank) {
        return current().stream()
                .filter(status -> status.bornAs().launchRank() == launchRank)
                .filter(status -> !status.isConnected() && !status.hasExited())
                .findFirst()
                .orElse(null);
    }

    /** Takes a member out of the group that wants to go; its place is free. */
    void depart(MemberStatus status) {
        vacate(status);
        departing.add(status);
    }

    /** Those that want to go and have not been let go yet. */
    List<MemberStatus> departing() {
        departing.removeIf(MemberStatus::isGone);
        return List.copyOf(departing);
    }

    /** Nobody else holds what it holds: it stays. */
    void readmit(MemberStatus status) {
        departing.remove(status);
        occupy(status);
    }

    void dismiss(MemberStatus status, long fenceDueNs) {
        departing.remove(status);
        status.depart(fenceDueNs);
        departed.add(status);
    }

    /** One that a former coordinator let go. */
    void inheritDeparted(MemberStatus status, long fenceDueNs) {
        status.depart(fenceDueNs);
        departed.add(status);
    }

    /** Those that were let go and may still be ending. */
    List<MemberStatus> departed() {
        departed.removeIf(MemberStatus::isGone);
        return List.copyOf(departed);
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
        if (currentList == null) {
            currentList = List.copyOf(current.values());
        }
        return currentList;
    }

    /** Ascending; a place whose former holder may still act is among them. */
    List<Integer> vacant() {
        return List.copyOf(vacant);
    }

    int currentCount() {
        return current.size();
    }

    List<MemberStatus> connected() {
        return current().stream().filter(MemberStatus::isConnected).toList();
    }

    void exclude(MemberStatus status, long fenceDueNs) {
        status.exclude(fenceDueNs);
        vacate(status);
        departing.remove(status);
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
        return new MemberId(launchRank, nextIncarnations.getOrDefault(launchRank, 0));
    }
}
