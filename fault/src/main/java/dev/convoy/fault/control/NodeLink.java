/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.control;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/** A connection between two agents, alike at both ends: a daemon thread reads, another one writes. Thread-safe. */
public final class NodeLink implements AutoCloseable {
    private static final int CONNECT_MS = 5_000;
    private static final int QUEUED_RECORDS = 10_000;
    private static final byte[] END = {};

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

    NodeLink(Socket socket) throws IOException {
        this.socket = socket;
        in = new BufferedInputStream(socket.getInputStream());
    }

    /**
     * Connects to the agent that leads a job, and says who this one is. A refusal comes as {@link NodeRecord.Refused}.
     *
     * @param address where it listens
     * @param hello the first record
     * @param listener told what happens
     * @return the open link
     * @throws IOException if nobody listens there
     */
    public static NodeLink connect(InetSocketAddress address, NodeRecord.Enlist hello, Listener listener)
            throws IOException {
        Socket socket = new Socket();
        try {
            socket.connect(address, CONNECT_MS);
            socket.setTcpNoDelay(true);
            NodeLink link = new NodeLink(socket);
            link.send(hello);
            link.start(listener);
            return link;
        } catch (IOException e) {
            ControlServer.closeQuietly(socket);
            throw e;
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
            ControlServer.closeQuietly(socket);
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
            ControlServer.closeQuietly(socket);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            ControlServer.closeQuietly(socket);
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
        ControlServer.closeQuietly(socket);
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
        ControlServer.closeQuietly(socket);
    }
}
