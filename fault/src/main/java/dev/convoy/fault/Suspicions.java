/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault;

import dev.convoy.CollectiveTimeoutException;
import dev.convoy.CommunicatorClosedException;
import dev.convoy.CommunicatorException;
import dev.convoy.CommunicatorRevokedException;
import dev.convoy.RemoteRankException;
import dev.convoy.fault.detect.FlightRecorder;
import dev.convoy.fault.detect.OperationRecord;
import dev.convoy.fault.protocol.Evidence;
import dev.convoy.fault.protocol.RankMessage;
import dev.convoy.fault.snapshot.DamagedTransferException;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Tells failures of the communicator from failures of the program, and reports the former to the coordinator, once an
 * epoch.
 */
final class Suspicions {
    private static final int[] NOBODY = {};
    private static final int MOST_CAUSES = 20;
    private static final int RECENT = 3;

    private final RankControl control;
    private final RankStatus status;
    private final FlightRecorder recorder;
    private final OnDivergence onDivergence;
    private final AtomicLong reportedEpoch = new AtomicLong();

    Suspicions(RankControl control, RankStatus status, FlightRecorder recorder, OnDivergence onDivergence) {
        this.onDivergence = onDivergence;
        this.control = control;
        this.status = status;
        this.recorder = recorder;
    }

    /**
     * Whether a recovery is the answer to an error. An old communicator that was kept beyond its epoch is a mistake of
     * the program that a recovery would only repeat.
     */
    static boolean isRecoverable(Throwable error) {
        Throwable cause = recoverableCause(error);
        return cause != null && !(cause instanceof CommunicatorClosedException);
    }

    /** Whether all ranks have come to the same conclusion, which the coordinator carries out. */
    static boolean isConclusion(Throwable error) {
        return error instanceof VetoLimitException || error instanceof StateDivergedException;
    }

    private static Throwable recoverableCause(Throwable error) {
        Throwable each = error;
        for (int depth = 0; each != null && depth < MOST_CAUSES; depth++) {
            if (each instanceof CommunicatorException || each instanceof DamagedTransferException) {
                return each;
            }
            each = each.getCause();
        }
        return null;
    }

    /** Reports an error unless a newer epoch is being formed already, or this one's end was reported before. */
    void report(long epoch, Throwable error) {
        switch (error) {
            case VetoLimitException limit ->
                control.send(
                        new RankMessage.GivesUp(epoch, limit.step(), limit.ranks(), System.nanoTime(), limit.what()));
            case StateDivergedException diverged -> control.send(diverged(epoch, diverged));
            default -> reportFailure(epoch, error);
        }
    }

    private RankMessage diverged(long epoch, StateDivergedException error) {
        long now = System.nanoTime();
        return onDivergence == OnDivergence.ROLL_BACK
                ? new RankMessage.Diverged(epoch, error.step(), error.ranks(), now, error.what())
                : new RankMessage.GivesUp(epoch, error.step(), error.ranks(), now, error.what());
    }

    private void reportFailure(long epoch, Throwable error) {
        Throwable cause = recoverableCause(error);
        if (!(cause instanceof CommunicatorRevokedException)) {
            send(epoch, evidence(cause), ranks(cause), OneLine.of(error));
        }
    }

    /** Reports, in place of the user's thread, an operation that is long past its deadline. */
    void reportStall(long epoch, long waitedNs) {
        String what = String.format(Locale.ROOT, "an operation has waited for %.1f s", waitedNs / 1e9);
        send(epoch, Evidence.DEADLINE, NOBODY, what);
    }

    private void send(long epoch, Evidence evidence, int[] ranks, String what) {
        if (control.revoked(epoch) || reportedEpoch.getAndAccumulate(epoch, Math::max) >= epoch) {
            return;
        }
        long now = System.nanoTime();
        control.send(new RankMessage.Suspect(
                epoch, evidence, ranks, now, what + lastOperations(), status.enqueued(), status.completed()));
    }

    private static Evidence evidence(Throwable cause) {
        return switch (cause) {
            case RemoteRankException remote -> Evidence.PEER_DEATH;
            case CollectiveTimeoutException timeout -> Evidence.DEADLINE;
            case null, default -> Evidence.ASYNC_ERROR;
        };
    }

    private static int[] ranks(Throwable cause) {
        return cause instanceof RemoteRankException remote ? remote.failedRanks() : NOBODY;
    }

    private String lastOperations() {
        List<OperationRecord> last = recorder.newest(RECENT);
        return last.isEmpty() ? "" : "; last operations here: " + last;
    }
}
