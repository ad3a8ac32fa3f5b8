/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault;

import dev.convoy.Stream;
import dev.convoy.fault.jfr.RecoveryRecording;
import dev.convoy.fault.protocol.RankMessage;
import dev.convoy.fault.snapshot.Membership;

/**
 * Calls the step function, step after step and epoch after epoch. Every failure of a communicator, wherever it strikes,
 * leads to the formation of the next epoch and to the step that this one restores; nothing else does.
 */
final class TrainingLoop {
    private final EpochFormation formation;
    private final SnapshotKeeper snapshots;
    private final RankControl control;
    private final RankStatus status;
    private final Suspicions suspicions;
    private final OperationTap tap;
    private final FlightReports flights;
    /** Null while all goes well. */
    private RecoveryRecording recovery;

    private final Stream stream;

    TrainingLoop(
            EpochFormation formation,
            SnapshotKeeper snapshots,
            RankControl control,
            RankStatus status,
            Suspicions suspicions,
            OperationTap tap,
            FlightReports flights,
            Stream stream) {
        this.formation = formation;
        this.snapshots = snapshots;
        this.control = control;
        this.status = status;
        this.suspicions = suspicions;
        this.tap = tap;
        this.flights = flights;
        this.stream = stream;
    }

    /**
     * Carries out all steps; returns when all members have, or when this process has left them.
     *
     * @return whether this process was part of the group to the end
     */
    boolean run(long steps, StepFunction function) throws Exception {
        boolean released = false;
        boolean member = true;
        while (!released && member) {
            Membership members = formation.members();
            try {
                released = carryOut(members, steps, function) && control.awaitRelease(members.epoch());
            } catch (Exception e) {
                if (!isRecoverable(e, members)) {
                    throw e;
                }
                suspicions.report(members.epoch(), e);
                failed(OneLine.of(e));
            }
            if (!released) {
                failed("a newer epoch is being formed");
                member = formation.form();
            }
        }
        return member;
    }

    // In an epoch that is being replaced nothing counts any more; a mistake of the program shows again in the replay.
    // What this layer itself found wrong is final: ranks that differ must not be left out until the rest agree.
    private boolean isRecoverable(Exception error, Membership members) {
        return Suspicions.isRecoverable(error)
                || Suspicions.isConclusion(error)
                || (control.revoked(members.epoch()) && !(error instanceof ElasticException));
    }

    /** Returns whether all steps are done: otherwise the members stand at a step boundary where the epoch ends. */
    private boolean carryOut(Membership members, long steps, StepFunction function) throws Exception {
        tap.epochBegins();
        long first = snapshots.restore(members, formation.plan(), formation.failures());
        control.send(new RankMessage.Restored(members.epoch(), System.nanoTime()));
        boolean resumed = false;
        for (long step = first; step < steps; step++) {
            status.enterStep(step);
            if (snapshots.isDue(step) && snapshots.take(members, step, control.mustQuiesce(members.epoch()))) {
                control.send(new RankMessage.Quiesced(members.epoch(), step, System.nanoTime()));
                return false;
            }
            call(members, step, function);
            if (!resumed) {
                resumed(members);
                resumed = true;
            }
        }
        status.enterStep(steps);
        snapshots.takeLast(members, steps);
        if (!resumed) {
            resumed(members);
        }
        control.send(new RankMessage.Completed(members.epoch()));
        return true;
    }

    private void resumed(Membership members) {
        control.send(new RankMessage.Resumed(members.epoch(), System.nanoTime()));
        flights.resumed();
        if (recovery != null) {
            recovery.resumed(members.epoch(), formation.plan().step(), members.worldSize());
            recovery = null;
        }
    }

    /** The first failure counts: another one on the way is part of the same recovery. */
    private void failed(String reason) {
        if (recovery == null) {
            recovery = RecoveryRecording.begin(reason);
        }
    }

    private void call(Membership members, long step, StepFunction function) throws Exception {
        boolean done = false;
        tap.stepBegins();
        try {
            function.run(new Step(
                    step, members.rank(), members.worldSize(), members.epoch(), members.communicator(), stream));
            tap.stepEnds();
            members.communicator().synchronize(stream);
            tap.stepCompleted();
            done = true;
        } finally {
            if (!done) {
                tap.stepFailed();
            }
        }
    }
}
