/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault;

import dev.convoy.Communicator;
import dev.convoy.Operation;
import dev.convoy.fault.protocol.RankMessage;

/** What this rank is doing, as heartbeats and probes tell it. Written by the user's thread, read by any. */
final class RankStatus {
    private volatile long epoch;
    private volatile long step;
    private volatile Communicator communicator;
    private volatile long collectives;

    void enterEpoch(long newEpoch, Communicator newCommunicator) {
        // In this order: a reader that sees the communicator must not take it for an older epoch's.
        collectives = 0;
        epoch = newEpoch;
        communicator = newCommunicator;
    }

    /** The communicator is about to be aborted by the thread that drives it. */
    void leaveCommunicator() {
        communicator = null;
    }

    /**
     * The next operation is about to be enqueued. Only those that every rank makes are counted, so that who is behind
     * can be told by comparison: sends and receives differ from rank to rank, and after a restore at another world size
     * they always do.
     */
    void enqueues(Operation operation) {
        if (operation != Operation.SEND && operation != Operation.RECV) {
            collectives++;
        }
    }

    /** The communicator in use, or null while there is none. */
    Communicator communicator() {
        return communicator;
    }

    void enterStep(long newStep) {
        step = newStep;
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
        return present == null ? 0 : present.completed();
    }

    RankMessage.Heartbeat heartbeat() {
        return new RankMessage.Heartbeat(epoch, step, enqueued(), completed());
    }

    RankMessage.Probed probed() {
        return new RankMessage.Probed(epoch, step, enqueued(), completed());
    }
}
