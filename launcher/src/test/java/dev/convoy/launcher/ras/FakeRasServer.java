/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.launcher.ras;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A RAS service of the documented protocol, and of what can go wrong with one. Serves one client at a time. */
final class FakeRasServer implements AutoCloseable {
    private final ServerSocket socket;
    private final Script script;
    private final List<String> commands = new CopyOnWriteArrayList<>();
    private final Thread thread;
    private volatile Socket client;

    /** What it says to a command; the connection is closed once it returns false. */
    interface Script {
        boolean answer(String command, OutputStream out) throws IOException, InterruptedException;
    }

    FakeRasServer(Script script) throws IOException {
        this.script = script;
        this.socket = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
        this.thread = Thread.ofPlatform().name("fake-ras").start(this::serve);
    }

    /** A service that does everything right. */
    static FakeRasServer of(String json) throws IOException {
        return new FakeRasServer((command, out) -> answer(command, json.getBytes(StandardCharsets.UTF_8), out));
    }

    static boolean answer(String command, byte[] json, OutputStream out) throws IOException {
        if (command.startsWith("CLIENT PROTOCOL ")) {
            say("SERVER PROTOCOL 2\n", out);
        } else if (command.startsWith("TIMEOUT ") || command.equals("SET FORMAT json")) {
            say("OK\n", out);
        } else if (command.equals("STATUS") || command.equals("VERBOSE STATUS")) {
            out.write(json);
            return false;
        } else {
            say("ERROR: Unknown command\n", out);
        }
        return true;
    }

    static void say(String text, OutputStream out) throws IOException {
        out.write(text.getBytes(StandardCharsets.UTF_8));
        out.flush();
    }

    private void serve() {
        try {
            for (; ; ) {
                try (Socket accepted = socket.accept()) {
                    client = accepted;
                    converse(accepted);
                }
            }
        } catch (IOException | InterruptedException e) {
            // The test is over, or the client has gone.
        }
    }

    private void converse(Socket with) throws IOException, InterruptedException {
        var in = new BufferedReader(new InputStreamReader(with.getInputStream(), StandardCharsets.UTF_8));
        String command = in.readLine();
        while (command != null) {
            commands.add(command);
            if (!script.answer(command, with.getOutputStream())) {
                return;
            }
            command = in.readLine();
        }
    }

    RasAddress address() {
        return new RasAddress("127.0.0.1", socket.getLocalPort());
    }

    List<String> commands() {
        return commands;
    }

    @Override
    public void close() throws IOException {
        socket.close();
        if (client != null) {
            client.close();
        }
        thread.interrupt();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
