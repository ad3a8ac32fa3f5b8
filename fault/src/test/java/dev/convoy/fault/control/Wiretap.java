/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.control;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** Somebody on the way between two peers of one connection: passes all on, and keeps what the connecting one says. */
final class Wiretap implements AutoCloseable {
    private final ServerSocket socket;
    private final ByteArrayOutputStream heard = new ByteArrayOutputStream();
    private volatile Socket client;
    private volatile Socket server;

    Wiretap(int port) throws IOException {
        this(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()), port);
    }

    /** At a door that others have used before; closes it. */
    Wiretap(ServerSocket socket, int port) {
        this.socket = socket;
        Thread.ofPlatform().daemon().start(() -> relay(port));
    }

    int port() {
        return socket.getLocalPort();
    }

    String heard() {
        return heard.toString(StandardCharsets.ISO_8859_1);
    }

    private void relay(int port) {
        try {
            client = socket.accept();
            server = new Socket(InetAddress.getLoopbackAddress(), port);
            Thread.ofPlatform().daemon().start(() -> copy(server, client, new ByteArrayOutputStream()));
            copy(client, server, heard);
        } catch (IOException closed) {
            close();
        }
    }

    private void copy(Socket from, Socket to, ByteArrayOutputStream seen) {
        byte[] bytes = new byte[4_096];
        try {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int length = in.read(bytes); length >= 0; length = in.read(bytes)) {
                seen.write(bytes, 0, length);
                out.write(bytes, 0, length);
            }
        } catch (IOException closed) {
            close();
        }
    }

    @Override
    public void close() {
        ControlServer.closeQuietly(socket);
        if (client != null) {
            ControlServer.closeQuietly(client);
        }
        if (server != null) {
            ControlServer.closeQuietly(server);
        }
    }
}
