/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.control;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Where the coordinator is, for the ranks of one node: their agent keeps it on a loopback port and a rank that has lost
 * its coordinator asks. A question shows the job's token and gets one answer; whoever sends anything else is dropped.
 */
public final class CoordinatorDirectory implements AutoCloseable {
    private static final int BACKLOG = 512;
    private static final int FORMAT = 2;

    private final Reception reception;
    private final byte[] token;
    private final Duration bound;
    private final AtomicReference<Location> present = new AtomicReference<>();

    /**
     * Where a coordinator listens.
     *
     * @param term its fencing token, greater than that of any coordinator before; 0 where there is only ever one
     * @param host its address
     * @param port its control port
     * @param certificate hash of the certificate that it shows there; empty where it speaks openly
     */
    public record Location(long term, String host, int port, String certificate) {
        /**
         * One that speaks openly.
         *
         * @param term its fencing token, greater than that of any coordinator before; 0 where there is only ever one
         * @param host its address
         * @param port its control port
         */
        public Location(long term, String host, int port) {
            this(term, host, port, "");
        }
    }

    private CoordinatorDirectory(ServerSocket socket, String token, Duration bound) {
        this.reception = new Reception(socket, "convoy-directory", this::answer);
        this.token = token.getBytes(StandardCharsets.UTF_8);
        this.bound = bound;
    }

    /**
     * Opens a loopback port and answers questions.
     *
     * @param token what a rank must show
     * @return the open directory, which knows of no coordinator yet
     * @throws IOException if no port can be had
     */
    public static CoordinatorDirectory open(String token) throws IOException {
        return open(token, Greeting.BOUND);
    }

    static CoordinatorDirectory open(String token, Duration bound) throws IOException {
        ServerSocket socket = new ServerSocket();
        socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), BACKLOG);
        CoordinatorDirectory directory = new CoordinatorDirectory(socket, token, bound);
        directory.reception.open();
        return directory;
    }

    /**
     * The port.
     *
     * @return on loopback
     */
    public int port() {
        return reception.port();
    }

    /**
     * There is a coordinator. One of an older term than is known already is not believed. Any thread may call it.
     *
     * @param coordinator where it is
     */
    public void announce(Location coordinator) {
        present.accumulateAndGet(
                coordinator, (known, told) -> known == null || told.term() >= known.term() ? told : known);
    }

    /**
     * Asks a directory.
     *
     * @param directory its address
     * @param token the job's
     * @param bound of the whole
     * @return where the present coordinator is; empty if the directory does not know
     * @throws IOException if there is no directory, or it does not answer as one in time
     */
    public static Optional<Location> ask(InetSocketAddress directory, String token, Duration bound) throws IOException {
        long deadlineNs = System.nanoTime() + bound.toNanos();
        try (Socket socket = new Socket()) {
            socket.connect(directory, (int) bound.toMillis());
            socket.setTcpNoDelay(true);
            WireWriter question = new WireWriter();
            question.u8(FORMAT);
            question.string(token);
            send(socket, question);
            WireReader answer = receive(new DeadlineInputStream(socket, socket.getInputStream(), deadlineNs));
            Location found = answer.nullable(in -> new Location(in.i64(), in.string(), in.i32(), in.string()));
            answer.end();
            return Optional.ofNullable(found);
        }
    }

    private void answer(Socket stranger) {
        try (stranger) {
            long deadlineNs = System.nanoTime() + bound.toNanos();
            WireReader question = receive(new DeadlineInputStream(stranger, stranger.getInputStream(), deadlineNs));
            byte[] shown = question.string().getBytes(StandardCharsets.UTF_8);
            question.end();
            if (MessageDigest.isEqual(token, shown)) {
                WireWriter answer = new WireWriter();
                answer.u8(FORMAT);
                answer.nullable(present.get(), (out, location) -> {
                    out.i64(location.term());
                    out.string(location.host());
                    out.i32(location.port());
                    out.string(location.certificate());
                });
                send(stranger, answer);
            }
        } catch (IOException | RuntimeException e) {
            // Whatever a stranger does ends its own connection only.
            ControlServer.closeQuietly(stranger);
        } finally {
            reception.acquainted();
        }
    }

    private static void send(Socket socket, WireWriter body) throws IOException {
        byte[] bytes = body.toBytes();
        socket.getOutputStream()
                .write(ByteBuffer.allocate(Integer.BYTES + bytes.length)
                        .putInt(bytes.length)
                        .put(bytes)
                        .array());
    }

    private static WireReader receive(InputStream stream) throws IOException {
        DataInputStream in = new DataInputStream(stream);
        int length = in.readInt();
        if (length < 1 || length > Limits.HELLO_BYTES) {
            throw new ProtocolException("a directory's record of " + length + " bytes");
        }
        WireReader body = new WireReader(in.readNBytes(length));
        int format = body.u8();
        if (format != FORMAT) {
            throw new ProtocolException("a directory's record of format " + format);
        }
        return body;
    }

    /** Closes the port. Idempotent. */
    @Override
    public void close() {
        reception.close();
    }
}
