/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.control;

import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * Closes a socket after a time unless lifted before. Each read of a TLS handshake has a bound of its own: who sends it
 * byte by byte is cut off from outside.
 */
final class CutOff implements AutoCloseable {
    private final CompletableFuture<Void> overdue;

    CutOff(Socket socket, Duration bound) {
        overdue = CompletableFuture.runAsync(
                () -> ControlServer.closeQuietly(socket),
                CompletableFuture.delayedExecutor(bound.toMillis(), TimeUnit.MILLISECONDS));
    }

    /** Returns whether it was in time. */
    boolean lift() {
        return overdue.cancel(false);
    }

    @Override
    public void close() {
        lift();
    }
}
