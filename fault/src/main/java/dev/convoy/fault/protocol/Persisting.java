/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.protocol;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The job gives up: survivors write the newest version that they cover, then everything ends with the reason. */
final class Persisting extends Phase {
    // A disk may be slower than a collective.
    private static final long EXTRA_NS = 5_000_000_000L;

    private final RestorePlan newest;
    private final String reason;
    private final Map<MemberId, RestoreChoice.Share> asked = new HashMap<>();
    private long dueNs;

    /** {@code newest} is null if nothing can be covered. */
    Persisting(Job job, RestoreChoice choice, RestorePlan newest, String reason) {
        super(job);
        this.newest = newest;
        this.reason = reason;
        if (newest != null) {
            choice.shares(newest).forEach(share -> asked.put(share.member(), share));
        }
    }

    @Override
    void enter() {
        boolean wanted = job.spec.stateDirectory() != null && newest != null;
        if (!wanted || isDurable()) {
            job.fail(reason);
            return;
        }
        dueNs = job.clock.timerNs() + job.spec.deadlineNs() + EXTRA_NS;
        Version version = newest.version();
        job.durable.expect(version, asked.keySet(), newest.shardCount());
        String directory = job.spec.stateDirectory() + "/" + version.directoryName();
        for (RestoreChoice.Share share : asked.values()) {
            CoordinatorMessage request =
                    new CoordinatorMessage.Persist(version, directory, share.shards(), share.replicated());
            job.send(job.members.find(share.member()), request);
        }
    }

    private boolean isDurable() {
        return job.durable.last().filter(newest.version()::equals).isPresent();
    }

    @Override
    void received(MemberStatus status, RankMessage message) {
        // The part itself is in the ledger already: it is taken in every phase.
        if (message instanceof RankMessage.DurablePart && isDurable()) {
            job.fail(reason);
        }
    }

    @Override
    void lost(List<Loss> losses) {
        if (losses.stream().anyMatch(loss -> asked.containsKey(loss.member().id()))) {
            String who = losses.stream().map(Loss::sentence).collect(Collectors.joining(", "));
            job.fail(reason + "; the state could not be written to disk: " + who);
        }
    }

    @Override
    void tick() {
        if (job.clock.timerNs() >= dueNs) {
            job.fail(reason + "; the state could not be written to disk in time");
        }
    }
}
