/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.protocol;

import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Processes start. Those of a training program join; plain commands never do, and their exit statuses decide. */
final class Joining extends Phase {
    private static final long NOBODY = Long.MAX_VALUE;

    private long firstJoinedNs = NOBODY;
    private final Set<MemberStatus> joined = new HashSet<>();
    // Ended although they had not joined: a plain command has no more to do, a member of a group has.
    private final Set<MemberStatus> ended = new LinkedHashSet<>();

    Joining(Job job) {
        super(job);
    }

    @Override
    void enter() {
        if (job.reserve.isOpen()) {
            // A former coordinator has seen one join; none is joined to this one yet.
            firstJoinedNs = job.clock.timerNs();
        }
    }

    @Override
    void connected(MemberStatus status) {
        if (firstJoinedNs == NOBODY) {
            firstJoinedNs = job.clock.timerNs();
            job.reserve.open();
        }
        if (!ended.isEmpty()) {
            job.fail(ended.iterator().next() + " exited with status 0 before the group was formed");
            return;
        }
        joined.add(status);
        if (joined.size() == job.spec.ranks()) {
            job.become(Revoking.forFormation(job, job.epochs.next(), "every rank has joined"));
        }
    }

    @Override
    boolean exited(MemberStatus status, String how, boolean clean) {
        boolean somebodyJoined = firstJoinedNs != NOBODY;
        ended.add(status);
        if (!clean || somebodyJoined) {
            job.fail(status + " " + how + (somebodyJoined ? " before the group was formed" : ""));
        } else if (ended.size() == job.members.currentCount()) {
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
