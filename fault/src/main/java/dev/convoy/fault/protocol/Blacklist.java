/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.protocol;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;

/**
 * Who has failed too often of late to be given anything: after three failures within five minutes it is left alone for
 * half a minute, and twice as long each time that it comes to that again, up to ten minutes.
 *
 * @param <K> who
 */
final class Blacklist<K> {
    static final int FAILURES = 3;
    static final long WINDOW_NS = 300_000_000_000L;
    static final long COOL_DOWN_NS = 30_000_000_000L;
    static final long LONGEST_NS = 600_000_000_000L;

    private final Map<K, Conduct> conducts = new HashMap<>();

    private static final class Conduct {
        private final Deque<Long> failures = new ArrayDeque<>();
        private long allowedFromNs = Long.MIN_VALUE;
        private int times;
    }

    void failed(K who, long timerNs) {
        Conduct conduct = conducts.computeIfAbsent(who, key -> new Conduct());
        conduct.failures.add(timerNs);
        while (timerNs - conduct.failures.peek() > WINDOW_NS) {
            conduct.failures.remove();
        }
        if (conduct.failures.size() >= FAILURES) {
            conduct.allowedFromNs = timerNs + Math.min(LONGEST_NS, COOL_DOWN_NS << Math.min(conduct.times, 10));
            conduct.times++;
            conduct.failures.clear();
        }
    }

    boolean isAllowed(K who, long timerNs) {
        return timerNs >= allowedFromNs(who);
    }

    /** From when on it is allowed again; long past if it never was not. */
    long allowedFromNs(K who) {
        Conduct conduct = conducts.get(who);
        return conduct == null ? Long.MIN_VALUE : conduct.allowedFromNs;
    }
}
