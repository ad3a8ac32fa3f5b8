/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.launcher.perf;

import java.time.Duration;

/**
 * How often an operation is repeated: as the command line says, or as long as it takes to measure it well. All ranks
 * come to the same numbers, since they look at the slowest one's time.
 */
final class Repetitions {
    /** Time for one size and one kind of buffers, where nothing else is asked for. */
    private static final long TARGET_NANOS = 100_000_000;
    /** An operation that takes so many times as long as the last ones is not late yet. */
    private static final int SLACK = 4;
    /** Until the first measurement: the JVM has begun to compile the loops by then. */
    private static final long COMPILE_NANOS = 50_000_000;
    /** How long a case waits for the compilers to come to rest, at most. */
    private static final long SETTLE_NANOS = 1_000_000_000;
    /** A look at the compilers after so long. */
    private static final long LOOK_NANOS = 10_000_000;
    /** They rest when they took no more than this part of the time in between. */
    private static final int RESTING_PART = 100;
    /** Time for the latencies of single operations, which are timed apart from the others. */
    private static final long LATENCY_NANOS = 30_000_000;
    /** The same where a number of operations was asked for: those of a long run are sampled. */
    private static final long LATENCY_NANOS_AT_MOST = 1_000_000_000;

    private static final long FEWEST = 5;
    private static final long MOST = 10_000_000;

    private final Plan plan;
    private final Stopwatch stopwatch;
    private final Agreement agreement;
    private boolean compiled;
    /** What one operation takes about; 0 while unknown. */
    private long nanosEach;

    /**
     * Operations that were timed.
     *
     * @param iterations how many
     * @param nanos that all of them took on this rank
     */
    record Timed(long iterations, long nanos) {}

    Repetitions(Plan plan, Stopwatch stopwatch, Agreement agreement) {
        this.plan = plan;
        this.stopwatch = stopwatch;
        this.agreement = agreement;
    }

    /**
     * Warms an operation up.
     *
     * @param call the operation
     * @param scratch for latencies; empty afterwards
     */
    void warmUp(Call call, Latencies scratch) {
        // The first one may set up connections. How long it takes bounds the waits for those that follow.
        nanosEach = 0;
        time(call, 1);
        if (plan.warmup() > 0) {
            time(call, plan.warmup());
        }
        if (!compiled) {
            compile(call, scratch);
            compiled = true;
        }
        settle(call);
    }

    private void compile(Call call, Latencies scratch) {
        long spent = 0;
        for (long iterations = FEWEST; spent < COMPILE_NANOS; iterations = Math.min(MOST, iterations * 4)) {
            time(call, iterations);
            stopwatch.record(call, iterations, scratch);
            spent += 2 * iterations * nanosEach;
        }
        scratch.clear();
    }

    /** Until no rank's compilers have anything to do: what the last case did, and filling memory, sets them to work. */
    private void settle(Call call) {
        long spent = 0;
        long nanos;
        long compiling;
        do {
            long before = JitThreads.cpuNanos();
            long iterations = Math.clamp(LOOK_NANOS / nanosEach, 1, MOST);
            time(call, iterations);
            nanos = iterations * nanosEach;
            compiling = agreement.greatest(JitThreads.cpuNanos() - before);
            spent += nanos;
        } while (compiling > nanos / RESTING_PART && spent < SETTLE_NANOS);
    }

    /** Times an operation; where the number is left to us, with more and more until they take long enough. */
    Timed measure(Call call) {
        if (plan.iterations() > 0) {
            return new Timed(plan.iterations(), time(call, plan.iterations()));
        }
        long iterations = FEWEST;
        while (true) {
            long nanos = time(call, iterations);
            long all = nanosEach * iterations;
            if (all >= TARGET_NANOS / 2 || iterations >= MOST) {
                return new Timed(iterations, nanos);
            }
            iterations = Math.min(MOST, iterations * Math.clamp(TARGET_NANOS / Math.max(1, all), 2, 10));
        }
    }

    /** Records the latencies of single operations, as many as were timed if that does not take too long. */
    void record(Call call, long iterations, Latencies latencies) {
        latencies.clear();
        agreement.barrier();
        long nanos = plan.iterations() > 0 ? LATENCY_NANOS_AT_MOST : LATENCY_NANOS;
        stopwatch.record(call, Math.min(iterations, Math.max(FEWEST, nanos / nanosEach)), latencies);
    }

    /** All ranks begin together, and know afterwards how long the slowest one took. */
    private long time(Call call, long iterations) {
        agreement.barrier();
        long nanos = Math.max(1, stopwatch.time(call, iterations, underWay(), deadline()));
        nanosEach = Math.max(1, agreement.greatest(nanos) / iterations);
        return nanos;
    }

    /** So few that the slack of operations as slow as the last ones lengthens a wait's bound by no more than itself. */
    private int underWay() {
        long most = plan.deadline().toNanos() / (SLACK * Math.max(1, nanosEach));
        return Math.clamp(most, 1, Stopwatch.MOST_UNDER_WAY);
    }

    /** Bound of a wait for as many operations as may be under way. */
    private Duration deadline() {
        return plan.deadline().plusNanos(Math.min(nanosEach, Long.MAX_VALUE >> 20) * underWay() * SLACK);
    }
}
