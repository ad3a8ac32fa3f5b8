/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.protocol;

import java.util.List;

/** The first group cannot be formed; waits a moment for the process to end, whose status says more than its silence. */
final class FormationFailed extends Phase {
    private static final String SUFFIX = " before the group was formed";

    private final String message;
    private final boolean explained;
    // Null if anybody's end may be the explanation.
    private final MemberStatus lost;
    private long dueNs;

    /** Nobody is known to be lost; {@code explained} says whether the message says enough. */
    FormationFailed(Job job, String message, boolean explained) {
        this(job, message, explained, null);
    }

    private FormationFailed(Job job, String message, boolean explained, MemberStatus lost) {
        super(job);
        this.message = message;
        this.explained = explained;
        this.lost = lost;
    }

    static FormationFailed by(Job job, Loss loss) {
        boolean explained = loss.cause() == Incident.Cause.ERROR;
        return new FormationFailed(job, loss.sentence() + SUFFIX, explained, loss.member());
    }

    @Override
    void enter() {
        dueNs = job.clock.timerNs() + Loss.GRACE_NS;
    }

    @Override
    boolean exited(MemberStatus status, String how, boolean clean) {
        end(status, how);
        return true;
    }

    /**
     * Called for the exit of any process, those already excluded included. Others may end sooner than the one that is
     * lost, because of its loss.
     */
    void end(MemberStatus status, String how) {
        if (lost == null || lost == status) {
            job.fail(explained ? message : status + " " + how + SUFFIX);
        }
    }

    @Override
    boolean disconnected(MemberStatus status) {
        return true;
    }

    @Override
    void lost(List<Loss> losses) {}

    @Override
    void tick() {
        if (job.clock.timerNs() >= dueNs) {
            job.fail(message);
        }
    }
}
