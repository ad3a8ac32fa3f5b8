/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.convoy.fault.protocol.CoordinatorMessage;
import dev.convoy.fault.protocol.MemberId;
import dev.convoy.fault.protocol.Message;
import dev.convoy.fault.protocol.RankMessage;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Server and client over real sockets. */
@Timeout(60)
class ControlPlaneTest {
    private static final String TOKEN = "0123456789abcdef";
    private static final MemberId MEMBER = new MemberId(2, 1);
    private static final Duration GREETING_BOUND = Duration.ofSeconds(1);
    private static final Duration SOON = Duration.ofSeconds(10);

    private final Recorder recorder = new Recorder();
    private final Queue<CoordinatorMessage> heard = new ConcurrentLinkedQueue<>();
    private final Queue<String> lost = new ConcurrentLinkedQueue<>();
    private final List<AutoCloseable> open = new ArrayList<>();
    private ControlServer server;

    private static final class Recorder implements ControlServer.Listener {
        private final Queue<String> events = new ConcurrentLinkedQueue<>();
        private final Queue<RankMessage> messages = new ConcurrentLinkedQueue<>();

        @Override
        public void connected(MemberId member, long pid) {
            events.add("connected " + member + " pid " + pid);
        }

        @Override
        public void received(MemberId member, RankMessage message) {
            messages.add(message);
            if (message instanceof RankMessage.Warning warning && warning.text().equals("throw")) {
                throw new IllegalStateException("listener");
            }
        }

        @Override
        public void disconnected(MemberId member) {
            events.add("disconnected " + member);
        }
    }

    @BeforeEach
    void openServer() throws IOException {
        server = ControlServer.open(TOKEN, recorder);
    }

    @AfterEach
    void closeAll() throws Exception {
        server.close();
        for (AutoCloseable resource : open) {
            resource.close();
        }
    }

    private ControlClient connect(String token, MemberId member) throws IOException {
        ControlClient client = ControlClient.connect("127.0.0.1", server.port(), token, member, heard::add, lost::add);
        open.add(client);
        return client;
    }

    /** Strangers are dropped sooner than usual; on a busy machine a member might be, too. */
    private void openImpatientServer() throws IOException {
        server.close();
        server = ControlServer.open(TOKEN, recorder, GREETING_BOUND, null);
    }

    private Socket stranger() throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port());
        open.add(socket);
        return socket;
    }

    private void awaitEvents(int count) {
        await().atMost(SOON).until(() -> recorder.events.size() == count);
    }

    private static byte[] hello() {
        return MessageCodec.frame(new RankMessage.Hello(Message.PROTOCOL, TOKEN, MEMBER, 7, 0));
    }

    /** Reads until the server closes; a reset is a close too. */
    private static void awaitClosed(Socket socket) throws IOException {
        socket.setSoTimeout(20_000);
        InputStream in = socket.getInputStream();
        try {
            while (in.read() >= 0) {}
        } catch (SocketTimeoutException e) {
            throw new AssertionError("the server keeps the connection", e);
        } catch (IOException reset) {
            assertThat(reset).isNotNull();
        }
    }

    @Test
    void recordsGoBothWaysInOrder() throws IOException {
        ControlClient client = connect(TOKEN, MEMBER);
        awaitEvents(1);
        assertThat(recorder.events)
                .containsExactly("connected rank 2 (replacement 1) pid "
                        + ProcessHandle.current().pid());
        for (int i = 0; i < 500; i++) {
            client.send(new RankMessage.Completed(i));
            assertThat(server.send(MEMBER, new CoordinatorMessage.Probe(i))).isTrue();
        }
        await().atMost(SOON).until(() -> recorder.messages.size() == 500 && heard.size() == 500);
        List<RankMessage> expected = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            expected.add(new RankMessage.Completed(i));
        }
        assertThat(recorder.messages).containsExactlyElementsOf(expected);
        assertThat(heard).last().isEqualTo(new CoordinatorMessage.Probe(499));
    }

    @Test
    void heartbeatsKeepComing() throws IOException {
        ControlClient client = connect(TOKEN, MEMBER);
        client.startHeartbeats(() -> new RankMessage.Heartbeat(1, 2, 3, 4));
        await().atMost(SOON).until(() -> recorder.messages.size() >= 5);
        assertThat(recorder.messages).containsOnly(new RankMessage.Heartbeat(1, 2, 3, 4));
    }

    @Test
    void failingHeartbeatIsALossAndNotASilence() throws IOException {
        ControlClient client = connect(TOKEN, MEMBER);
        client.startHeartbeats(() -> {
            throw new IllegalStateException("no numbers");
        });
        await().atMost(SOON).until(() -> lost.size() == 1);
        assertThat(lost.element()).contains("no numbers");
    }

    @Test
    void closedClientIsDisconnectedAndHearsNothingOfIt() throws IOException {
        ControlClient client = connect(TOKEN, MEMBER);
        awaitEvents(1);
        client.close();
        client.close();
        awaitEvents(2);
        assertThat(recorder.events).last().isEqualTo("disconnected " + MEMBER);
        assertThat(server.send(MEMBER, new CoordinatorMessage.Probe(1))).isFalse();
        client.send(new RankMessage.Completed(1));
        assertThat(lost).isEmpty();
    }

    @Test
    void clientLearnsOnceThatTheAgentIsGone() throws IOException {
        ControlClient client = connect(TOKEN, MEMBER);
        awaitEvents(1);
        server.close();
        await().atMost(SOON).until(() -> !lost.isEmpty());
        client.send(new RankMessage.Completed(1));
        client.close();
        assertThat(lost).hasSize(1);
        assertThat(recorder.events).as("the listener hears nothing of close()").hasSize(1);
    }

    @Test
    void wrongTokenIsRejected() throws IOException {
        for (String wrong : new String[] {"", "0123456789abcdee", TOKEN + "0"}) {
            heard.clear();
            lost.clear();
            connect(wrong, MEMBER);
            await().atMost(SOON).until(() -> lost.size() == 1);
            assertThat(heard).containsExactly(new CoordinatorMessage.Rejected("the token is not this job's"));
        }
        assertThat(recorder.events).isEmpty();
    }

    @Test
    void otherProtocolIsRejected() throws IOException {
        Socket socket = stranger();
        socket.getOutputStream().write(MessageCodec.frame(new RankMessage.Hello(99, TOKEN, MEMBER, 7, 0)));
        Message answer = MessageCodec.read(socket.getInputStream(), Limits.FRAME_BYTES);
        assertThat(answer)
                .isEqualTo(
                        new CoordinatorMessage.Rejected("control protocol 99; this agent speaks " + Message.PROTOCOL));
        awaitClosed(socket);
        assertThat(recorder.events).isEmpty();
    }

    @Test
    void secondConnectionOfAMemberIsRejectedAndTheFirstLives() throws IOException {
        ControlClient first = connect(TOKEN, MEMBER);
        awaitEvents(1);
        connect(TOKEN, MEMBER);
        await().atMost(SOON).until(() -> lost.size() == 1);
        first.send(new RankMessage.Completed(5));
        await().atMost(SOON).until(() -> recorder.messages.contains(new RankMessage.Completed(5)));
        assertThat(recorder.events).hasSize(1);
    }

    @Test
    void silentStrangerIsDroppedWithinTheBound() throws IOException {
        openImpatientServer();
        Socket silent = stranger();
        Socket dribbling = stranger();
        long startNs = System.nanoTime();
        Thread dribbler = Thread.ofPlatform().daemon().start(() -> dribble(dribbling));
        awaitClosed(silent);
        awaitClosed(dribbling);
        assertThat(Duration.ofNanos(System.nanoTime() - startNs))
                .isBetween(GREETING_BOUND.minusMillis(100), GREETING_BOUND.plusSeconds(3));
        dribbler.interrupt();
        assertThat(recorder.events).isEmpty();
    }

    /** A byte now and then must not hold the connection. */
    private static void dribble(Socket socket) {
        try {
            for (byte b : hello()) {
                socket.getOutputStream().write(b);
                Thread.sleep(150);
            }
        } catch (IOException | InterruptedException closed) {
            Thread.currentThread().interrupt();
        }
    }

    // More than are received at a time. Whoever comes next waits for them, but it is not hung up on: a rank would end.
    @Test
    void manySilentStrangersDoNotKeepAMemberOutForLong() throws IOException {
        openImpatientServer();
        for (int i = 0; i < 100; i++) {
            stranger();
        }
        connect(TOKEN, MEMBER);
        await().atMost(SOON).until(() -> !recorder.events.isEmpty() || !lost.isEmpty());
        assertThat(lost).isEmpty();
        assertThat(recorder.events).singleElement().asString().startsWith("connected");
    }

    @Test
    void firstRecordMustBeAHello() throws IOException {
        Socket socket = stranger();
        socket.getOutputStream().write(MessageCodec.frame(new RankMessage.Completed(1)));
        awaitClosed(socket);
        assertThat(recorder.events).isEmpty();
    }

    @Test
    void oversizeFirstRecordIsRefusedUnread() throws IOException {
        Socket socket = stranger();
        socket.getOutputStream()
                .write(ByteBuffer.allocate(4).putInt(Limits.HELLO_BYTES + 1).array());
        awaitClosed(socket);
    }

    @Test
    void rubbishOfAMemberDropsItsConnection() throws IOException {
        byte[][] rubbish = {
            ByteBuffer.allocate(4).putInt(Limits.FRAME_BYTES + 1).array(),
            ByteBuffer.allocate(4).putInt(-5).array(),
            {0, 0, 0, 3, 1, 120, 0},
            hello(),
            MessageCodec.frame(new CoordinatorMessage.Stop(0, "I am the coordinator"))
        };
        for (int i = 0; i < rubbish.length; i++) {
            Socket socket = stranger();
            socket.getOutputStream().write(hello());
            awaitEvents(2 * i + 1);
            socket.getOutputStream().write(rubbish[i]);
            awaitClosed(socket);
            awaitEvents(2 * i + 2);
        }
    }

    @Test
    void fuzzedConnectionsNeverHurtTheServer() throws IOException {
        long seed = new Random().nextLong();
        System.out.println("fuzz seed " + seed);
        Random random = new Random(seed);
        for (int i = 0; i < 200; i++) {
            byte[] bytes = new byte[random.nextInt(200)];
            random.nextBytes(bytes);
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
                if (random.nextBoolean()) {
                    socket.getOutputStream().write(hello());
                }
                socket.getOutputStream().write(bytes);
            } catch (IOException resetWhileWriting) {
                assertThat(resetWhileWriting).isNotNull();
            }
        }
        ControlClient client = connect(TOKEN, new MemberId(9, 0));
        client.send(new RankMessage.Completed(77));
        await().atMost(SOON).until(() -> recorder.messages.contains(new RankMessage.Completed(77)));
    }

    @Test
    void exceptionOutOfTheListenerDropsThatConnectionOnly() throws IOException {
        ControlClient bad = connect(TOKEN, MEMBER);
        ControlClient good = connect(TOKEN, new MemberId(3, 0));
        awaitEvents(2);
        bad.send(new RankMessage.Warning("throw"));
        awaitEvents(3);
        good.send(new RankMessage.Completed(1));
        await().atMost(SOON).until(() -> recorder.messages.contains(new RankMessage.Completed(1)));
    }

    @Test
    void memberThatDoesNotReadIsDisconnectedAndNobodyWaits() throws IOException {
        Socket deaf = stranger();
        deaf.getOutputStream().write(hello());
        awaitEvents(1);
        CoordinatorMessage large = new CoordinatorMessage.Revoke(1, "x".repeat(2_000), false);
        long startNs = System.nanoTime();
        int sent = 0;
        while (server.send(MEMBER, large) && sent < 100_000) {
            sent++;
        }
        assertThat(sent).isLessThan(100_000);
        assertThat(Duration.ofNanos(System.nanoTime() - startNs)).isLessThan(SOON);
        awaitEvents(2);
    }

    @Test
    void rejectedByTheCoordinatorMeansTheEnd() throws IOException {
        connect(TOKEN, MEMBER);
        awaitEvents(1);
        server.send(MEMBER, new CoordinatorMessage.Rejected("not a member"));
        await().atMost(SOON).until(() -> lost.size() == 1);
        assertThat(heard).containsExactly(new CoordinatorMessage.Rejected("not a member"));
        awaitEvents(2);
    }

    @Test
    void recordThatTheHandlerCannotTakeIsALoss() throws IOException {
        ControlClient client = ControlClient.connect(
                "127.0.0.1",
                server.port(),
                TOKEN,
                MEMBER,
                message -> {
                    throw new IllegalStateException("cannot");
                },
                lost::add);
        open.add(client);
        awaitEvents(1);
        server.send(MEMBER, new CoordinatorMessage.Probe(1));
        await().atMost(SOON).until(() -> lost.size() == 1);
        assertThat(lost.element()).contains("cannot");
    }

    @Test
    void manyThreadsSendWholeRecords() throws Exception {
        ControlClient client = connect(TOKEN, MEMBER);
        List<Thread> threads = new ArrayList<>();
        for (int t = 0; t < 4; t++) {
            threads.add(Thread.ofPlatform().start(() -> {
                for (int i = 0; i < 300; i++) {
                    client.send(new RankMessage.Warning("w".repeat(i)));
                }
            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        await().atMost(SOON).until(() -> recorder.messages.size() == 1_200);
        assertThat(lost).isEmpty();
    }

    @Test
    void whoLooksForAnotherTermIsNotLetIn() throws IOException {
        server.close();
        server = ControlServer.open(InetAddress.getLoopbackAddress(), TOKEN, 7, recorder);
        for (long term : new long[] {0, 6, 8}) {
            open.add(ControlClient.connect(
                    new CoordinatorDirectory.Location(term, "127.0.0.1", server.port()),
                    TOKEN,
                    MEMBER,
                    heard::add,
                    lost::add,
                    null));
        }
        await().atMost(SOON).until(() -> lost.size() == 3);
        open.add(ControlClient.connect(
                new CoordinatorDirectory.Location(7, "127.0.0.1", server.port()),
                TOKEN,
                MEMBER,
                heard::add,
                lost::add,
                null));
        awaitEvents(1);
        assertThat(heard).isEmpty();
    }

    @Test
    void coordinatorThatGivesNoSignOfItselfIsLost() throws IOException {
        ControlClient client = connect(TOKEN, MEMBER);
        awaitEvents(1);
        server.pulse();
        await().atMost(SOON).until(() -> heard.contains(new CoordinatorMessage.Pulse()));
        client.expectSigns(Duration.ofMillis(600));
        await().atMost(SOON).until(() -> lost.size() == 1);
        assertThat(lost.element()).startsWith("no sign of it for ");
    }

    @Test
    void nobodyListensAfterClose() throws IOException {
        int port = server.port();
        server.close();
        server.close();
        await().atMost(SOON).until(() -> {
            try (Socket _ = new Socket(InetAddress.getLoopbackAddress(), port)) {
                return false;
            } catch (IOException refused) {
                return true;
            }
        });
    }
}
