/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.control;

import dev.convoy.fault.protocol.CoordinatorMessage;
import dev.convoy.fault.protocol.MemberId;
import dev.convoy.fault.protocol.Message;
import dev.convoy.fault.protocol.RankMessage;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The agent's end of the control connections, on a loopback port of its own.
 *
 * <p>Every connection has a reader and a writer thread (daemons). The first record must be a Hello with the job's
 * token, within 5 s and small; whoever sends anything else is dropped without anybody noticing. All methods are
 * thread-safe.
 */
public final class ControlServer implements AutoCloseable {
    private static final int BACKLOG = 512;

    private final Reception reception;
    private final byte[] token;
    private final Listener listener;
    private final Duration greetingBound;
    /** Null where records travel as they are. */
    private final ControlTls tls;

    /** The coordinator's fencing token; whoever means to reach another one is not let in. */
    private final long term;

    private final Map<MemberId, ControlConnection> members = new ConcurrentHashMap<>();
    /** By which name a member connected that is called by another one now. */
    private final Map<MemberId, MemberId> formerNames = new ConcurrentHashMap<>();

    private final Set<Socket> open = ConcurrentHashMap.newKeySet();

    /**
     * Told what happens on the connections, each on its reader thread: hand over to a queue. For one connection the
     * order is connected, received…, disconnected; nothing comes before, after or twice. An exception drops the
     * connection.
     */
    public interface Listener {
        /**
         * A member showed the token.
         *
         * @param member who
         * @param pid its process id, as it says
         */
        void connected(MemberId member, long pid);

        /**
         * A record came in.
         *
         * @param member from whom
         * @param message what
         */
        void received(MemberId member, RankMessage message);

        /**
         * A connection ended; not called for those that {@link ControlServer#close} ends.
         *
         * @param member whose
         */
        void disconnected(MemberId member);
    }

    private ControlServer(
            ServerSocket socket, String token, Listener listener, Duration greetingBound, ControlTls tls, long term) {
        this.tls = tls;
        this.term = term;
        this.greetingBound = greetingBound;
        this.reception = new Reception(socket, "convoy-control", this::serve);
        this.token = token.getBytes(StandardCharsets.UTF_8);
        this.listener = listener;
    }

    /**
     * Opens a loopback port and accepts connections.
     *
     * @param token what a member must show
     * @param listener told what happens
     * @return the open server
     * @throws IOException if no port can be had
     */
    public static ControlServer open(String token, Listener listener) throws IOException {
        return open(token, listener, Greeting.BOUND, null);
    }

    /**
     * Opens a port on an address and accepts connections.
     *
     * @param address of this machine, as ranks on other nodes reach it
     * @param token what a member must show
     * @param listener told what happens
     * @return the open server
     * @throws IOException if no port can be had there
     */
    public static ControlServer open(InetAddress address, String token, Listener listener) throws IOException {
        return open(address, token, listener, Greeting.BOUND, null, 0);
    }

    /**
     * Opens a port for a coordinator that is one of several, one after the other.
     *
     * @param address of this machine, as ranks on other nodes reach it
     * @param token what a member must show
     * @param term the coordinator's fencing token; members that look for another one's are not let in
     * @param listener told what happens
     * @return the open server
     * @throws IOException if no port can be had there
     */
    public static ControlServer open(InetAddress address, String token, long term, Listener listener)
            throws IOException {
        return open(address, token, listener, Greeting.BOUND, null, term);
    }

    /**
     * Opens a port on which TLS is spoken.
     *
     * @param address of this machine
     * @param token what a member must show
     * @param term the coordinator's fencing token; 0 where there is only ever one
     * @param listener told what happens
     * @param tls the agent's side of it
     * @return the open server
     * @throws IOException if no port can be had there
     */
    public static ControlServer open(InetAddress address, String token, long term, Listener listener, ControlTls tls)
            throws IOException {
        return open(address, token, listener, Greeting.BOUND, tls, term);
    }

    static ControlServer open(String token, Listener listener, Duration greetingBound, ControlTls tls)
            throws IOException {
        return open(InetAddress.getLoopbackAddress(), token, listener, greetingBound, tls, 0);
    }

    private static ControlServer open(
            InetAddress address, String token, Listener listener, Duration greetingBound, ControlTls tls, long term)
            throws IOException {
        ServerSocket socket = new ServerSocket();
        socket.bind(new InetSocketAddress(address, 0), BACKLOG);
        ControlServer server = new ControlServer(socket, token, listener, greetingBound, tls, term);
        server.reception.open();
        return server;
    }

    static Thread daemon(String name, Runnable body) {
        return Thread.ofPlatform().daemon().name(name).start(body);
    }

    /**
     * The port.
     *
     * @return on the address that it was opened on
     */
    public int port() {
        return reception.port();
    }

    /**
     * Queues a record; does not wait for the network. After a {@link CoordinatorMessage.Rejected} the connection is
     * closed. A member that lets a thousand records pile up is disconnected.
     *
     * @param member to whom
     * @param message what
     * @return false if that member is not connected (any more)
     */
    public boolean send(MemberId member, CoordinatorMessage message) {
        ControlConnection connection = members.get(formerNames.getOrDefault(member, member));
        return connection != null && connection.send(message);
    }

    /**
     * Tells every member that the coordinator lives. Call it twice a second, by the thread that carries out decisions,
     * as long as this agent leads: ranks that have a lease and hear nothing for so long stop, or look for another one.
     */
    public void pulse() {
        CoordinatorMessage.Pulse pulse = new CoordinatorMessage.Pulse();
        members.values().forEach(connection -> connection.send(pulse));
    }

    /**
     * A member has another name from now on. It connects, or has connected, by the former one, and the listener is told
     * of it by that.
     *
     * @param before the name that it was started with
     * @param now its name for {@link #send}
     */
    public void rename(MemberId before, MemberId now) {
        formerNames.put(now, before);
    }

    /**
     * Closes a member's connection, if it has one.
     *
     * @param member whose
     */
    public void disconnect(MemberId member) {
        ControlConnection connection = members.get(formerNames.getOrDefault(member, member));
        if (connection != null) {
            connection.close();
        }
    }

    /** Closes the port and every connection; the listener hears nothing of it, nor anything later. Idempotent. */
    @Override
    public void close() {
        reception.close();
        List.copyOf(open).forEach(ControlServer::closeQuietly);
    }

    static void closeQuietly(AutoCloseable resource) {
        try {
            resource.close();
        } catch (Exception e) {
            // A socket that cannot be closed is closed for our purposes: nobody reads from it any more.
            return;
        }
    }

    private void serve(Socket stranger) {
        open.add(stranger);
        try (stranger) {
            ControlConnection connection = greet(stranger);
            if (connection != null) {
                serve(connection);
            }
        } catch (IOException | RuntimeException e) {
            // Whatever a peer does ends its own connection only; a member's end is told to the listener.
            closeQuietly(stranger);
        } finally {
            open.remove(stranger);
        }
    }

    private ControlConnection greet(Socket stranger) throws IOException {
        try {
            stranger.setTcpNoDelay(true);
            // Closed: accepted while close() went through the list.
            return reception.isClosed() ? null : tls == null ? admitOpenly(stranger) : admitSecretly(stranger);
        } finally {
            reception.acquainted();
        }
    }

    private ControlConnection admitOpenly(Socket stranger) throws IOException {
        return admit(stranger, stranger, Greeting.read(stranger, greetingBound));
    }

    private ControlConnection admitSecretly(Socket stranger) throws IOException {
        try (CutOff bound = new CutOff(stranger, greetingBound)) {
            Socket spoken = tls.serve(stranger);
            RankMessage.Hello hello = Greeting.read(spoken, greetingBound);
            // Before it is a member: one that was cut off and stayed in the list could never come again.
            return bound.lift() ? admit(stranger, spoken, hello) : null;
        }
    }

    /** Null if the stranger is not let in. */
    private ControlConnection admit(Socket stranger, Socket spoken, RankMessage.Hello hello) throws IOException {
        ControlConnection connection = new ControlConnection(stranger, spoken, hello);
        byte[] shown = hello.token().getBytes(StandardCharsets.UTF_8);
        if (!MessageDigest.isEqual(token, shown)) {
            connection.reject("the token is not this job's");
            return null;
        }
        if (hello.protocol() != Message.PROTOCOL) {
            connection.reject("control protocol " + hello.protocol() + "; this agent speaks " + Message.PROTOCOL);
            return null;
        }
        if (hello.term() != term) {
            // A rank that was told of another coordinator at this very address asks again; it is not refused.
            return null;
        }
        if (members.putIfAbsent(hello.member(), connection) != null) {
            connection.reject(hello.member() + " is connected already");
            return null;
        }
        return connection;
    }

    private void serve(ControlConnection connection) throws IOException {
        MemberId member = connection.member();
        boolean told = false;
        try {
            connection.startWriter();
            if (!reception.isClosed()) {
                told = true;
                listener.connected(member, connection.pid());
            }
            RankMessage message = connection.read();
            while (message != null && !reception.isClosed()) {
                listener.received(member, message);
                message = connection.read();
            }
        } finally {
            members.remove(member, connection);
            connection.close();
            if (told && !reception.isClosed()) {
                listener.disconnected(member);
            }
        }
    }
}
