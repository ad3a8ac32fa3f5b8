/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault;

import dev.convoy.fault.protocol.RunSummary;

/**
 * The one run of this process: gets ready for it, carries it out, and sees to it that the agent learns how it ended,
 * whether it was completed, failed, or left on the way.
 */
final class Training {
    private final LaunchedProcess process;
    private final LifeCycle life;
    private final ControlPlane plane;
    private final OperationWatch watch;
    private final PresentEpoch epoch;
    private final StateRegistry states;
    private final RunSnapshots snapshots;

    /**
     * Creates a run that has not begun.
     *
     * @param process bounds, options and device
     * @param life moved on by this from the first step to the result
     * @param plane who hears how it goes
     * @param watch looks at the operations of each step
     * @param epoch where it begins
     * @param states declared; no more of them once the run has begun
     * @param snapshots gets the run's
     */
    Training(
            LaunchedProcess process,
            LifeCycle life,
            ControlPlane plane,
            OperationWatch watch,
            PresentEpoch epoch,
            StateRegistry states,
            RunSnapshots snapshots) {
        this.process = process;
        this.life = life;
        this.plane = plane;
        this.watch = watch;
        this.epoch = epoch;
        this.states = states;
        this.snapshots = snapshots;
    }

    /** Carries out the steps; returns when every rank has, or when this process has left them. */
    void run(long steps, StepFunction function) throws Exception {
        if (steps < 0) {
            throw new IllegalArgumentException("steps must not be negative, was " + steps);
        }
        // Before the group forms: to make much memory takes seconds, in which nobody shall wait for this rank.
        if (life.awaitsRun()) {
            snapshots.reserve(keeper(steps));
        }
        epoch.members();
        life.running();
        try (Departure departure = Departure.onTermination(this::leave)) {
            life.ran(carryOut(steps, function));
            departure.endIfTerminating();
        } finally {
            life.runEnds();
        }
    }

    private SnapshotKeeper keeper(long steps) {
        return new SnapshotKeeper(
                process.environment(),
                process.options(),
                steps,
                states,
                process.device(),
                process.stream(),
                plane.control()::send,
                watch.suspicions()::report);
    }

    /** Returns whether this process was part of the group to the end. */
    private boolean carryOut(long steps, StepFunction function) throws Exception {
        try {
            snapshots.keeper().tell(plane.news());
            epoch.formation().offer(snapshots.keeper());
            return loop().run(steps, function);
        } catch (Throwable e) {
            plane.failing(e);
            watch.flights().failed(plane.status().epoch());
            abortQuietly(e);
            throw e;
        }
    }

    private TrainingLoop loop() {
        return new TrainingLoop(
                epoch.formation(),
                snapshots.keeper(),
                plane.control(),
                plane.status(),
                watch.suspicions(),
                watch.tap(),
                watch.flights(),
                process.stream());
    }

    // Otherwise the program could wait for ever in freeing a buffer that the communicator still works on.
    private void abortQuietly(Throwable failure) {
        try {
            snapshots.keeper().abort(epoch.formation().members().communicator());
        } catch (RuntimeException e) {
            failure.addSuppressed(e);
        }
    }

    /** Asks that the others go on without this process. Any thread. */
    void leave() {
        life.requireRunning();
        plane.leaving();
    }

    /** Whether this process left the group on the way. Any thread. */
    boolean wasLeft() {
        return life.hasLeft();
    }

    /** Tells the result, or null. */
    void finish(RunSummary summary) {
        life.requireReleased();
        watch.flights().sendKept();
        plane.news().present(snapshots.keeper().slots(), snapshots.memory()).ifPresent(plane.control()::send);
        plane.finished(summary);
        life.finished();
    }

    /** The program is done with the group: tells the agent what it has not been told, whatever the program did. */
    void end() {
        switch (life.stage()) {
            case FORMED -> plane.finishedWithoutRun();
            case RELEASED -> finish(null);
            default -> {}
        }
    }
}
