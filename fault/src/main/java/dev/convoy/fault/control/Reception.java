/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.control;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * Receives whoever connects to a port: only so many strangers at a time, each on a daemon thread of its own. Whoever
 * comes beyond that waits in the system's queue until one of them is known or gone, for all of which there is a bound:
 * the ranks of a large job come at the same moment, and one that was hung up on would end. Thread-safe.
 */
final class Reception implements AutoCloseable {
    private static final int MAX_STRANGERS = 64;
    private static final long RETRY_MS = 20;

    private final ServerSocket socket;
    private final String name;
    private final Consumer<Socket> visit;
    private final Semaphore strangers = new Semaphore(MAX_STRANGERS);
    private final AtomicLong visits = new AtomicLong();
    private volatile boolean closed;

    /**
     * Prepares a reception.
     *
     * @param socket where people come; closed with this
     * @param name beginning of its threads' names
     * @param visit is given each connection, closes it, must not throw, and calls {@link #acquainted} once
     */
    Reception(ServerSocket socket, String name, Consumer<Socket> visit) {
        this.socket = socket;
        this.name = name;
        this.visit = visit;
    }

    void open() {
        ControlServer.daemon(name + "-accept", this::accept);
    }

    int port() {
        return socket.getLocalPort();
    }

    /** A visitor is no stranger any more, or is gone. */
    void acquainted() {
        strangers.release();
    }

    boolean isClosed() {
        return closed;
    }

    private void accept() {
        while (!closed) {
            try {
                strangers.acquire();
                receive();
            } catch (InterruptedException e) {
                closed = true;
            }
        }
    }

    private void receive() {
        Socket visitor = null;
        try {
            visitor = socket.accept();
            if (closed) {
                throw new SocketException("closed meanwhile");
            }
            Socket received = visitor;
            ControlServer.daemon(name + "-" + visits.incrementAndGet(), () -> visit.accept(received));
        } catch (IOException | OutOfMemoryError e) {
            // The port was closed, or this one connection failed, or the system has no descriptor or no thread left at
            // this moment: try again slowly. Nobody would hear of it if this thread ended, and nobody be let in again.
            strangers.release();
            if (visitor != null) {
                ControlServer.closeQuietly(visitor);
            }
            pauseUnlessClosed();
        }
    }

    private void pauseUnlessClosed() {
        try {
            Thread.sleep(closed ? 0 : RETRY_MS);
        } catch (InterruptedException e) {
            closed = true;
        }
    }

    /** Nobody is received from now on; who is inside stays. Idempotent. */
    @Override
    public void close() {
        closed = true;
        ControlServer.closeQuietly(socket);
    }
}
