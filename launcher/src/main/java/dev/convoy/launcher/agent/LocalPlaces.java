/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.launcher.agent;

import dev.convoy.fault.protocol.MemberId;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * Numbers this machine's processes from 0, so that each uses a device of its own as far as there are enough. A
 * replacement gets its predecessor's place, whoever else comes the lowest one that nobody lives in.
 */
final class LocalPlaces {
    private final int ranks;
    private final Predicate<MemberId> lives;
    private final Map<MemberId, Integer> places = new TreeMap<>();

    /**
     * No places yet.
     *
     * @param ranks of the job; launch ranks from there on are those of spares
     * @param lives whether a process that has been given a place may still use its device
     */
    LocalPlaces(int ranks, Predicate<MemberId> lives) {
        this.ranks = ranks;
        this.lives = lives;
    }

    /** A new process's place. */
    int give(MemberId member) {
        int place = former(member).filter(free -> isFree(free, member)).orElseGet(() -> lowest(member));
        places.put(member, place);
        return place;
    }

    private Optional<Integer> former(MemberId member) {
        return places.keySet().stream()
                .filter(other -> other.launchRank() == member.launchRank())
                .max(Comparator.naturalOrder())
                .map(places::get);
    }

    private int lowest(MemberId member) {
        int place = 0;
        while (!isFree(place, member)) {
            place++;
        }
        return place;
    }

    private boolean isFree(int place, MemberId newcomer) {
        return places.entrySet().stream()
                .noneMatch(entry -> entry.getValue() == place
                        && !isPredecessor(entry.getKey(), newcomer)
                        && lives.test(entry.getKey()));
    }

    // A rank is replaced when it is lost, although its end may not have been seen. A spare also when it has become one.
    private boolean isPredecessor(MemberId other, MemberId newcomer) {
        return newcomer.launchRank() < ranks && other.launchRank() == newcomer.launchRank();
    }
}
