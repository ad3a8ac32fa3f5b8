/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault;

import dev.convoy.Communicator;
import dev.convoy.fault.protocol.RankMessage;

/** What this rank is doing, as heartbeats and probes tell it. Written by the user's thread, read by any. */
final class RankStatus {
    private volatile long epoch;
    private volatile long step;
    private volatile Communicator communicator;

    void enterEpoch(long newEpoch, Communicator newCommunicator) {
        // In this order: a reader that sees the communicator must not take it for an older epoch's.
        epoch = newEpoch;
        communicator = newCommunicator;
    }

    /** The communicator is about to be aborted by the thread that drives it. */
    void leaveCommunicator() {
        communicator = null;
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

    long enqueued() {
        Communicator present = communicator;
        return present == null ? 0 : present.enqueued();
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
