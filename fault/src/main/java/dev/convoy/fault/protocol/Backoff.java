/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.protocol;

import java.util.HashMap;
import java.util.Map;

/**
 * When to try again what nobody waits for: at once after the first failure, then after a pause that doubles with each
 * further one, up to a minute. A success forgets them.
 *
 * @param <K> what is tried
 */
final class Backoff<K> {
    static final long FIRST_NS = 1_000_000_000L;
    static final long LONGEST_NS = 60_000_000_000L;

    private final Map<K, Tries> tries = new HashMap<>();

    private record Tries(int failures, long notBeforeNs) {}

    void failed(K what, long timerNs) {
        int failures = tries.containsKey(what) ? tries.get(what).failures() + 1 : 1;
        tries.put(what, new Tries(failures, timerNs + pauseNs(failures)));
    }

    private static long pauseNs(int failures) {
        // Twice as long each time; the shift stays small.
        return failures == 1 ? 0 : Math.min(LONGEST_NS, FIRST_NS << Math.min(failures - 2, 6));
    }

    void succeeded(K what) {
        tries.remove(what);
    }

    boolean isDue(K what, long timerNs) {
        Tries before = tries.get(what);
        return before == null || timerNs >= before.notBeforeNs();
    }
}
