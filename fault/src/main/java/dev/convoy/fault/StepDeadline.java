/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault;

import dev.convoy.fault.detect.AdaptiveDeadline;
import java.time.Duration;

/**
 * How long an operation may take before somebody says so although the program itself does not. In a step that may be
 * less than the deadline, where earlier steps were shorter; outside of steps, in snapshots and restores, it never is.
 * The user's thread tells of its steps; any thread reads the bound.
 */
final class StepDeadline {
    /** What a pause of the machine, or a long garbage collection, may take without being taken for a hang. */
    private static final Duration FLOOR = Duration.ofSeconds(1);
    // The program's own wait ends with its deadline: this only catches what does not.
    private static final Duration MARGIN = Duration.ofSeconds(2);

    private final long otherwiseNs;
    // Null if steps are not learnt from.
    private final AdaptiveDeadline adaptive;
    private volatile boolean inStep;
    private long beganNs;

    StepDeadline(Duration deadline, boolean adapts) {
        otherwiseNs = deadline.plus(MARGIN).toNanos();
        adaptive = adapts ? new AdaptiveDeadline(Math.min(FLOOR.toNanos(), otherwiseNs), otherwiseNs) : null;
    }

    /** Another group, and so other durations. */
    void epochBegins() {
        inStep = false;
        if (adaptive != null) {
            adaptive.forget();
        }
    }

    void stepBegins(long nowNs) {
        beganNs = nowNs;
        inStep = adaptive != null;
    }

    void stepCompleted(long nowNs) {
        inStep = false;
        if (adaptive != null) {
            adaptive.observe(nowNs - beganNs);
        }
    }

    void stepFailed() {
        inStep = false;
    }

    long boundNs() {
        return inStep ? adaptive.boundNs() : otherwiseNs;
    }
}
