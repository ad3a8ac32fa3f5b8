/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault;

import dev.convoy.fault.control.ControlClient;
import dev.convoy.fault.control.ControlTls;
import dev.convoy.fault.control.CoordinatorDirectory;
import dev.convoy.fault.control.CoordinatorDirectory.Location;
import dev.convoy.fault.protocol.CoordinatorMessage;
import dev.convoy.fault.protocol.RankMessage;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * The connection to the coordinator, opened when the group forms. What is sent before is dropped: nobody is there to
 * hear it.
 *
 * <p>Where another coordinator may follow, a lost connection is no end: training needs none, so it goes on while this
 * node's agent is asked where the coordinator of a newer term is. That one is told where this rank is, and what it
 * would otherwise not know. Nothing is taken from a coordinator of an older term.
 */
final class ControlLink implements Consumer<RankMessage>, AutoCloseable {
    private static final Duration QUESTION_BOUND = Duration.ofSeconds(1);
    private static final long BETWEEN_QUESTIONS_MS = 25;
    private static final long NOBODY = -1;

    private final ReentrantLock turn = new ReentrantLock();
    private final LastReports reports = new LastReports();
    private volatile LaunchEnvironment environment;
    private RankControl control;
    private Consumer<ControlClient> startHeartbeats;
    private volatile long term;
    /** Of the coordinator that has said something last. */
    private volatile long heardTerm = NOBODY;
    /** Until when this rank looks for one that says something; 0 before it has to. */
    private volatile long searchUntilNs;

    private volatile boolean closed;
    // Guarded by the lock, but read without it to send; the search is replaced, never removed.
    private volatile ControlClient client;
    private volatile Thread search;

    @Override
    public void accept(RankMessage message) {
        ControlClient open = client;
        if (open == null || !succession().isPossible()) {
            if (open != null) {
                open.send(message);
            }
            return;
        }
        // One at a time: nothing may come between what a new coordinator is told first.
        turn.lock();
        try {
            reports.said(message);
            client.send(message);
        } finally {
            turn.unlock();
        }
    }

    void open(LaunchEnvironment launch, RankControl rank, RankStatus status, SnapshotNews news) {
        environment = launch;
        control = rank;
        startHeartbeats = opened -> opened.startHeartbeats(
                () -> {
                    status.pace().ifPresent(this);
                    return status.heartbeat();
                },
                news::poll);
        try {
            use(new Location(succession().term(), environment.host(), environment.port(), certificate()));
        } catch (IOException e) {
            if (!succession().isPossible() || !find(term)) {
                throw new JoinRejectedException(
                        "the agent at " + environment.host() + ":" + environment.port() + " cannot be reached: "
                                + e.getMessage(),
                        e);
            }
        }
    }

    private Succession succession() {
        return environment.succession();
    }

    private void use(Location coordinator) throws IOException {
        long itsTerm = coordinator.term();
        boolean first = heardTerm == NOBODY;
        term = itsTerm;
        ControlClient next = ControlClient.connect(
                coordinator,
                environment.token(),
                environment.self(),
                message -> receive(message, itsTerm, first),
                reason -> lost(reason, itsTerm),
                tls(coordinator.certificate()));
        turn.lock();
        try {
            if (succession().isPossible()) {
                next.send(control.standing());
                reports.all().forEach(next::send);
            }
            client = next;
        } finally {
            turn.unlock();
        }
        startHeartbeats.accept(next);
        if (succession().lease() != null) {
            next.expectSigns(succession().lease());
        }
    }

    private void receive(CoordinatorMessage message, long from, boolean first) {
        if (from != term) {
            return;
        }
        heardTerm = from;
        if (!first && message instanceof CoordinatorMessage.Rejected rejected) {
            control.lost("the new coordinator refused this process: " + rejected.reason());
            return;
        }
        if (message instanceof CoordinatorMessage.FaultRecorded recorded) {
            turn.lock();
            try {
                reports.recorded(recorded);
            } finally {
                turn.unlock();
            }
        }
        control.receive(message);
    }

    /** On any thread, also one that was just sending. */
    private void lost(String reason, long from) {
        if (from != term || closed) {
            return;
        }
        if (!succession().isPossible()) {
            control.lost(reason);
            return;
        }
        // Where more connect at once than a coordinator receives, it hangs up on some without a word: they come again.
        boolean heard = heardTerm == from;
        if (heard || searchUntilNs == 0) {
            searchUntilNs = System.nanoTime() + succession().bound().toNanos();
        }
        search = Thread.ofPlatform().daemon().name("convoy-succession").start(() -> {
            if (!find(heard ? from + 1 : from) && !closed) {
                control.lost(reason + ", and within " + succession().bound().toSeconds()
                        + " s this node's agent knew of no other coordinator");
            }
        });
    }

    /** Returns whether this rank has a coordinator of at least this term. */
    private boolean find(long least) {
        if (searchUntilNs == 0) {
            searchUntilNs = System.nanoTime() + succession().bound().toNanos();
        }
        long formerTerm = term;
        while (pause() && System.nanoTime() - searchUntilNs < 0) {
            Optional<Location> found = ask();
            if (found.isPresent() && found.get().term() >= least) {
                try {
                    use(found.get());
                    return true;
                } catch (IOException | IllegalArgumentException e) {
                    // Not there yet, or gone as well: whoever follows it has a newer term.
                    term = formerTerm;
                }
            }
        }
        return false;
    }

    private Optional<Location> ask() {
        try {
            return CoordinatorDirectory.ask(succession().directory(), environment.token(), QUESTION_BOUND);
        } catch (IOException e) {
            // The agent is busy, or gone; in that case this process goes with it.
            return Optional.empty();
        }
    }

    private static boolean pause() {
        try {
            Thread.sleep(BETWEEN_QUESTIONS_MS);
            return true;
        } catch (InterruptedException e) {
            return false;
        }
    }

    /** Hash of the first coordinator's certificate; empty where it speaks openly. */
    private static String certificate() {
        String hash = System.getenv().getOrDefault("CONVOY_TLS", "");
        try {
            tls(hash);
            return hash;
        } catch (IllegalArgumentException e) {
            throw new NotLaunchedException("the environment has a damaged CONVOY_TLS (" + e.getMessage()
                    + "); start this program with: convoy run -n N -- java …");
        }
    }

    /** Each coordinator has a certificate of its own. */
    private static ControlTls tls(String certificate) {
        return certificate.isEmpty() ? null : ControlTls.pinned(certificate);
    }

    /** What was said last reaches the coordinator that follows, if one is being looked for. */
    @Override
    public void close() {
        Thread searching = search;
        if (searching != null) {
            try {
                searching.join(succession().bound());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        closed = true;
        ControlClient open = client;
        if (open != null) {
            open.close();
        }
    }
}
