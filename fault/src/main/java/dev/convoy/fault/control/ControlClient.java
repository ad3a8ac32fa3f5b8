/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.control;

import dev.convoy.fault.protocol.CoordinatorMessage;
import dev.convoy.fault.protocol.MemberId;
import dev.convoy.fault.protocol.Message;
import dev.convoy.fault.protocol.RankMessage;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Supplier;
import javax.net.ssl.SSLException;

/**
 * A rank's end of its control connection. Thread-safe.
 *
 * <p>Records of the coordinator come on one daemon thread. When the agent is gone, {@code onLost} is told once: only
 * the coordinator makes an epoch, so a rank without it must stop.
 */
public final class ControlClient implements AutoCloseable {
    /** Time between two heartbeats. */
    public static final long HEARTBEAT_MS = 100;

    private static final int NEWS_EVERY = 5;
    private static final int CONNECT_MS = 5_000;
    /** The agent of a large job may have many to greet before this one. */
    private static final int HANDSHAKE_MS = 30_000;

    private static final int ATTEMPTS = 3;

    /** What is closed: over TLS a farewell would wait for a record on its way to an agent that does not read. */
    private final Socket wire;

    private final Socket socket;
    private final OutputStream out;
    private final Consumer<CoordinatorMessage> onMessage;
    private final Consumer<String> onLost;
    private final ReentrantLock sending = new ReentrantLock();
    private final AtomicBoolean ended = new AtomicBoolean();
    private final CountDownLatch closing = new CountDownLatch(1);
    /** Records that came in; written by the reader only. */
    private volatile long heard;

    private ControlClient(Socket wire, Socket socket, Consumer<CoordinatorMessage> onMessage, Consumer<String> onLost)
            throws IOException {
        this.wire = wire;
        this.socket = socket;
        this.out = socket.getOutputStream();
        this.onMessage = onMessage;
        this.onLost = onLost;
    }

    /**
     * Connects and says Hello. A refusal comes as {@link CoordinatorMessage.Rejected}.
     *
     * @param host of the agent
     * @param port of the agent
     * @param token of the job
     * @param self who connects
     * @param onMessage takes records, on the reader thread; an exception out of it counts as the loss of the connection
     * @param onLost told once, with the reason, when the connection ends other than by {@link #close}; on any thread
     * @return the open connection
     * @throws IOException if there is no agent
     */
    public static ControlClient connect(
            String host,
            int port,
            String token,
            MemberId self,
            Consumer<CoordinatorMessage> onMessage,
            Consumer<String> onLost)
            throws IOException {
        return connect(host, port, token, self, onMessage, onLost, null);
    }

    /**
     * The same over TLS.
     *
     * @param host of the agent
     * @param port of the agent
     * @param token of the job
     * @param self who connects
     * @param onMessage takes records, on the reader thread; an exception out of it counts as the loss of the connection
     * @param onLost told once, with the reason, when the connection ends other than by {@link #close}; on any thread
     * @param tls a rank's side of it; null to speak openly
     * @return the open connection
     * @throws IOException if there is no agent, or another one than the job's
     */
    public static ControlClient connect(
            String host,
            int port,
            String token,
            MemberId self,
            Consumer<CoordinatorMessage> onMessage,
            Consumer<String> onLost,
            ControlTls tls)
            throws IOException {
        return connect(new CoordinatorDirectory.Location(0, host, port), token, self, onMessage, onLost, tls);
    }

    /**
     * Connects to the coordinator of a certain term; another one closes the connection.
     *
     * @param where the coordinator
     * @param token of the job
     * @param self who connects
     * @param onMessage takes records, on the reader thread; an exception out of it counts as the loss of the connection
     * @param onLost told once, with the reason, when the connection ends other than by {@link #close}; on any thread
     * @param tls a rank's side of it; null to speak openly
     * @return the open connection
     * @throws IOException if there is no agent, or another one than the job's
     */
    public static ControlClient connect(
            CoordinatorDirectory.Location where,
            String token,
            MemberId self,
            Consumer<CoordinatorMessage> onMessage,
            Consumer<String> onLost,
            ControlTls tls)
            throws IOException {
        for (int attempt = 1; ; attempt++) {
            try {
                return connectOnce(where, token, self, onMessage, onLost, tls);
            } catch (IOException e) {
                if (attempt == ATTEMPTS || !wasHungUpOn(e, where, tls)) {
                    throw e;
                }
            }
        }
    }

    // On a machine that does much else a handshake may take longer than an agent waits for a stranger. Who can be told
    // of another coordinator asks for that one instead.
    private static boolean wasHungUpOn(IOException failure, CoordinatorDirectory.Location where, ControlTls tls) {
        boolean isSilent = failure instanceof ConnectException || failure instanceof SocketTimeoutException;
        boolean isAnother = failure instanceof SSLException && failure.getCause() instanceof CertificateException;
        return tls != null && !hasSuccessors(where) && !isSilent && !isAnother;
    }

    /** Only what is shared in a store has terms. */
    private static boolean hasSuccessors(CoordinatorDirectory.Location where) {
        return where.term() > 0;
    }

    private static ControlClient connectOnce(
            CoordinatorDirectory.Location where,
            String token,
            MemberId self,
            Consumer<CoordinatorMessage> onMessage,
            Consumer<String> onLost,
            ControlTls tls)
            throws IOException {
        String host = where.host();
        int port = where.port();
        // First: a cold JVM on a busy machine may take longer for it than an agent waits for a stranger's first record.
        byte[] hello = MessageCodec.frame(new RankMessage.Hello(
                Message.PROTOCOL, token, self, ProcessHandle.current().pid(), where.term()));
        Socket wire = new Socket();
        try {
            wire.connect(new InetSocketAddress(host, port), CONNECT_MS);
            wire.setTcpNoDelay(true);
            Socket socket = wire;
            if (tls != null) {
                // A coordinator that stands still must not keep a rank from the next one.
                wire.setSoTimeout(hasSuccessors(where) ? CONNECT_MS : HANDSHAKE_MS);
                socket = tls.connect(wire, host, port);
                wire.setSoTimeout(0);
            }
            ControlClient client = new ControlClient(wire, socket, onMessage, onLost);
            client.out.write(hello);
            ControlServer.daemon("convoy-control", client::read);
            return client;
        } catch (IOException e) {
            ControlServer.closeQuietly(wire);
            throw e;
        }
    }

    /**
     * Sends a record; it has left this process when the call returns. After the connection was lost, which
     * {@code onLost} has been told, the record is dropped.
     *
     * @param message what
     * @throws IllegalArgumentException if it does not fit into a record
     */
    public void send(RankMessage message) {
        byte[] frame = MessageCodec.frame(message);
        sending.lock();
        try {
            if (!ended.get()) {
                out.write(frame);
            }
        } catch (IOException e) {
            lost("sending failed: " + e.getMessage());
        } finally {
            sending.unlock();
        }
    }

    /**
     * Sends a heartbeat every {@value #HEARTBEAT_MS} ms from a thread of its own, until the connection ends.
     *
     * @param heartbeat gives the present numbers; must neither wait nor throw
     */
    public void startHeartbeats(Supplier<RankMessage.Heartbeat> heartbeat) {
        startHeartbeats(heartbeat, () -> null);
    }

    /**
     * The same, with something for people now and then.
     *
     * @param heartbeat gives the present numbers; must neither wait nor throw
     * @param news asked along with every {@value #NEWS_EVERY}th heartbeat, for a record or null; must neither wait nor
     *     throw
     */
    public void startHeartbeats(Supplier<RankMessage.Heartbeat> heartbeat, Supplier<RankMessage> news) {
        ControlServer.daemon("convoy-heartbeat", () -> beat(heartbeat, news));
    }

    /**
     * Takes the connection for lost when nothing comes in for so long. Time in which this process itself did not run
     * does not count.
     *
     * @param lease how long a silence is borne; must be longer than half a second, in which the agent tells that it
     *     lives
     */
    public void expectSigns(Duration lease) {
        ControlServer.daemon("convoy-control-lease", () -> watch(new Silence(lease)));
    }

    private void watch(Silence silence) {
        try {
            while (!closing.await(Silence.LOOK_MS, TimeUnit.MILLISECONDS)) {
                if (silence.isTooLong(heard, System.nanoTime())) {
                    lost(silence.toString());
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void beat(Supplier<RankMessage.Heartbeat> heartbeat, Supplier<RankMessage> news) {
        try {
            long beats = 0;
            do {
                send(heartbeat.get());
                beats++;
                RankMessage more = beats % NEWS_EVERY == 0 ? news.get() : null;
                if (more != null) {
                    send(more);
                }
            } while (!closing.await(HEARTBEAT_MS, TimeUnit.MILLISECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            // A rank without heartbeats would be taken for dead some day: better now, and with the reason.
            lost("the heartbeat failed: " + e);
        }
    }

    private void read() {
        try {
            InputStream in = new BufferedInputStream(socket.getInputStream());
            Message message = MessageCodec.read(in, Limits.FRAME_BYTES);
            while (message != null) {
                if (!(message instanceof CoordinatorMessage fromCoordinator)) {
                    throw new ProtocolException("the agent sent " + message.getClass());
                }
                heard++;
                onMessage.accept(fromCoordinator);
                message = MessageCodec.read(in, Limits.FRAME_BYTES);
            }
            lost("the agent closed the connection");
        } catch (IOException e) {
            lost("reading failed: " + e.getMessage());
        } catch (RuntimeException e) {
            lost("a record could not be handled: " + e);
        }
    }

    private void lost(String reason) {
        if (end()) {
            onLost.accept(reason);
        }
    }

    private boolean end() {
        boolean first = ended.compareAndSet(false, true);
        if (first) {
            closing.countDown();
            ControlServer.closeQuietly(wire);
        }
        return first;
    }

    /** Closes the connection; {@code onLost} is not told. Idempotent. */
    @Override
    public void close() {
        end();
    }
}
