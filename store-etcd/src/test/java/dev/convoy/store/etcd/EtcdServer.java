/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.store.etcd;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;

/** An etcd of one member on free loopback ports, with its data in a folder of the test's. */
public final class EtcdServer implements AutoCloseable {
    private static final Duration START = Duration.ofSeconds(30);
    private static final int SPACE_BYTES = 16 << 20;

    private final Path folder;
    private final int clients = freePort();
    private final int peers = freePort();
    private Process process;

    private EtcdServer(Path folder) {
        this.folder = folder;
    }

    /** Skips the test, visibly, where there is no etcd. */
    public static EtcdServer start(Path folder) {
        Assumptions.assumeTrue(
                isInstalled(), "there is no etcd on PATH (Debian: apt-get install etcd-server); this test needs one");
        EtcdServer server = new EtcdServer(folder);
        server.startAgain();
        return server;
    }

    private static boolean isInstalled() {
        return List.of(System.getenv("PATH").split(":")).stream()
                .anyMatch(entry -> Files.isExecutable(Path.of(entry, "etcd")));
    }

    private static int freePort() {
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return free.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** As it was: same ports, same data. */
    public void startAgain() {
        String client = "http://127.0.0.1:" + clients;
        String peer = "http://127.0.0.1:" + peers;
        ProcessBuilder builder = new ProcessBuilder(
                "etcd",
                "--data-dir=" + folder.resolve("etcd-data"),
                "--listen-client-urls=" + client,
                "--advertise-client-urls=" + client,
                "--listen-peer-urls=" + peer,
                "--initial-advertise-peer-urls=" + peer,
                "--initial-cluster=default=" + peer,
                "--quota-backend-bytes=" + SPACE_BYTES);
        // Nothing of the tests' own environment is meant for it.
        builder.environment().keySet().removeIf(name -> name.startsWith("ETCD_"));
        builder.redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        folder.resolve("etcd.log").toFile()));
        try {
            process = builder.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        awaitListening();
    }

    private void awaitListening() {
        long until = System.nanoTime() + START.toNanos();
        while (System.nanoTime() < until && process.isAlive()) {
            try (Socket socket = new Socket()) {
                socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), clients), 1_000);
                return;
            } catch (IOException e) {
                pause();
            }
        }
        throw new IllegalStateException("etcd does not listen; see " + folder.resolve("etcd.log"));
    }

    private static void pause() {
        try {
            Thread.sleep(20);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    public URI address() {
        return URI.create("etcd://127.0.0.1:" + clients);
    }

    public long pid() {
        return process.pid();
    }

    /** Uses up its space: from now on it renews leases and deletes, and refuses whatever adds something. */
    public void fill() {
        try (Client client = Client.builder()
                .endpoints(address().toString().replace("etcd:", "http:"))
                .build()) {
            ByteSequence much = ByteSequence.from(new byte[1 << 20]);
            for (int number = 0; number <= SPACE_BYTES / much.size(); number++) {
                ByteSequence key = ByteSequence.from("/filling/" + number, StandardCharsets.UTF_8);
                client.getKVClient().put(key, much).get();
            }
            throw new IllegalStateException("etcd takes more than it has space for");
        } catch (ExecutionException e) {
            return; // it is full
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** SIGKILL. */
    public void kill() {
        process.destroyForcibly();
        try {
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                throw new IllegalStateException("etcd does not end");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        kill();
    }
}
