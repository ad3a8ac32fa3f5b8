/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.protocol;

import java.util.List;

/** What the job is doing; each phase knows what an event means to it and when it is over. */
abstract sealed class Phase
        permits Joining, Inheriting, FormationFailed, Revoking, Active, Persisting, Releasing, Ended {
    final Job job;

    Phase(Job job) {
        this.job = job;
    }

    void enter() {}

    /** A current process connected. */
    void connected(MemberStatus status) {}

    /** A record of a current process that is not the same in all phases. */
    void received(MemberStatus status, RankMessage message) {}

    /** Processes that were current have just been excluded. */
    abstract void lost(List<Loss> losses);

    /** An excluded process cannot act any more. */
    void gone() {}

    /** A current process ended. Returns whether that is no loss. */
    boolean exited(MemberStatus status, String how, boolean clean) {
        return false;
    }

    /** A current process closed its connection. Returns whether that is no loss. */
    boolean disconnected(MemberStatus status) {
        return false;
    }

    /** Somebody outside the job is being asked who hangs. */
    void opinionAsked() {}

    /** Somebody outside the job said who hangs. */
    void opinion(List<MemberStatus> suspects, String text) {}

    void tick() {}
}
