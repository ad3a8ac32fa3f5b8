/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.convoy.fault.protocol.MemberId;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class NodeLinkTest {
    private static final String TOKEN = "0123456789abcdef";
    private static final MemberId MEMBER = new MemberId(3, 1);

    private final BlockingQueue<Object> atServer = new LinkedBlockingQueue<>();
    private final BlockingQueue<Object> atNode = new LinkedBlockingQueue<>();
    private NodeServer server;
    private volatile NodeLink serversLink;

    @BeforeEach
    void open() throws IOException {
        server = NodeServer.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), TOKEN, new Host(), null);
    }

    @AfterEach
    void close() {
        server.close();
    }

    private NodeLink connect(String token, int node) throws IOException {
        NodeRecord.Enlist hello = new NodeRecord.Enlist(NodeRecord.PROTOCOL, token, node, 2, 4);
        return NodeLink.connect(address(), hello, new Noting(atNode), null);
    }

    private InetSocketAddress address() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port());
    }

    private static Object next(BlockingQueue<Object> queue) throws InterruptedException {
        return queue.poll(30, TimeUnit.SECONDS);
    }

    @Test
    void recordsGoBothWays() throws Exception {
        NodeLink link = connect(TOKEN, 1);
        assertThat(next(atServer)).isEqualTo("joined 1");
        link.send(new NodeRecord.Renew(7));
        serversLink.send(new NodeRecord.Start(MEMBER, "kill:3@7"));
        assertThat(next(atServer)).isEqualTo(new NodeRecord.Renew(7));
        assertThat(next(atNode)).isEqualTo(new NodeRecord.Start(MEMBER, "kill:3@7"));
        link.close();
        assertThat(next(atServer)).isEqualTo("lost: closed the connection");
    }

    @Test
    void whatIsQueuedArrivesBeforeTheEnd() throws Exception {
        connect(TOKEN, 1);
        assertThat(next(atServer)).isEqualTo("joined 1");
        serversLink.send(new NodeRecord.JobEnded(0, "done"));
        serversLink.close();
        assertThat(next(atNode)).isEqualTo(new NodeRecord.JobEnded(0, "done"));
        assertThat(next(atNode)).isEqualTo("lost: closed the connection");
    }

    @Test
    void whoHasNotTheTokenIsRefused() throws Exception {
        connect("another one", 1);
        assertThat(next(atNode)).isEqualTo(new NodeRecord.Refused("the token is not this job's", false));
        assertThat(atServer).isEmpty();
    }

    @Test
    void theHostDecidesWhoBelongsToTheJob() throws Exception {
        connect(TOKEN, 9);
        assertThat(next(atNode)).isEqualTo(new NodeRecord.Refused("no node 9", true));
    }

    @Test
    void rubbishAndRanksRecordsChangeNothing() throws Exception {
        byte[] rubbish = new byte[200];
        new Random(1).nextBytes(rubbish);
        byte[] hello = MessageCodec.frame(new dev.convoy.fault.protocol.RankMessage.Hello(1, TOKEN, MEMBER, 1, 0));
        for (byte[] bytes :
                List.of(rubbish, hello, NodeCodec.frame(new NodeRecord.Renew(1)), new byte[] {127, 0, 0, 1})) {
            try (Socket stranger = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
                stranger.getOutputStream().write(bytes);
                stranger.shutdownOutput();
                assertThat(stranger.getInputStream().readAllBytes()).isEmpty();
            } catch (java.net.SocketException reset) {
                // Closed before all was read: refused, too.
                assertThat(reset).isNotNull();
            }
        }
        assertThat(atServer).isEmpty();
        connect(TOKEN, 1);
        assertThat(next(atServer)).isEqualTo("joined 1");
    }

    @Test
    void everyRecordReadsBackAndEveryTruncationIsRefused() throws Exception {
        List<NodeRecord> records = List.of(
                new NodeRecord.Enlist(1, "t", 2, 3, 4),
                new NodeRecord.Welcome(1, "t", "/x", "/y", "00ff"),
                new NodeRecord.Refused("no", true),
                new NodeRecord.Renew(5),
                new NodeRecord.Start(MEMBER, ""),
                new NodeRecord.Kill(MEMBER),
                new NodeRecord.Killed(MEMBER),
                new NodeRecord.Known(MEMBER, 77),
                new NodeRecord.Ended(MEMBER, 137),
                new NodeRecord.NotStarted(MEMBER, "no memory"),
                new NodeRecord.Look(MEMBER),
                new NodeRecord.State(MEMBER, 'T'),
                new NodeRecord.JobEnded(1, "over"),
                new NodeRecord.Present(List.of(MEMBER, new MemberId(0, 0))));
        assertThat(records).hasSize(NodeRecord.class.getPermittedSubclasses().length);
        for (NodeRecord record : records) {
            byte[] frame = NodeCodec.frame(record);
            assertThat(NodeCodec.read(new ByteArrayInputStream(frame), 1_000)).isEqualTo(record);
            for (int length = 1; length < frame.length; length++) {
                byte[] cut = Arrays.copyOf(frame, length);
                assertThat(catchThrowable(() -> NodeCodec.read(new ByteArrayInputStream(cut), 1_000)))
                        .isInstanceOf(IOException.class);
            }
        }
    }

    private final class Host implements NodeServer.Host {
        @Override
        public NodeRecord.Refused refusal(NodeRecord.Enlist hello) {
            return hello.node() == 9 ? new NodeRecord.Refused("no node 9", true) : null;
        }

        @Override
        public NodeLink.Listener joined(NodeRecord.Enlist hello, NodeLink link) {
            serversLink = link;
            atServer.add("joined " + hello.node());
            return new Noting(atServer);
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
