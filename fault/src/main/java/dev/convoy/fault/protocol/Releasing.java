/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.protocol;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** All steps are done everywhere: members finish and exit. Nothing is recovered any more; a failure fails the job. */
final class Releasing extends Phase {
    private static final String AFTER = " after all steps were done";

    private final long epoch;
    private final List<MemberStatus> members;
    private final Set<MemberStatus> exited = new HashSet<>();
    private final Map<MemberStatus, RankMessage.Finished> finished = new HashMap<>();
    // From when on a process that has nothing more to say should end.
    private final Map<MemberStatus, Long> exitDueNs = new HashMap<>();

    Releasing(Job job, long epoch, List<MemberStatus> members) {
        super(job);
        this.epoch = epoch;
        this.members = members;
    }

    @Override
    void enter() {
        for (MemberStatus status : members) {
            if (status.isConnected()) {
                connected(status);
            } else {
                // Inherited: it comes back, or ends.
                expectExit(status);
            }
        }
        endWhenAllExited();
    }

    @Override
    void connected(MemberStatus status) {
        exitDueNs.remove(status);
        job.send(status, new CoordinatorMessage.Release(epoch));
    }

    @Override
    void received(MemberStatus status, RankMessage message) {
        if (message instanceof RankMessage.Finished last && last.epoch() == epoch) {
            finished.putIfAbsent(status, last);
            expectExit(status);
            job.summary(last.summary());
        }
    }

    @Override
    boolean disconnected(MemberStatus status) {
        expectExit(status);
        return true;
    }

    private void expectExit(MemberStatus status) {
        exitDueNs.putIfAbsent(status, job.clock.timerNs() + job.spec.startBoundNs());
    }

    @Override
    boolean exited(MemberStatus status, String how, boolean clean) {
        if (clean) {
            exited.add(status);
            endWhenAllExited();
        } else {
            job.fail(status + " " + how + AFTER);
        }
        return true;
    }

    private void endWhenAllExited() {
        // Everybody's exit comes here: the sizes say at once that it is not the last.
        boolean all = exited.size() >= members.size() && exited.containsAll(members);
        // Who left before may still be saving what it has.
        if (all && job.members.departed().isEmpty()) {
            RunSummary summary = members.stream()
                    .map(finished::get)
                    .filter(last -> last != null && last.summary() != null)
                    .map(RankMessage.Finished::summary)
                    .findFirst()
                    .orElse(job.summary());
            warnIfLost(summary);
            warnOfDifferences(summary);
            job.succeed("all steps are done", summary);
        }
    }

    /** A rank says its result and ends; a coordinator that was lost at that moment took it with it. */
    private void warnIfLost(RunSummary summary) {
        if (summary == null && job.isInherited() && !finished.keySet().containsAll(members)) {
            job.warn("if the program told a result, it was lost with the former coordinator");
        }
    }

    private void warnOfDifferences(RunSummary summary) {
        for (MemberStatus status : members) {
            RankMessage.Finished last = finished.get(status);
            boolean comparable = summary != null
                    && summary.parametersSha256() != null
                    && last != null
                    && last.summary() != null
                    && last.summary().parametersSha256() != null;
            if (comparable && !summary.parametersSha256().equals(last.summary().parametersSha256())) {
                job.warn(status + " ended with other parameters than " + members.getFirst());
            }
        }
    }

    @Override
    void lost(List<Loss> losses) {
        job.fail(losses.getFirst().sentence() + AFTER);
    }

    @Override
    void tick() {
        long now = job.clock.timerNs();
        for (MemberStatus status : members) {
            if (job.phase() == this && !exited.contains(status)) {
                watch(status, now);
            }
        }
        if (job.phase() == this) {
            endWhenAllExited();
        }
    }

    private void watch(MemberStatus status, long now) {
        boolean overdue = now > exitDueNs.getOrDefault(status, Long.MAX_VALUE);
        boolean hasFinished = finished.containsKey(status);
        if (overdue && hasFinished) {
            job.warn(status + " had finished but did not exit; it was ended");
            exited.add(status);
            endWhenAllExited();
        } else if (overdue) {
            job.fail(status + " closed its connection but did not exit" + AFTER);
        } else if (status.isConnected() && !hasFinished && status.silentForNs(now) > job.spec.startBoundNs()) {
            job.fail(status + " stopped responding" + AFTER);
        }
    }
}
