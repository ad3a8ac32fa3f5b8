/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.protocol;

import java.util.List;
import java.util.stream.Collectors;

/** Processes start. Those of a training program join; plain commands never do, and their exit statuses decide. */
final class Joining extends Phase {
    private static final long NOBODY = Long.MAX_VALUE;

    private long firstJoinedNs = NOBODY;

    Joining(Job job) {
        super(job);
    }

    @Override
    void connected(MemberStatus status) {
        if (firstJoinedNs == NOBODY) {
            firstJoinedNs = job.clock.timerNs();
            job.reserve.open();
        }
        for (MemberStatus other : job.members.current()) {
            if (other.hasExited()) {
                job.fail(other + " exited with status 0 before the group was formed");
                return;
            }
        }
        if (job.members.connected().size() == job.spec.ranks()) {
            job.become(Revoking.forFormation(job, job.epochs.next(), "every rank has joined"));
        }
    }

    @Override
    boolean exited(MemberStatus status, String how, boolean clean) {
        boolean somebodyJoined = firstJoinedNs != NOBODY;
        if (!clean || somebodyJoined) {
            job.fail(status + " " + how + (somebodyJoined ? " before the group was formed" : ""));
        } else if (job.members.current().stream().allMatch(MemberStatus::hasExited)) {
            job.succeed("every process exited with status 0", null);
        }
        return true;
    }

    @Override
    void lost(List<Loss> losses) {
        job.become(FormationFailed.by(job, losses.getFirst()));
    }

    @Override
    void tick() {
        if (firstJoinedNs != NOBODY && job.clock.timerNs() - firstJoinedNs > job.spec.startBoundNs()) {
            String missing = job.members.current().stream()
                    .filter(status -> !status.isConnected())
                    .map(MemberStatus::toString)
                    .collect(Collectors.joining(", "));
            job.fail("the group was not formed within " + job.spec.startBoundNs() / 1_000_000_000L + " s: " + missing
                    + " did not join");
        }
    }
}
