/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.control;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.ssl.SSLException;

/** A connection between two agents, alike at both ends: a daemon thread reads, another one writes. Thread-safe. */
public final class NodeLink implements AutoCloseable {
    private static final int CONNECT_MS = 5_000;
    private static final int QUEUED_RECORDS = 10_000;
    private static final byte[] END = {};

    /** What is closed: to say farewell over TLS may wait for a writer, and that one for a peer that does not read. */
    private final Socket wire;

    private final Socket socket;
    private final InputStream in;
    private final BlockingQueue<byte[]> queue = new LinkedBlockingQueue<>(QUEUED_RECORDS);
    private final AtomicBoolean closed = new AtomicBoolean();
    private final CountDownLatch ended = new CountDownLatch(1);

    /** Told what happens on a link, on its reader's thread: hand over to a queue. */
    public interface Listener {
        /**
         * A record came in.
         *
         * @param record what
         */
        void received(NodeRecord record);

        /**
         * The link ended other than by {@link NodeLink#close}; told once.
         *
         * @param reason one line
         */
        void lost(String reason);
    }

    /**
     * Takes over a connection.
     *
     * @param wire the connection
     * @param socket the same, or TLS on it
     */
    NodeLink(Socket wire, Socket socket) throws IOException {
        this.wire = wire;
        this.socket = socket;
        in = new BufferedInputStream(socket.getInputStream());
    }

    /**
     * Connects to the agent that leads a job, and says who this one is. A refusal comes as {@link NodeRecord.Refused}.
     *
     * @param address where it listens
     * @param hello the first record
     * @param listener told what happens
     * @param tls this agent's side of TLS; null to speak openly
     * @return the open link
     * @throws ImpostorException if whoever listens there is none of the job's agents; it was told nothing
     * @throws IOException if nobody listens there, or does not speak as this side does
     */
    public static NodeLink connect(
            InetSocketAddress address, NodeRecord.Enlist hello, Listener listener, ControlTls tls) throws IOException {
        Socket wire = new Socket();
        try {
            wire.connect(address, CONNECT_MS);
            wire.setTcpNoDelay(true);
            NodeLink link = new NodeLink(wire, tls == null ? wire : secured(wire, address, tls));
            link.send(hello);
            link.start(listener);
            return link;
        } catch (IOException e) {
            ControlServer.closeQuietly(wire);
            throw e;
        }
    }

    private static Socket secured(Socket wire, InetSocketAddress address, ControlTls tls) throws IOException {
        try (CutOff bound = new CutOff(wire, Duration.ofMillis(CONNECT_MS))) {
            Socket socket = tls.connect(wire, address.getHostString(), address.getPort());
            if (!bound.lift()) {
                throw new SSLException("the handshake took longer than " + CONNECT_MS / 1_000 + " s");
            }
            return socket;
        } catch (IOException e) {
            if (e.getCause() instanceof CertificateException wrong) {
                throw new ImpostorException(wrong.getMessage(), e);
            }
            throw new IOException(
                    "it does not speak TLS as an agent does (" + e.getMessage()
                            + "); all agents of a job need --tls, or none",
                    e);
        }
    }

    /**
     * This end's address.
     *
     * @return in numbers, as the other end can reach it
     */
    public String localHost() {
        return socket.getLocalAddress().getHostAddress();
    }

    void start(Listener listener) {
        ControlServer.daemon("convoy-node-write", this::write);
        ControlServer.daemon("convoy-node-read", () -> read(listener));
    }

    /**
     * Queues a record; does not wait for the network. A peer that lets thousands pile up is disconnected.
     *
     * @param record what
     */
    public void send(NodeRecord record) {
        if (!closed.get() && !queue.offer(NodeCodec.frame(record))) {
            ControlServer.closeQuietly(wire);
        }
    }

    private void write() {
        try {
            byte[] frame = queue.take();
            while (frame != END) {
                socket.getOutputStream().write(frame);
                frame = queue.take();
            }
            socket.shutdownOutput();
        } catch (IOException e) {
            // The reader meets the same end and reports it.
            ControlServer.closeQuietly(wire);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            ControlServer.closeQuietly(wire);
        }
    }

    private void read(Listener listener) {
        String reason = "closed the connection";
        try {
            NodeRecord record = NodeCodec.read(in, Limits.FRAME_BYTES);
            while (record != null) {
                listener.received(record);
                record = NodeCodec.read(in, Limits.FRAME_BYTES);
            }
        } catch (IOException | RuntimeException e) {
            reason = "cannot be reached (" + e.getMessage() + ")";
        }
        boolean expected = closed.getAndSet(true);
        queue.offer(END);
        ControlServer.closeQuietly(wire);
        ended.countDown();
        if (!expected) {
            listener.lost(reason);
        }
    }

    /** Closes the link after what is queued has been written; the listener is not told. Idempotent. */
    @Override
    public void close() {
        if (!closed.getAndSet(true)) {
            queue.offer(END);
        }
    }

    /**
     * Waits until the peer has closed its end, too. A process that ends before, with records unread, resets the
     * connection, and the peer may lose what was written last.
     *
     * @param bound how long at most
     * @return whether it has
     * @throws InterruptedException if interrupted meanwhile
     */
    public boolean awaitEnd(Duration bound) throws InterruptedException {
        return ended.await(bound.toNanos(), TimeUnit.NANOSECONDS);
    }

    /** Closes the link at once, whatever is queued; the listener is told. */
    public void cut() {
        ControlServer.closeQuietly(wire);
    }
}
