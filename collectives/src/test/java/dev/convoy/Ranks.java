/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/** Runs the ranks of a communicator as threads of this process, each with what a rank needs. */
final class Ranks implements AutoCloseable {
    static final CommunicatorOptions OPTIONS = CommunicatorOptions.defaults()
            .withDeadline(Duration.ofSeconds(20))
            .withInitDeadline(Duration.ofSeconds(20));

    private static final long TEST_SECONDS = 60;

    private final ConvoyRuntime runtime;
    private final ExecutorService threads;
    private final List<Communicator> communicators;

    /** What each rank does; it has a stream of its own. */
    @FunctionalInterface
    interface Body<T> {
        T run(Communicator communicator, Stream stream) throws Exception;
    }

    Ranks(int worldSize) {
        this(worldSize, OPTIONS);
    }

    Ranks(int worldSize, CommunicatorOptions options) {
        this(Collections.nCopies(worldSize, ConvoyRuntime.open(RuntimeKind.HOST).device(0)), options);
    }

    /** On devices of any runtime, one for each rank. */
    Ranks(List<Device> devices, CommunicatorOptions options) {
        runtime = devices.getFirst().runtime();
        threads = Executors.newFixedThreadPool(devices.size());
        communicators = Communicator.initAll(devices, options);
    }

    ConvoyRuntime runtime() {
        return runtime;
    }

    List<Communicator> communicators() {
        return communicators;
    }

    /** Runs the body on all ranks at once; their results in rank order. */
    <T> List<T> all(Body<T> body) throws Exception {
        List<Future<T>> futures = new ArrayList<>();
        for (Communicator communicator : communicators) {
            Callable<T> rank = () -> {
                try (Stream stream = communicator.device().newStream()) {
                    return body.run(communicator, stream);
                }
            };
            futures.add(threads.submit(rank));
        }
        List<T> results = new ArrayList<>();
        for (Future<T> future : futures) {
            results.add(future.get(TEST_SECONDS, TimeUnit.SECONDS));
        }
        return results;
    }

    @Override
    public void close() {
        communicators.forEach(communicator -> communicator.revoke("the test is over"));
        Communicator.abortAll(communicators);
        threads.shutdownNow();
    }
}
