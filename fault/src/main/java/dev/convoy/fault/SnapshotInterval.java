/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault;

import dev.convoy.fault.protocol.FailureHistory;
import java.time.Duration;

/**
 * How many steps lie between snapshots: a fixed number or, with {@link ElasticOptions#AUTO}, as many as cost least.
 * That is Daly's √(2C(R + M)), which without a recovery's time R is Young's √(2CM): C is the time that a snapshot keeps
 * the steps from going on, M the mean time between failures. Of M there is an expectation, which counts like one
 * failure in that time; what is seen corrects it.
 *
 * <p>Each rank measures and says what it would choose; the vote on a snapshot makes the least of that everybody's: who
 * waited for others there has measured more than a snapshot's cost.
 */
final class SnapshotInterval {
    private static final int LEAST_MEASUREMENTS = 3;
    private static final long LONGEST_STEPS = 1_000_000;
    // What a failure may cost at most, whatever is expected of failures.
    private static final double LONGEST_NS = 600e9;

    private final int fixed;
    private final double expectedNs;
    private final RecentMedian costs = new RecentMedian();
    private final RecentMedian stepTimes = new RecentMedian();
    private FailureHistory failures = FailureHistory.NONE;
    private long epochBeganNs;
    private long agreed = 1;
    private long next;

    SnapshotInterval(int fixed, Duration expected) {
        this.fixed = fixed;
        expectedNs = expected.toNanos();
    }

    /** Another group: its first snapshot comes at once, and says when the next does. */
    void epochBegins(FailureHistory history, long nowNs) {
        failures = history;
        epochBeganNs = nowNs;
        next = 0;
    }

    boolean isDue(long step) {
        return fixed == ElasticOptions.AUTO ? step >= next : step % fixed == 0;
    }

    /** A snapshot has begun, which is the last before the next one is agreed on if it goes on during steps. */
    void began(long step) {
        next = step + agreed;
    }

    /** What the vote on a snapshot came to; the same on all ranks. */
    void agreed(long step, long steps) {
        agreed = Math.clamp(steps, 1, LONGEST_STEPS);
        next = step + agreed;
    }

    /** Steps between snapshots at present. */
    long present() {
        return fixed == ElasticOptions.AUTO ? agreed : fixed;
    }

    /** A snapshot kept this rank from its steps for so long. */
    void took(long ns) {
        costs.add(ns);
    }

    void stepsTook(long steps, long ns) {
        if (steps > 0) {
            stepTimes.add(ns / steps);
        }
    }

    /** What this rank would choose. */
    long wish(long nowNs) {
        if (fixed != ElasticOptions.AUTO) {
            return fixed;
        }
        if (costs.count() < LEAST_MEASUREMENTS || stepTimes.count() < LEAST_MEASUREMENTS) {
            return 1;
        }
        double steps = bestNs(costs.value(), meanTimeBetweenFailuresNs(nowNs), failures.meanRecoveryNs())
                / Math.max(1, stepTimes.value());
        return Math.clamp(Math.round(steps), 1, LONGEST_STEPS);
    }

    private double meanTimeBetweenFailuresNs(long nowNs) {
        double workedNs = failures.elapsedNs() + (double) (nowNs - epochBeganNs);
        return (expectedNs + workedNs) / (1 + failures.count());
    }

    /** Time from one snapshot to the next that costs least. */
    static double bestNs(double costNs, double meanTimeBetweenFailuresNs, double recoveryNs) {
        return Math.min(LONGEST_NS, Math.sqrt(2 * costNs * (recoveryNs + meanTimeBetweenFailuresNs)));
    }
}
