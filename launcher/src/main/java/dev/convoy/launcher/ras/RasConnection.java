/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.launcher.ras;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** One connection to the service, bounded in time as a whole and in what is read. Used by one thread. */
final class RasConnection implements AutoCloseable {
    private static final int LONGEST_LINE = 1024;
    private static final int MOST_BYTES = 64 << 20;
    private static final int BUFFER = 1 << 16;

    private final long deadlineNs;
    private final Socket socket;

    private RasConnection(Socket socket, long deadlineNs) {
        this.socket = socket;
        this.deadlineNs = deadlineNs;
    }

    /** Connects to the first address of the host that accepts. */
    static RasConnection open(RasAddress address, Duration bound) throws IOException {
        long deadlineNs = System.nanoTime() + bound.toNanos();
        IOException refusal = null;
        for (InetAddress each : InetAddress.getAllByName(address.host())) {
            Socket socket = new Socket();
            try {
                socket.connect(new InetSocketAddress(each, address.port()), remainingMillis(deadlineNs));
                return new RasConnection(socket, deadlineNs);
            } catch (IOException e) {
                socket.close();
                refusal = e;
            }
        }
        throw refusal;
    }

    private static int remainingMillis(long deadlineNs) throws SocketTimeoutException {
        long millis = (deadlineNs - System.nanoTime()) / 1_000_000;
        if (millis <= 0) {
            throw new SocketTimeoutException("its time is over");
        }
        return (int) Math.min(millis, Integer.MAX_VALUE);
    }

    /** Sends a command. It is so short that it fits the socket's buffer: nothing here waits for the reader. */
    void send(String command) throws IOException {
        socket.getOutputStream().write((command + "\n").getBytes(StandardCharsets.US_ASCII));
    }

    /** Reads one line, without its end. */
    String line() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int next = read(); next != '\n'; next = read()) {
            if (next < 0) {
                throw new IOException("it closed the connection");
            }
            if (line.size() == LONGEST_LINE) {
                throw new IOException("a line of its answer has no end");
            }
            line.write(next);
        }
        return line.toString(StandardCharsets.UTF_8).strip();
    }

    private int read() throws IOException {
        socket.setSoTimeout(remainingMillis(deadlineNs));
        return socket.getInputStream().read();
    }

    /** Reads until the service closes the connection, which is how it ends an answer. */
    byte[] rest() throws IOException {
        InputStream in = socket.getInputStream();
        ByteArrayOutputStream rest = new ByteArrayOutputStream();
        byte[] buffer = new byte[BUFFER];
        for (; ; ) {
            socket.setSoTimeout(remainingMillis(deadlineNs));
            int count = in.read(buffer);
            if (count < 0) {
                return rest.toByteArray();
            }
            if (rest.size() + count > MOST_BYTES) {
                throw new IOException("its answer is longer than " + MOST_BYTES + " bytes");
            }
            rest.write(buffer, 0, count);
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
