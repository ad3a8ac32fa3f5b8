/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.launcher.perf;

import dev.convoy.Communicator;
import dev.convoy.Stream;
import java.time.Duration;

/** The loops that are timed. They allocate nothing; each is entered by all ranks at once. */
final class Stopwatch {
    /**
     * As many operations may be under way. A GPU's queue holds about as many; without a bound a rank that is ahead
     * fills the memory with what it has not done yet.
     */
    static final int MOST_UNDER_WAY = 1_000;

    private final Communicator communicator;
    private final Stream stream;
    private final boolean blocking;

    Stopwatch(Communicator communicator, Stream stream, boolean blocking) {
        this.communicator = communicator;
        this.stream = stream;
        this.blocking = blocking;
    }

    /**
     * Issues operations one after the other and waits for all in the end, and whenever many are under way; when
     * blocking, for each.
     *
     * @param call the operation
     * @param iterations how many
     * @param underWay how many at once, at most; 1 to {@link #MOST_UNDER_WAY}
     * @param deadline bound of each wait
     * @return nanoseconds for all
     */
    long time(Call call, long iterations, int underWay, Duration deadline) {
        long begin = System.nanoTime();
        if (blocking) {
            awaitEach(call, iterations);
        } else {
            awaitMany(call, iterations, underWay, deadline);
        }
        return System.nanoTime() - begin;
    }

    private void awaitEach(Call call, long iterations) {
        for (long i = 0; i < iterations; i++) {
            call.issue().await();
        }
    }

    private void awaitMany(Call call, long iterations, int underWay, Duration deadline) {
        for (long left = iterations; left > 0; left -= underWay) {
            int batch = (int) Math.min(left, underWay);
            for (int i = 0; i < batch; i++) {
                call.issue();
            }
            communicator.synchronize(stream, deadline);
        }
    }

    /** Awaits each operation before the next, and records how long each took. */
    void record(Call call, long iterations, Latencies latencies) {
        for (long i = 0; i < iterations; i++) {
            long begin = System.nanoTime();
            call.issue().await();
            latencies.record(System.nanoTime() - begin);
        }
    }
}
