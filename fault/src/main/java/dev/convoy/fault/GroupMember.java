/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault;

import dev.convoy.fault.inject.FaultInjector;
import dev.convoy.fault.snapshot.Membership;

/**
 * This process as a member of its group: makes the parts that a member consists of known to each other, and frees them
 * in the reverse order. Used by the user's thread, except where a part says otherwise.
 */
final class GroupMember implements AutoCloseable {
    private final LaunchedProcess process;
    private final LifeCycle life = new LifeCycle();
    private final RunSnapshots snapshots = new RunSnapshots();
    private final ControlPlane plane;
    private final OperationWatch watch;
    private final PresentEpoch epoch;
    private final StateRegistry states;
    private final Training training;
    private StepVeto veto;

    /**
     * Creates a member that nobody knows of yet.
     *
     * @param process closed with this
     */
    GroupMember(LaunchedProcess process) {
        this.process = process;
        LaunchEnvironment environment = process.environment();
        plane = new ControlPlane(environment);
        FaultInjector injector = new FaultInjector(
                environment.self().launchRank(),
                environment.faults(),
                new SelfInflicted(plane.control(), snapshots::damageNewest));
        watch = new OperationWatch(process, plane, injector);
        epoch = new PresentEpoch(process, life, plane, watch, injector);
        states = new StateRegistry(process.device(), process.stream(), environment.deadline(), epoch::members);
        training = new Training(process, life, plane, watch, epoch, states, snapshots);
    }

    LaunchedProcess process() {
        return process;
    }

    ControlPlane plane() {
        return plane;
    }

    /** Its place in the present epoch; the group forms if need be. */
    Membership place() {
        return epoch.members();
    }

    /** Any thread. */
    int launchRank() {
        return epoch.launchRank();
    }

    /** Has no place yet; any thread. */
    boolean isSpare() {
        return launchRank() >= process.environment().launchSize();
    }

    StateRegistry states() {
        return states;
    }

    RunSnapshots snapshots() {
        return snapshots;
    }

    /** Any thread. */
    Training training() {
        return training;
    }

    /** Declares that steps may be vetoed; freed with this. */
    StepVeto declareVeto(int mostInARow) {
        StepVeto declared =
                new StepVeto(process.device(), process.environment().launchSize(), mostInARow, plane.control()::send);
        states.addHost("vetoes", declared.state());
        veto = declared;
        return declared;
    }

    /** Idempotent. */
    @Override
    public void close() {
        if (life.isClosed()) {
            return;
        }
        try {
            training.end();
        } finally {
            life.closed();
            free();
        }
    }

    @SuppressWarnings("try") // All are only ever closed, in the reverse order of their creation.
    private void free() {
        try (plane;
                process;
                states;
                snapshots;
                epoch) {
            watch.close();
            plane.control().unguard();
            if (veto != null) {
                veto.close();
            }
        }
    }
}
