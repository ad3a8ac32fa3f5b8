/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.control;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;

/**
 * Where the agents of other nodes meet the one that leads. The first record of a connection must be an
 * {@link NodeRecord.Enlist} with the common token, soon and small; whoever sends anything else is dropped.
 */
public final class NodeServer implements AutoCloseable {
    private static final int BACKLOG = 128;
    private static final Duration GREETING_BOUND = Duration.ofSeconds(5);

    private final Reception reception;
    private final byte[] token;
    private final Host host;
    /** Null where records travel as they are. */
    private final ControlTls tls;

    private final Duration greetingBound;

    /** Decides who belongs to the job. */
    public interface Host {
        /**
         * An agent showed the token.
         *
         * @param hello what it said
         * @return its refusal, or null if it is let in
         */
        NodeRecord.Refused refusal(NodeRecord.Enlist hello);

        /**
         * An agent was let in. Its records come from now on.
         *
         * @param hello what it said
         * @param link to it
         * @return who is told what happens on the link
         */
        NodeLink.Listener joined(NodeRecord.Enlist hello, NodeLink link);
    }

    private NodeServer(ServerSocket socket, String token, Host host, ControlTls tls, Duration greetingBound) {
        this.tls = tls;
        this.greetingBound = greetingBound;
        this.reception = new Reception(socket, "convoy-node", this::greet);
        this.token = token.getBytes(StandardCharsets.UTF_8);
        this.host = host;
    }

    /**
     * Opens the rendezvous.
     *
     * @param address where; port 0 for a free one
     * @param token what an agent must show
     * @param host decides who belongs to the job
     * @param tls this agent's side of TLS; null to speak openly
     * @return the open server
     * @throws IOException if the address cannot be had
     */
    public static NodeServer open(InetSocketAddress address, String token, Host host, ControlTls tls)
            throws IOException {
        return open(address, token, host, tls, GREETING_BOUND);
    }

    static NodeServer open(InetSocketAddress address, String token, Host host, ControlTls tls, Duration greetingBound)
            throws IOException {
        ServerSocket socket = new ServerSocket();
        try {
            socket.setReuseAddress(true);
            socket.bind(address, BACKLOG);
        } catch (IOException e) {
            socket.close();
            throw e;
        }
        NodeServer server = new NodeServer(socket, token, host, tls, greetingBound);
        server.reception.open();
        return server;
    }

    /**
     * The port.
     *
     * @return on the address that it was opened on
     */
    public int port() {
        return reception.port();
    }

    private void greet(Socket stranger) {
        try (CutOff bound = new CutOff(stranger, greetingBound)) {
            stranger.setTcpNoDelay(true);
            long deadlineNs = System.nanoTime() + greetingBound.toNanos();
            Socket spoken = tls == null ? stranger : tls.serve(stranger);
            DeadlineInputStream in = new DeadlineInputStream(spoken, spoken.getInputStream(), deadlineNs);
            if (NodeCodec.read(in, Limits.HELLO_BYTES) instanceof NodeRecord.Enlist hello && bound.lift()) {
                spoken.setSoTimeout(0);
                admit(stranger, spoken, hello);
            } else {
                ControlServer.closeQuietly(stranger);
            }
        } catch (IOException | RuntimeException e) {
            // Whatever a stranger does ends its own connection only.
            ControlServer.closeQuietly(stranger);
        } finally {
            reception.acquainted();
        }
    }

    private void admit(Socket stranger, Socket spoken, NodeRecord.Enlist hello) throws IOException {
        NodeRecord.Refused refusal = refusal(hello);
        if (refusal != null) {
            spoken.getOutputStream().write(NodeCodec.frame(refusal));
            ControlServer.closeQuietly(spoken);
            return;
        }
        NodeLink link = new NodeLink(stranger, spoken);
        link.start(host.joined(hello, link));
    }

    // Not for good: another job may be about to end at this address.
    private NodeRecord.Refused refusal(NodeRecord.Enlist hello) {
        byte[] shown = hello.token().getBytes(StandardCharsets.UTF_8);
        if (!MessageDigest.isEqual(token, shown)) {
            return new NodeRecord.Refused("the token is not this job's", false);
        }
        String other = "agent protocol " + hello.protocol() + "; this one speaks " + NodeRecord.PROTOCOL;
        return hello.protocol() == NodeRecord.PROTOCOL ? host.refusal(hello) : new NodeRecord.Refused(other, false);
    }

    /** Closes the rendezvous; links that are open stay. Idempotent. */
    @Override
    public void close() {
        reception.close();
    }
}
