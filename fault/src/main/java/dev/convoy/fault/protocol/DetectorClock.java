/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.protocol;

/**
 * The coordinator's timer: monotonic time less the spans in which the coordinator itself did not run. When the agent
 * was stopped or starved, everybody looks silent, and nobody is to blame.
 */
final class DetectorClock {
    /** Events come every few milliseconds; a gap this long is the detector's own lateness. */
    static final long LATE_NS = 300_000_000L;

    private long nowNs = Long.MIN_VALUE;
    private long lostNs;

    void advance(long eventNs) {
        if (nowNs != Long.MIN_VALUE && eventNs - nowNs > LATE_NS) {
            lostNs += eventNs - nowNs;
        }
        nowNs = nowNs == Long.MIN_VALUE ? eventNs : Math.max(nowNs, eventNs);
    }

    /** CLOCK_MONOTONIC as of the present event. */
    long nowNs() {
        return nowNs;
    }

    /** Time in which the detector ran. */
    long timerNs() {
        return nowNs - lostNs;
    }

    /** A peer's own stamp, limited to what is possible. */
    long stamp(long claimedNs) {
        return claimedNs <= 0 ? nowNs : Math.min(claimedNs, nowNs);
    }
}
