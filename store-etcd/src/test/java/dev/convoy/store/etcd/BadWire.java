/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.store.etcd;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;

/**
 * A network between a client and etcd that fails at the worst moment, once: when a question goes by that contains a
 * certain text, its connection is never heard of again, and the question itself arrives now, or late.
 */
final class BadWire implements AutoCloseable {
    /** Bytes in which a connection is kept up; any answer has more. */
    private static final int MORE_THAN_COURTESIES = 60;

    private final ServerSocket socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final CountDownLatch failed = new CountDownLatch(1);
    private final CountDownLatch delivery;
    private final CountDownLatch answered = new CountDownLatch(1);
    private final int port;
    private final String text;

    private BadWire(URI etcd, String text, int held) throws IOException {
        port = etcd.getPort();
        this.text = text;
        delivery = new CountDownLatch(held);
        daemon(this::accept);
    }

    /** The question is carried out, and its answer lost. */
    static BadWire losingTheAnswerTo(URI etcd, String text) throws IOException {
        return new BadWire(etcd, text, 0);
    }

    /** The question is held back until {@link #deliver}. */
    static BadWire holdingBack(URI etcd, String text) throws IOException {
        return new BadWire(etcd, text, 1);
    }

    URI address() {
        return URI.create("etcd://127.0.0.1:" + socket.getLocalPort());
    }

    /** Returns when what was held back has been answered. */
    void deliver() throws InterruptedException {
        delivery.countDown();
        answered.await();
    }

    private static void daemon(Runnable body) {
        Thread.ofPlatform().daemon().start(body);
    }

    private void accept() {
        try {
            while (true) {
                Socket client = socket.accept();
                Socket server = new Socket(InetAddress.getLoopbackAddress(), port);
                open.add(client);
                open.add(server);
                CountDownLatch cut = new CountDownLatch(1);
                daemon(() -> ask(client, server, cut));
                daemon(() -> answer(server, client, cut));
            }
        } catch (IOException closed) {
            return;
        }
    }

    private void ask(Socket client, Socket server, CountDownLatch cut) {
        try {
            InputStream in = client.getInputStream();
            byte[] bytes = new byte[1 << 16];
            ByteArrayOutputStream seen = new ByteArrayOutputStream();
            for (int length = in.read(bytes); length >= 0; length = in.read(bytes)) {
                seen.write(bytes, 0, length);
                boolean fatal = failed.getCount() > 0
                        && seen.toString(StandardCharsets.ISO_8859_1).contains(text);
                if (fatal) {
                    failed.countDown();
                    cut.countDown();
                    delivery.await();
                }
                server.getOutputStream().write(bytes, 0, length);
                if (fatal) {
                    return; // etcd's end stays open: nobody tells it either
                }
            }
            server.close();
        } catch (IOException | InterruptedException closed) {
            return;
        }
    }

    private void answer(Socket server, Socket client, CountDownLatch cut) {
        try {
            InputStream in = server.getInputStream();
            byte[] bytes = new byte[1 << 16];
            int lost = 0;
            for (int length = in.read(bytes); length >= 0; length = in.read(bytes)) {
                if (cut.getCount() > 0) {
                    client.getOutputStream().write(bytes, 0, length);
                } else if (delivery.getCount() == 0) {
                    lost += length;
                }
                if (lost > MORE_THAN_COURTESIES) {
                    answered.countDown();
                }
            }
            client.close();
        } catch (IOException closed) {
            return;
        }
    }

    @Override
    public void close() throws IOException {
        delivery.countDown();
        socket.close();
        for (Socket each : open) {
            each.close();
        }
    }
}
