/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.control;

import dev.convoy.fault.protocol.CoordinatorMessage;
import dev.convoy.fault.protocol.MemberId;
import dev.convoy.fault.protocol.Message;
import dev.convoy.fault.protocol.RankMessage;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/** The agent's end of one member's connection: records out through a bounded queue, so that nobody waits for a peer. */
final class ControlConnection {
    private static final int QUEUED_RECORDS = 1_000;
    /** Ends the writer; no record is empty. */
    private static final byte[] END = {};

    /** What is closed: over TLS a farewell would wait for the writer, and that one for a rank that is stopped. */
    private final Socket wire;

    private final Socket socket;
    private final InputStream in;
    private final RankMessage.Hello hello;
    private final BlockingQueue<byte[]> queue = new LinkedBlockingQueue<>(QUEUED_RECORDS);

    /**
     * Takes over a connection.
     *
     * @param wire the connection
     * @param socket the same, or TLS on it
     * @param hello its first record
     */
    ControlConnection(Socket wire, Socket socket, RankMessage.Hello hello) throws IOException {
        this.wire = wire;
        this.socket = socket;
        this.hello = hello;
        in = new BufferedInputStream(socket.getInputStream());
    }

    MemberId member() {
        return hello.member();
    }

    long pid() {
        return hello.pid();
    }

    /** Writes directly: nobody but the caller knows this connection yet. */
    void reject(String reason) throws IOException {
        socket.getOutputStream().write(MessageCodec.frame(new CoordinatorMessage.Rejected(reason)));
        socket.shutdownOutput();
    }

    void startWriter() {
        ControlServer.daemon("convoy-control-write-" + member().launchRank(), this::write);
    }

    boolean send(CoordinatorMessage message) {
        boolean queued = queue.offer(MessageCodec.frame(message));
        if (queued && message instanceof CoordinatorMessage.Rejected) {
            queued = queue.offer(END);
        }
        if (!queued) {
            close();
        }
        return queued;
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
            close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            close();
        }
    }

    /** Null at the end of the connection. */
    RankMessage read() throws IOException {
        Message message = MessageCodec.read(in, Limits.FRAME_BYTES);
        return switch (message) {
            case null -> null;
            case RankMessage.Hello again -> throw new ProtocolException("a second Hello of " + again.member());
            case RankMessage fromRank -> fromRank;
            case CoordinatorMessage other -> throw new ProtocolException("a rank sent " + other.getClass());
        };
    }

    void close() {
        ControlServer.closeQuietly(wire);
        queue.clear();
        // Fails only if a sender has filled the queue again: then that record fails and ends the writer.
        queue.offer(END);
    }
}
