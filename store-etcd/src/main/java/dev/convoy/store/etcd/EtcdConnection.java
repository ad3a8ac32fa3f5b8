/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.store.etcd;

import dev.convoy.fault.store.StoreException;
import io.etcd.jetcd.Client;
import io.grpc.Status;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Asks etcd, each time within a bound. After a failure the next question goes over a new connection: the client's own
 * waits ever longer before it looks again, up to minutes, and a lease is seconds. Where etcd itself said no, nothing is
 * wrong with the connection, and what others ask over it stays under way. Thread-safe.
 */
final class EtcdConnection implements AutoCloseable {
    private static final Duration CONNECT = Duration.ofSeconds(2);

    /** What etcd says of a question that it has understood, such as that it is full, or knows no such lease. */
    private static final Set<Status.Code> ANSWERS = EnumSet.of(
            Status.Code.INVALID_ARGUMENT,
            Status.Code.NOT_FOUND,
            Status.Code.PERMISSION_DENIED,
            Status.Code.RESOURCE_EXHAUSTED,
            Status.Code.FAILED_PRECONDITION,
            Status.Code.OUT_OF_RANGE);

    /** Held: loggers that nobody holds forget their level. */
    private static final Logger NOISE = quietened();

    private final Endpoints endpoints;
    private Client client;
    private boolean closed;

    EtcdConnection(Endpoints endpoints) {
        this.endpoints = endpoints;
    }

    private static Logger quietened() {
        // Whoever brings a logging system of their own configures it; that there is none is no news.
        if (System.getProperty("slf4j.internal.verbosity") == null) {
            System.setProperty("slf4j.internal.verbosity", "ERROR");
        }
        Logger logger = Logger.getLogger("io.grpc");
        logger.setLevel(Level.OFF);
        return logger;
    }

    /** Finds out soon whether anybody is there at all: the client itself would wait for a member to appear. */
    void reach() throws StoreException {
        IOException last = null;
        for (URI member : endpoints.uris()) {
            try (Socket socket = new Socket()) {
                socket.connect(new InetSocketAddress(member.getHost(), member.getPort()), (int) CONNECT.toMillis());
                return;
            } catch (IOException e) {
                last = e;
            }
        }
        throw new StoreException("no etcd at " + endpoints + ": " + reason(last), last);
    }

    /**
     * Asks and waits for the answer.
     *
     * @param what for messages: what the question is for, such as "to renew the lease"
     * @param bound how long at most
     * @param question asks the client
     */
    <T> T ask(String what, Duration bound, Function<Client, CompletableFuture<T>> question)
            throws StoreException, InterruptedException {
        Client used = client(what);
        CompletableFuture<T> answer = null;
        try {
            answer = question.apply(used);
            return answer.get(bound.toNanos(), TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            if (!isAnswer(e.getCause())) {
                drop(used);
            }
            throw failed(what, reason(e.getCause()), e.getCause());
        } catch (TimeoutException e) {
            drop(used);
            throw failed(what, "no answer within " + bound.toMillis() + " ms", e);
        } catch (RuntimeException e) {
            drop(used);
            throw failed(what, reason(e), e);
        } finally {
            if (answer != null) {
                answer.cancel(true);
            }
        }
    }

    private static boolean isAnswer(Throwable error) {
        return ANSWERS.contains(Status.fromThrowable(error).getCode());
    }

    private StoreException failed(String what, String why, Throwable cause) {
        return new StoreException("etcd at " + endpoints + " could not be asked " + what + ": " + why, cause);
    }

    private static String reason(Throwable cause) {
        String message = cause.getMessage();
        return message == null || message.isBlank()
                ? cause.getClass().getSimpleName()
                : message.lines().findFirst().orElseThrow();
    }

    private synchronized Client client(String what) throws StoreException {
        if (closed) {
            throw failed(what, "the connection is closed", null);
        }
        if (client == null) {
            client = Client.builder()
                    .endpoints(endpoints.uris())
                    .connectTimeout(CONNECT)
                    .build();
        }
        return client;
    }

    private synchronized void drop(Client used) {
        if (client == used) {
            client = null;
        }
        used.close();
    }

    @Override
    public synchronized void close() {
        closed = true;
        if (client != null) {
            client.close();
            client = null;
        }
    }
}
