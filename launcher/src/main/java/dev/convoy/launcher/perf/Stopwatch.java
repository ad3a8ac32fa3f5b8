/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.launcher.perf;

import dev.convoy.Communicator;
import dev.convoy.Stream;
import java.time.Duration;

/** The loops that are timed. They allocate nothing; each is entered by all ranks at once. */
final class Stopwatch {
    private final Communicator communicator;
    private final Stream stream;
    private final boolean blocking;

    Stopwatch(Communicator communicator, Stream stream, boolean blocking) {
        this.communicator = communicator;
        this.stream = stream;
        this.blocking = blocking;
    }

    /**
     * Issues operations one after the other and waits for all in the end; when blocking, for each.
     *
     * @param call the operation
     * @param iterations how many
     * @param deadline bound of the wait
     * @return nanoseconds for all
     */
    long time(Call call, long iterations, Duration deadline) {
        long begin = System.nanoTime();
        if (blocking) {
            for (long i = 0; i < iterations; i++) {
                call.issue().await();
            }
        } else {
            for (long i = 0; i < iterations; i++) {
                call.issue();
            }
            communicator.synchronize(stream, deadline);
        }
        return System.nanoTime() - begin;
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
