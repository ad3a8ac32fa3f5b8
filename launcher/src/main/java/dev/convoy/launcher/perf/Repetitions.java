/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.launcher.perf;

import java.time.Duration;

/**
 * How often an operation is repeated: as the command line says, or as long as it takes to measure it well. All ranks
 * come to the same numbers, since they look at the slowest one's time.
 */
final class Repetitions {
    /** Time for one size and one kind of buffers. */
    private static final long TARGET_NANOS = 100_000_000;
    /** What a trial must last to be extrapolated. */
    private static final long TRIAL_NANOS = 10_000_000;
    /** Until the first size begins: the JVM has compiled the loops by then. */
    private static final long COMPILE_NANOS = 120_000_000;
    /** The latencies of a long run are sampled. */
    private static final long LATENCY_NANOS = 1_000_000_000;

    private static final long FEWEST = 5;
    private static final long MOST = 10_000_000;

    private final Plan plan;
    private final Stopwatch stopwatch;
    private final Agreement agreement;
    private boolean compiled;

    Repetitions(Plan plan, Stopwatch stopwatch, Agreement agreement) {
        this.plan = plan;
        this.stopwatch = stopwatch;
        this.agreement = agreement;
    }

    /**
     * Warms an operation up.
     *
     * @param call the operation
     * @param latencies cleared afterwards
     * @return nanoseconds that one operation takes about
     */
    long warmUp(Call call, Latencies latencies) {
        agreement.barrier();
        long nanos = timed(call, Math.max(1, plan.warmup()));
        long iterations = Math.max(1, plan.warmup());
        long wanted = compiled ? (plan.iterations() == 0 ? TRIAL_NANOS : 0) : COMPILE_NANOS;
        while (nanos < wanted) {
            iterations = Math.min(MOST, iterations * Math.clamp(2 * wanted / Math.max(1, nanos), 2, 10));
            nanos = timed(call, iterations);
            if (!compiled) {
                stopwatch.record(call, Math.min(iterations, 100_000), latencies);
            }
        }
        compiled = true;
        latencies.clear();
        return Math.max(1, nanos / iterations);
    }

    /** How many operations to time. */
    long iterations(long nanosEach) {
        return plan.iterations() > 0 ? plan.iterations() : Math.clamp(TARGET_NANOS / nanosEach, FEWEST, MOST);
    }

    /** How many operations to record one by one. */
    long samples(long iterations, long nanosEach) {
        return Math.min(iterations, Math.max(FEWEST, LATENCY_NANOS / nanosEach));
    }

    /** Bound of the wait for many operations. */
    Duration deadline(long iterations, long nanosEach) {
        long nanos = Math.multiplyHigh(iterations, nanosEach) == 0 ? iterations * nanosEach : Long.MAX_VALUE / 8;
        return plan.deadline().plusNanos(Math.clamp(nanos, 0, Long.MAX_VALUE / 8) * 4);
    }

    private long timed(Call call, long iterations) {
        return agreement.greatest(Math.max(1, stopwatch.time(call, iterations, plan.deadline())));
    }
}
