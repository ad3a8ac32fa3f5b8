/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault;

import dev.convoy.fault.inject.FaultInjector;
import dev.convoy.fault.snapshot.Membership;

/**
 * The epoch that this process is in, formed when the program first asks for it. Until {@code run()} takes over, a
 * question is also where an epoch that has lost a rank is replaced.
 */
final class PresentEpoch implements AutoCloseable {
    private final LifeCycle life;
    private final ControlPlane plane;
    private final OperationWatch watch;
    private final EpochFormation formation;

    /**
     * Creates it without forming anything.
     *
     * @param process whose place in the group it is
     * @param life moved on when the group forms
     * @param plane opened when the group forms first
     * @param watch started then
     * @param injector fires faults in the phases of a recovery
     */
    PresentEpoch(
            LaunchedProcess process, LifeCycle life, ControlPlane plane, OperationWatch watch, FaultInjector injector) {
        this.life = life;
        this.plane = plane;
        this.watch = watch;
        formation = new EpochFormation(
                process.environment(),
                process.communicatorOptions(),
                process.device(),
                process.stream(),
                plane.control(),
                plane.status(),
                injector,
                watch.suspicions(),
                watch.tap());
    }

    /** How the epochs of a run are formed. */
    EpochFormation formation() {
        return formation;
    }

    /** Any thread. */
    int launchRank() {
        return formation.self().launchRank();
    }

    /**
     * This process's place in the group, which is formed if need be.
     *
     * @throws IllegalStateException if this process has none any more, or could not get one
     */
    Membership members() {
        life.requireOpen();
        switch (life.stage()) {
            case PREPARED -> {
                plane.open();
                watch.start();
                form();
            }
            case FORMED -> {
                if (plane.control().revoked(formation.members().epoch())) {
                    form();
                }
            }
            default -> life.requireNotLeft();
        }
        if (formation.members() == null) {
            throw new IllegalStateException("the group could not be formed; this process cannot be part of it");
        }
        return formation.members();
    }

    private void form() {
        life.forming();
        formation.form();
        life.formed();
    }

    @Override
    public void close() {
        if (formation.members() != null) {
            formation.members().communicator().close();
        }
    }
}
