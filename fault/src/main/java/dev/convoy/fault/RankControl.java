/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault;

import dev.convoy.fault.protocol.CoordinatorMessage;
import dev.convoy.fault.protocol.RankMessage;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * What the coordinator wants of this rank, as a set of conditions. Records come in on the control connection's thread,
 * which answers what needs no native call and revokes the communicator; everything else waits here for the user's
 * thread.
 */
final class RankControl {
    private static final Consumer<String> NOTHING_TO_REVOKE = reason -> {};

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final RankStatus status;
    private final Consumer<RankMessage> out;
    private final ProcessEnd end;
    private final Duration patience;
    private volatile FlightReports flights;

    // All guarded by the lock.
    private final Set<String> recordedFaults = new HashSet<>();
    private Consumer<String> revoker = NOTHING_TO_REVOKE;
    private CoordinatorMessage.Revoke revoke;
    private long revokedAtNs;
    private CoordinatorMessage.EpochStart start;
    private final Queue<CoordinatorMessage.Persist> persists = new ArrayDeque<>();
    private long releasedEpoch;
    private long quiescedEpoch;
    private long dismissedEpoch;
    private boolean inReserve;
    private CoordinatorMessage.Assigned assigned;
    private String rejection;

    /**
     * Creates the control.
     *
     * @param status what this rank is doing, for a probe's answer
     * @param out sends a record to the coordinator
     * @param end ends this process
     * @param patience bound of every wait for the coordinator
     */
    RankControl(RankStatus status, Consumer<RankMessage> out, ProcessEnd end, Duration patience) {
        this.status = status;
        this.out = out;
        this.end = end;
        this.patience = patience;
    }

    /** Ends this process at once; replaced in tests. */
    @FunctionalInterface
    interface ProcessEnd {
        /**
         * Ends the process.
         *
         * @param exitStatus its status
         * @param reason printed, unless empty
         */
        void halt(int exitStatus, String reason);
    }

    /** Where this rank is, for a coordinator that has not heard of it yet. */
    RankMessage.Standing standing() {
        lock.lock();
        try {
            return new RankMessage.Standing(
                    start == null ? 0 : start.epoch(),
                    revoke == null ? 0 : revoke.epoch(),
                    status.step(),
                    status.longestStepNs());
        } finally {
            lock.unlock();
        }
    }

    void send(RankMessage message) {
        out.accept(message);
    }

    /** Names who tells the coordinator of this rank's operations. */
    void reportFlights(FlightReports reports) {
        flights = reports;
    }

    /** Takes a record from the coordinator; called by the control connection's thread. */
    void receive(CoordinatorMessage message) {
        switch (message) {
            case CoordinatorMessage.Probe probe -> {
                out.accept(status.probed());
                flights(reports -> reports.probed(probe.epoch()));
            }
            // The agent tells the person the reason, once for all ranks.
            case CoordinatorMessage.Stop stop -> {
                flights(FlightReports::sendKept);
                end.halt(stop.exitStatus(), "");
            }
            case CoordinatorMessage.Revoke newer -> revoke(newer);
            // Whoever counts the time since the last record has seen it.
            case CoordinatorMessage.Pulse _ -> {}
            // The job gives up: there will be no better time.
            case CoordinatorMessage.Persist request -> {
                note(request);
                flights(FlightReports::sendKept);
            }
            default -> note(message);
        }
    }

    /** The agent is gone. Only its coordinator makes an epoch, so a rank without it must not go on. */
    void lost(String reason) {
        if (!isRejected()) {
            end.halt(1, "the agent is gone (" + reason + ")");
        }
    }

    // Who is refused has not begun; the user's thread says why.
    private boolean isRejected() {
        lock.lock();
        try {
            return rejection != null;
        } finally {
            lock.unlock();
        }
    }

    private void revoke(CoordinatorMessage.Revoke newer) {
        Consumer<String> present;
        lock.lock();
        try {
            if (revoke != null && newer.epoch() <= revoke.epoch()) {
                return;
            }
            revoke = newer;
            revokedAtNs = System.nanoTime();
            present = revoker;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        present.accept(newer.reason());
        flights(reports -> reports.revoked(newer.epoch()));
    }

    private void flights(Consumer<FlightReports> action) {
        FlightReports present = flights;
        if (present != null) {
            action.accept(present);
        }
    }

    private void note(CoordinatorMessage message) {
        lock.lock();
        try {
            switch (message) {
                case CoordinatorMessage.EpochStart newer -> start = newer;
                case CoordinatorMessage.Persist request -> persists.add(request);
                case CoordinatorMessage.Release release -> releasedEpoch = Math.max(releasedEpoch, release.epoch());
                case CoordinatorMessage.Quiesce quiesce -> quiescedEpoch = Math.max(quiescedEpoch, quiesce.epoch());
                case CoordinatorMessage.Dismissed dismissed -> dismissedEpoch = dismissed.epoch();
                case CoordinatorMessage.InReserve _ -> inReserve = true;
                case CoordinatorMessage.Assigned place -> assigned = place;
                case CoordinatorMessage.FaultRecorded fault -> recordedFaults.add(fault.spec());
                case CoordinatorMessage.Rejected rejected -> rejection = rejected.reason();
                default -> throw new IllegalStateException("handled elsewhere: " + message);
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Names what must be told when {@code epoch} is revoked: the communicator, being built or in use.
     *
     * @param epoch the epoch that it belongs to
     * @param target called with the reason, by the control thread or at once if a newer epoch is being formed already
     */
    void guard(long epoch, Consumer<String> target) {
        String reason = null;
        lock.lock();
        try {
            revoker = target;
            if (isRevoked(epoch)) {
                reason = revoke.reason();
            }
        } finally {
            lock.unlock();
        }
        if (reason != null) {
            target.accept(reason);
        }
    }

    void unguard() {
        lock.lock();
        try {
            revoker = NOTHING_TO_REVOKE;
        } finally {
            lock.unlock();
        }
    }

    boolean revoked(long epoch) {
        lock.lock();
        try {
            return isRevoked(epoch);
        } finally {
            lock.unlock();
        }
    }

    /** For how long an epoch newer than this one has been forming; 0 if none is. */
    long revokedForNanos(long epoch) {
        lock.lock();
        try {
            return isRevoked(epoch) ? System.nanoTime() - revokedAtNs : 0;
        } finally {
            lock.unlock();
        }
    }

    private boolean isRevoked(long epoch) {
        return revoke != null && revoke.epoch() > epoch;
    }

    /**
     * Waits until an epoch newer than this one is being formed; without bound in reserve, where only a loss ends it.
     */
    CoordinatorMessage.Revoke awaitRevoke(long epoch) {
        lock.lock();
        try {
            await("a new epoch to be formed", () -> isRevoked(epoch) || inReserve);
            while (!isRevoked(epoch)) {
                pause(patience.toNanos(), "a place in the group");
            }
            inReserve = false;
            return revoke;
        } finally {
            lock.unlock();
        }
    }

    /** The place that this process was given, if it was a spare; null otherwise. */
    CoordinatorMessage.Assigned assigned() {
        lock.lock();
        try {
            return assigned;
        } finally {
            lock.unlock();
        }
    }

    /** Whether this epoch is to end at a step boundary. */
    boolean mustQuiesce(long epoch) {
        lock.lock();
        try {
            return quiescedEpoch == epoch;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits for what follows an acknowledged revocation: the epoch's start, a newer revocation, a request to persist,
     * or the dismissal of a process that wanted to leave.
     */
    CoordinatorMessage awaitAgreement(long epoch) {
        lock.lock();
        try {
            await(
                    "epoch " + epoch + " to start",
                    () -> isRevoked(epoch) || !persists.isEmpty() || hasStart(epoch) || dismissedEpoch == epoch);
            if (dismissedEpoch == epoch) {
                return new CoordinatorMessage.Dismissed(epoch);
            }
            if (isRevoked(epoch)) {
                return revoke;
            }
            return persists.isEmpty() ? start : persists.remove();
        } finally {
            lock.unlock();
        }
    }

    private boolean hasStart(long epoch) {
        return start != null && start.epoch() == epoch;
    }

    /**
     * Waits until every member is done with its steps.
     *
     * @return true if so, false if a newer epoch is being formed instead
     */
    boolean awaitRelease(long epoch) {
        lock.lock();
        try {
            await("the other ranks to complete", () -> releasedEpoch >= epoch || isRevoked(epoch));
            return releasedEpoch >= epoch;
        } finally {
            lock.unlock();
        }
    }

    /** Waits a bounded time for a fault to be on record; a fault that is not recorded still fires. */
    void awaitFaultRecorded(String spec, Duration bound) {
        lock.lock();
        try {
            long left = bound.toNanos();
            while (!recordedFaults.contains(spec) && left > 0) {
                left = changed.awaitNanos(left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            lock.unlock();
        }
    }

    private void await(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + patience.toNanos();
        while (!condition.getAsBoolean()) {
            if (rejection != null) {
                throw new JoinRejectedException("the agent refused this process: " + rejection, null);
            }
            long left = deadline - System.nanoTime();
            if (left <= 0) {
                throw new ElasticException("waited " + patience.toSeconds() + " s for " + what
                        + " and heard nothing from the agent, although it is connected");
            }
            pause(left, what);
        }
    }

    private void pause(long nanos, String what) {
        try {
            changed.await(nanos, TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ElasticException("interrupted while waiting for " + what, e);
        }
    }
}
