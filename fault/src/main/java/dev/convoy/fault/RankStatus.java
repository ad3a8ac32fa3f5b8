/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault;

import dev.convoy.Communicator;
import dev.convoy.Operation;
import dev.convoy.fault.protocol.RankMessage;
import java.util.Optional;

/** What this rank is doing, as heartbeats and probes tell it. Written by the user's thread, read by any. */
final class RankStatus {
    private volatile long epoch;
    private volatile long step;
    private volatile Communicator communicator;
    private volatile long collectives;
    /** Operations that the present epoch's communicator had completed when it was left. */
    private volatile long completedThen;

    // Written by the user's thread alone.
    private volatile long longestStepNs;
    private long enteredNs;

    private final OwnTimes ownTimes = new OwnTimes();

    void enterEpoch(long newEpoch, Communicator newCommunicator) {
        // In this order: a reader that sees the communicator must not take it for an older epoch's.
        collectives = 0;
        completedThen = 0;
        ownTimes.takeMedian();
        epoch = newEpoch;
        communicator = newCommunicator;
    }

    /** The communicator is about to be aborted by the thread that drives it. */
    void leaveCommunicator() {
        completedThen = completed();
        communicator = null;
    }

    /**
     * The next operation is about to be enqueued. Only those that every rank makes are counted, so that who is behind
     * can be told by comparison: sends, receives and one-sided operations differ from rank to rank, and after a restore
     * at another world size they always do.
     *
     * @return its number among them; 0 if it is not counted
     */
    long enqueues(Operation operation) {
        return switch (operation) {
            case SEND, RECV, PUT, SIGNAL, WAIT_SIGNAL -> 0;
            default -> ++collectives;
        };
    }

    /** The communicator in use, or null while there is none. */
    Communicator communicator() {
        return communicator;
    }

    void enterStep(long newStep) {
        long now = System.nanoTime();
        if (newStep == step + 1 && enteredNs != 0) {
            longestStepNs = Math.max(longestStepNs, now - enteredNs);
        }
        enteredNs = now;
        step = newStep;
    }

    /** The longest step so far, with all that a step waits for. */
    long longestStepNs() {
        return longestStepNs;
    }

    long epoch() {
        return epoch;
    }

    long step() {
        return step;
    }

    /** Collectives enqueued in the present epoch. */
    long enqueued() {
        return collectives;
    }

    long completed() {
        Communicator present = communicator;
        return present == null ? completedThen : present.completed();
    }

    /** This rank has come to the first collective of a step, so long after its beginning. */
    void ownTime(long ns) {
        ownTimes.add(ns);
    }

    /** How fast this rank was since it was asked last; empty if it has begun no step. */
    Optional<RankMessage.Pace> pace() {
        long median = ownTimes.takeMedian();
        return median == 0 ? Optional.empty() : Optional.of(new RankMessage.Pace(epoch, median));
    }

    RankMessage.Heartbeat heartbeat() {
        return new RankMessage.Heartbeat(epoch, step, enqueued(), completed());
    }

    RankMessage.Probed probed() {
        return new RankMessage.Probed(epoch, step, enqueued(), completed());
    }
}
