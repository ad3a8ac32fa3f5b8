/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import dev.convoy.fault.protocol.MemberId;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Links between agents over TLS: who is let in, and who is talked to. */
@Timeout(60)
class NodeTlsTest {
    private static final String SECRET = "the agents' common secret";
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final Duration GREETING_BOUND = Duration.ofSeconds(2);

    private final BlockingQueue<Object> atServer = new LinkedBlockingQueue<>();
    private final BlockingQueue<Object> atNode = new LinkedBlockingQueue<>();
    private final CountDownLatch mayRead = new CountDownLatch(1);
    private NodeServer server;
    private volatile NodeLink serversLink;

    private void open(ControlTls tls) throws IOException {
        InetSocketAddress anyPort = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        server = NodeServer.open(anyPort, SECRET, new Host(), tls, GREETING_BOUND);
    }

    private NodeLink connect(int port, ControlTls tls) throws IOException {
        NodeRecord.Enlist hello = new NodeRecord.Enlist(NodeRecord.PROTOCOL, SECRET, 1, 2, 4);
        InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
        return NodeLink.connect(address, hello, new Noting(atNode), tls);
    }

    @AfterEach
    void close() {
        mayRead.countDown();
        server.close();
    }

    private static Object next(BlockingQueue<Object> queue) throws InterruptedException {
        return queue.poll(30, TimeUnit.SECONDS);
    }

    @Test
    void holdersOfTheSecretFindEachOtherAndNobodyOnTheWayReadsIt() throws Exception {
        open(ControlTls.ofNewCertificate(SECRET));
        try (Wiretap tap = new Wiretap(server.port())) {
            NodeLink link = connect(tap.port(), ControlTls.ofHolders(SECRET));
            assertThat(next(atServer)).isEqualTo("joined 1");
            link.send(new NodeRecord.Renew(7));
            serversLink.send(new NodeRecord.JobEnded(0, "done"));
            assertThat(next(atServer)).isEqualTo(new NodeRecord.Renew(7));
            assertThat(next(atNode)).isEqualTo(new NodeRecord.JobEnded(0, "done"));
            serversLink.close();
            assertThat(next(atNode)).isEqualTo("lost: closed the connection");
            assertThat(tap.heard()).isNotEmpty().doesNotContain(SECRET);
        }
    }

    @Test
    void thisTestHearsASecretThatPassesInTheOpen() throws Exception {
        open(null);
        try (Wiretap tap = new Wiretap(server.port())) {
            connect(tap.port(), null);
            assertThat(next(atServer)).isEqualTo("joined 1");
            assertThat(tap.heard()).contains(SECRET);
        }
    }

    @Test
    void whoHasAnotherSecretIsNotTalkedTo() throws Exception {
        open(ControlTls.ofNewCertificate("another secret"));
        assertIsImpostor();
    }

    @Test
    void whoHasNoSecretIsNotTalkedTo() throws Exception {
        open(ControlTls.ofNewCertificate());
        assertIsImpostor();
    }

    // A man in the middle can read the true agent's certificate; its key he does not have, and the seal is of that.
    @Test
    void aSealOfAnotherKeyIsNone() throws Exception {
        PublicKey certified =
                KeyPairGenerator.getInstance("EC").generateKeyPair().getPublic();
        CertificateSeal seal = new CertificateSeal(SECRET);
        open(ControlTls.of(JobCertificate.create(_ -> seal.of(certified))));
        assertIsImpostor();
    }

    private void assertIsImpostor() {
        assertThat(catchThrowable(() -> connect(server.port(), ControlTls.ofHolders(SECRET))))
                .isInstanceOf(ImpostorException.class)
                .hasMessage("whoever answers there does not have this agent's secret");
        assertThat(atServer).isEmpty();
    }

    @Test
    void whoSpeaksOpenlyIsNotLetIn() throws Exception {
        open(ControlTls.ofNewCertificate(SECRET));
        connect(server.port(), null);
        assertThat(next(atNode)).asString().startsWith("lost: ");
        assertThat(atServer).isEmpty();
        connect(server.port(), ControlTls.ofHolders(SECRET));
        assertThat(next(atServer)).isEqualTo("joined 1");
    }

    @Test
    void whoAnswersOpenlyIsNotTalkedTo() throws Exception {
        open(null);
        assertThat(catchThrowable(() -> connect(server.port(), ControlTls.ofHolders(SECRET))))
                .isInstanceOf(IOException.class)
                .isNotInstanceOf(ImpostorException.class)
                .hasMessageContaining("does not speak TLS as an agent does")
                .hasMessageContaining("need --tls, or none");
        assertThat(atServer).isEmpty();
    }

    @Test
    void aHandshakeByteByByteIsCutOff() throws Exception {
        open(ControlTls.ofNewCertificate(SECRET));
        byte[] firstBytesOfAHandshake = {22, 3, 1, 1, 0, 1, 0, 0, (byte) 252, 3, 3};
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            socket.setSoTimeout(100);
            int[] sent = {0};
            await().atMost(SOON)
                    .until(() ->
                            isClosedAfter(socket, firstBytesOfAHandshake[sent[0]++ % firstBytesOfAHandshake.length]));
        }
        assertThat(atServer).isEmpty();
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

    // Over TLS a farewell would wait for the writer, and the writer waits for the peer.
    @Test
    void aLinkWhosePeerDoesNotReadIsCutAtOnce() throws Exception {
        open(ControlTls.ofNewCertificate(SECRET));
        NodeLink link = connect(server.port(), ControlTls.ofHolders(SECRET));
        assertThat(next(atServer)).isEqualTo("joined 1");
        NodeRecord large = new NodeRecord.Start(new MemberId(0, 0), "x".repeat(8_000));
        for (int i = 0; i < 5_000; i++) {
            link.send(large);
        }
        assertThat(next(atServer)).isEqualTo(large);
        link.cut();
        assertThat(link.awaitEnd(SOON)).isTrue();
        assertThat(next(atNode)).asString().startsWith("lost: cannot be reached");
    }

    private final class Host implements NodeServer.Host {
        @Override
        public NodeRecord.Refused refusal(NodeRecord.Enlist hello) {
            return null;
        }

        @Override
        public NodeLink.Listener joined(NodeRecord.Enlist hello, NodeLink link) {
            serversLink = link;
            atServer.add("joined " + hello.node());
            return new NodeLink.Listener() {
                @Override
                public void received(NodeRecord record) {
                    atServer.add(record);
                    if (record instanceof NodeRecord.Start) {
                        awaitLeave();
                    }
                }

                @Override
                public void lost(String reason) {
                    atServer.add("lost: " + reason);
                }
            };
        }

        private void awaitLeave() {
            try {
                mayRead.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private record Noting(BlockingQueue<Object> queue) implements NodeLink.Listener {
        @Override
        public void received(NodeRecord record) {
            queue.add(record);
        }

        @Override
        public void lost(String reason) {
            queue.add("lost: " + reason);
        }
    }
}
