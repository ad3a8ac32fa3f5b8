/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.launcher.ras;

import java.io.IOException;
import java.time.Duration;

/** Asks NCCL's RAS service. Every call is a connection of its own; all threads may use it. */
public final class RasClient {
    /** The version of the text protocol that this client speaks. */
    private static final int PROTOCOL = 2;

    private static final String GREETING = "SERVER PROTOCOL ";
    private static final String OK = "OK";

    private final RasAddress address;
    private final Duration bound;

    /**
     * A client; nothing is connected yet.
     *
     * @param address where the service is
     * @param bound how long a call may take, all in all
     */
    public RasClient(RasAddress address, Duration bound) {
        this.address = address;
        this.bound = bound;
    }

    /**
     * Asks for the state of all communicators, from all processes that the service reaches.
     *
     * @param verbose whether the service should also tell what looks healthy
     * @return the state
     * @throws RasException if it cannot be reached within the bound, refuses JSON (which came with NCCL 2.28), or its
     *     answer cannot be understood
     */
    public RasStatus status(boolean verbose) throws RasException {
        byte[] answer = ask(verbose ? "VERBOSE STATUS" : "STATUS");
        try {
            return RasParser.parse(answer);
        } catch (IOException e) {
            throw new RasException(address, "gave an answer that cannot be understood: " + firstLine(e), e);
        }
    }

    private byte[] ask(String command) throws RasException {
        try (RasConnection connection = RasConnection.open(address, bound)) {
            greet(connection);
            // The service waits for its peers in two legs; it must give up before we do.
            expectOk(connection, "TIMEOUT " + Math.max(1, bound.toSeconds() / 2));
            expectOk(connection, "SET FORMAT json");
            connection.send(command);
            return connection.rest();
        } catch (RasException e) {
            throw e;
        } catch (IOException e) {
            throw new RasException(address, "did not answer: " + firstLine(e), e);
        }
    }

    /**
     * Asks only who is there.
     *
     * @return version of the protocol that the service speaks
     * @throws RasException if it cannot be reached within the bound, or is something else
     */
    public int protocol() throws RasException {
        try (RasConnection connection = RasConnection.open(address, bound)) {
            return greet(connection);
        } catch (RasException e) {
            throw e;
        } catch (IOException e) {
            throw new RasException(address, "did not answer: " + firstLine(e), e);
        }
    }

    private int greet(RasConnection connection) throws IOException {
        connection.send("CLIENT PROTOCOL " + PROTOCOL);
        String greeting = connection.line();
        if (!greeting.startsWith(GREETING)) {
            throw new RasException(address, "is something else: it said '" + printable(greeting) + "'", null);
        }
        try {
            return Integer.parseInt(greeting.substring(GREETING.length()).strip());
        } catch (NumberFormatException e) {
            throw new RasException(address, "is something else: it said '" + printable(greeting) + "'", e);
        }
    }

    private void expectOk(RasConnection connection, String command) throws IOException {
        connection.send(command);
        String reply = connection.line();
        if (!reply.equals(OK)) {
            throw new RasException(
                    address, "refused '" + command + "': '" + printable(reply) + "'; JSON needs NCCL 2.28", null);
        }
    }

    private static String printable(String text) {
        String some = text.length() > 60 ? text.substring(0, 60) + "..." : text;
        return some.replaceAll("[^\\x20-\\x7e]", "?");
    }

    private static String firstLine(IOException problem) {
        String message = problem.getMessage();
        return message == null
                ? problem.getClass().getSimpleName()
                : message.lines().findFirst().orElse("");
    }
}
