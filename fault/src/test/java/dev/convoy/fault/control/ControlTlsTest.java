/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.convoy.fault.protocol.CoordinatorMessage;
import dev.convoy.fault.protocol.MemberId;
import dev.convoy.fault.protocol.RankMessage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The control plane over TLS: what passes, and what does not. */
@Timeout(60)
class ControlTlsTest {
    private static final String TOKEN = "0123456789abcdef0123456789abcdef";
    private static final MemberId MEMBER = new MemberId(1, 0);
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final Duration GREETING_BOUND = Duration.ofSeconds(2);

    private final ControlTls agent = ControlTls.ofNewCertificate();
    private final Queue<RankMessage> received = new ConcurrentLinkedQueue<>();
    private final Queue<CoordinatorMessage> heard = new ConcurrentLinkedQueue<>();
    private final Queue<String> lost = new ConcurrentLinkedQueue<>();
    private final Queue<MemberId> connected = new ConcurrentLinkedQueue<>();
    private final List<AutoCloseable> open = new ArrayList<>();

    private ControlServer server(ControlTls tls) throws IOException {
        ControlServer server = ControlServer.open(
                TOKEN,
                new ControlServer.Listener() {
                    @Override
                    public void connected(MemberId member, long pid) {
                        connected.add(member);
                    }

                    @Override
                    public void received(MemberId member, RankMessage message) {
                        received.add(message);
                    }

                    @Override
                    public void disconnected(MemberId member) {}
                },
                GREETING_BOUND,
                tls);
        open.add(server);
        return server;
    }

    private ControlClient connect(int port, ControlTls tls) throws IOException {
        ControlClient client = ControlClient.connect("127.0.0.1", port, TOKEN, MEMBER, heard::add, lost::add, tls);
        open.add(client);
        return client;
    }

    @AfterEach
    void closeAll() throws Exception {
        for (AutoCloseable each : open) {
            each.close();
        }
    }

    @Test
    void recordsGoBothWays() throws IOException {
        ControlServer server = server(agent);
        ControlClient client = connect(server.port(), ControlTls.pinned(agent.fingerprint()));
        for (int i = 0; i < 200; i++) {
            client.send(new RankMessage.Completed(i));
        }
        await().atMost(SOON).until(() -> received.size() == 200);
        assertThat(server.send(MEMBER, new CoordinatorMessage.Probe(7))).isTrue();
        await().atMost(SOON).until(() -> heard.contains(new CoordinatorMessage.Probe(7)));
        server.send(MEMBER, new CoordinatorMessage.Rejected("enough"));
        await().atMost(SOON).until(() -> lost.size() == 1);
        assertThat(heard).last().isEqualTo(new CoordinatorMessage.Rejected("enough"));
    }

    @Test
    void anotherAgentIsNotTalkedTo() throws IOException {
        ControlServer impostor = server(ControlTls.ofNewCertificate());
        assertThatThrownBy(() -> connect(impostor.port(), ControlTls.pinned(agent.fingerprint())))
                .isInstanceOf(SSLException.class)
                .hasMessageContaining("its certificate is another one");
        assertThat(connected).isEmpty();
    }

    // As by an agent that has waited long enough: on a busy machine a handshake takes seconds.
    @Test
    void whoIsHungUpOnInTheHandshakeComesAgain() throws Exception {
        ControlServer server = server(agent);
        try (ServerSocket door = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            CompletableFuture<ControlClient> client = CompletableFuture.supplyAsync(() -> {
                try {
                    return connect(door.getLocalPort(), ControlTls.pinned(agent.fingerprint()));
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
            Socket first = door.accept();
            first.getInputStream().read();
            first.close();
            try (Wiretap _ = new Wiretap(door, server.port())) {
                client.get(SOON.toMillis(), TimeUnit.MILLISECONDS).send(new RankMessage.Completed(1));
                await().atMost(SOON).until(() -> received.size() == 1);
            }
        }
    }

    @Test
    void whoSpeaksOpenlyIsNotLetIn() throws IOException {
        ControlServer server = server(agent);
        connect(server.port(), null);
        await().atMost(SOON).until(() -> !lost.isEmpty());
        assertThat(connected).isEmpty();
        assertThat(heard).isEmpty();
    }

    // Its agent must not wait for it: over TLS a farewell would wait for the writer, and the writer for the rank.
    @Test
    void aMemberThatDoesNotReadIsDisconnectedAtOnce() throws IOException {
        CountDownLatch mayRead = new CountDownLatch(1);
        ControlServer server = server(agent);
        open.add(mayRead::countDown);
        ControlClient client = ControlClient.connect(
                "127.0.0.1",
                server.port(),
                TOKEN,
                MEMBER,
                _ -> awaitQuietly(mayRead),
                lost::add,
                ControlTls.pinned(agent.fingerprint()));
        open.add(client);
        await().atMost(SOON).until(() -> connected.contains(MEMBER));
        CoordinatorMessage large = new CoordinatorMessage.Stop(1, "x".repeat(2_000));
        // Records that nobody takes pile up: in the connection's buffers first, then in its queue, which is bounded.
        await().pollInterval(Duration.ofMillis(10)).atMost(SOON).until(() -> !sendsMany(server, large));
        assertThat(connected).containsExactly(MEMBER);
    }

    // A rank must not wait for it either: whoever is told of the loss halts the rank, or finds another coordinator.
    @Test
    void anAgentThatDoesNotReadIsGivenUpAlthoughARecordIsOnItsWay() throws IOException {
        CountDownLatch mayRead = new CountDownLatch(1);
        ControlServer server = ControlServer.open(
                TOKEN,
                new ControlServer.Listener() {
                    @Override
                    public void connected(MemberId member, long pid) {
                        awaitQuietly(mayRead);
                    }

                    @Override
                    public void received(MemberId member, RankMessage message) {}

                    @Override
                    public void disconnected(MemberId member) {}
                },
                GREETING_BOUND,
                agent);
        open.add(mayRead::countDown);
        open.add(server);
        ControlClient client = connect(server.port(), ControlTls.pinned(agent.fingerprint()));
        RankMessage large = new RankMessage.Warning("x".repeat(2_000));
        AtomicLong sent = new AtomicLong();
        ControlServer.daemon("test-sender", () -> {
            while (lost.isEmpty()) {
                client.send(large);
                sent.incrementAndGet();
            }
        });
        AtomicLong before = new AtomicLong();
        await().pollInterval(Duration.ofMillis(300))
                .atMost(SOON)
                .until(() -> before.getAndSet(sent.get()) == sent.get() && sent.get() > 0);
        client.expectSigns(Duration.ofMillis(600));
        await().atMost(SOON).until(() -> !lost.isEmpty());
        assertThat(lost).singleElement().asString().startsWith("no sign of it");
    }

    private static boolean sendsMany(ControlServer server, CoordinatorMessage message) {
        boolean sent = true;
        for (int i = 0; i < 100; i++) {
            sent = server.send(MEMBER, message);
        }
        return sent;
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void aHandshakeByteByByteIsCutOff() throws IOException {
        ControlServer server = server(agent);
        byte[] firstBytesOfAHandshake = {22, 3, 1, 1, 0, 1, 0, 0, (byte) 252, 3, 3};
        long startNs = System.nanoTime();
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            socket.setSoTimeout(300);
            boolean closed = false;
            for (int i = 0; !closed; i++) {
                assertThat(Duration.ofNanos(System.nanoTime() - startNs)).isLessThan(SOON);
                closed = isClosedAfter(socket, firstBytesOfAHandshake[i % firstBytesOfAHandshake.length]);
            }
        }
        assertThat(connected).isEmpty();
    }

    /** Sends a byte and waits a little for the end of the connection. */
    private static boolean isClosedAfter(Socket socket, byte next) {
        try {
            socket.getOutputStream().write(next);
            return socket.getInputStream().read() < 0;
        } catch (SocketTimeoutException stillOpen) {
            return false;
        } catch (IOException reset) {
            return true;
        }
    }

    @Test
    void theTokenDoesNotPassInTheOpen() throws Exception {
        assertThat(onTheWire(null)).contains(TOKEN);
        assertThat(onTheWire(agent)).doesNotContain(TOKEN);
    }

    /** What somebody on the way reads while a member connects and sends a record. */
    private String onTheWire(ControlTls tls) throws Exception {
        received.clear();
        ControlServer server = server(tls);
        try (Wiretap tap = new Wiretap(server.port())) {
            ControlClient client = connect(tap.port(), tls == null ? null : ControlTls.pinned(tls.fingerprint()));
            client.send(new RankMessage.Completed(1));
            await().atMost(SOON).until(() -> !received.isEmpty());
            return tap.heard();
        }
    }

    @Test
    void aHashThatIsNoneIsRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> ControlTls.pinned("abcd"));
        assertThatIllegalArgumentException().isThrownBy(() -> ControlTls.pinned("x"));
        assertThat(ControlTls.ofNewCertificate().fingerprint()).hasSize(64).isNotEqualTo(agent.fingerprint());
    }
}
