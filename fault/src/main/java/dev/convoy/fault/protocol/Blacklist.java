/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.protocol;

import dev.convoy.fault.protocol.Distrust.Conduct;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * Who has failed too often of late to be given anything: after three failures within five minutes it is left alone for
 * half a minute, and twice as long each time that it comes to that again, up to ten minutes.
 *
 * @param <K> who
 */
final class Blacklist<K extends Comparable<K>> {
    static final int FAILURES = 3;
    static final long WINDOW_NS = 300_000_000_000L;
    static final long COOL_DOWN_NS = 30_000_000_000L;
    static final long LONGEST_NS = 600_000_000_000L;

    private final Map<K, Entry> entries = new HashMap<>();

    private static final class Entry {
        private final Deque<Long> failures = new ArrayDeque<>();
        private long allowedFromNs = Long.MIN_VALUE;
        private int times;
    }

    void failed(K who, long timerNs) {
        Entry entry = entries.computeIfAbsent(who, key -> new Entry());
        entry.failures.add(timerNs);
        while (timerNs - entry.failures.peek() > WINDOW_NS) {
            entry.failures.remove();
        }
        if (entry.failures.size() >= FAILURES) {
            entry.allowedFromNs = timerNs + Math.min(LONGEST_NS, COOL_DOWN_NS << Math.min(entry.times, 10));
            entry.times++;
            entry.failures.clear();
        }
    }

    boolean isAllowed(K who, long timerNs) {
        return timerNs >= allowedFromNs(who);
    }

    /** From when on it is allowed again; long past if it never was not. */
    long allowedFromNs(K who) {
        Entry entry = entries.get(who);
        return entry == null ? Long.MIN_VALUE : entry.allowedFromNs;
    }

    /** What there is to say of everybody that ever failed, as of now. */
    Map<K, Conduct> conducts(long timerNs) {
        Map<K, Conduct> conducts = new TreeMap<>();
        entries.forEach((who, entry) -> conducts.put(
                who,
                new Conduct(
                        entry.failures.stream()
                                .map(failure -> timerNs - failure)
                                .filter(age -> age <= WINDOW_NS)
                                .toList(),
                        entry.allowedFromNs > timerNs ? entry.allowedFromNs - timerNs : 0,
                        entry.times)));
        return conducts;
    }

    /** What somebody else has found, as of now. */
    void inherit(K who, Conduct conduct, long timerNs) {
        Entry entry = new Entry();
        conduct.agesNs().forEach(age -> entry.failures.add(timerNs - age));
        entry.allowedFromNs = timerNs + conduct.barredNs();
        entry.times = conduct.times();
        entries.put(who, entry);
    }
}
