/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.protocol;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * The job gives up: survivors write the newest version that they cover, then everything ends with the reason. What a
 * writer does not manage, because it is lost or its disk fails, others write that hold the same.
 */
final class Persisting extends Phase {
    private final String reason;
    /** Those that can still write, in rank order, and what each holds. */
    private final Map<MemberId, List<Holding>> held;
    /** What is being written, by file name. */
    private final Map<String, RestoreChoice.Share> open = new LinkedHashMap<>();

    private Version version;
    private int requests;
    private long dueNs;

    Persisting(Job job, Map<MemberId, List<Holding>> held, String reason) {
        super(job);
        this.held = new LinkedHashMap<>(held);
        this.reason = reason;
    }

    @Override
    void enter() {
        Optional<RestorePlan> newest = choice().newestHeld();
        if (job.spec.stateDirectory() == null
                || newest.isEmpty()
                || isOnDisk(newest.get().version())) {
            job.fail(reason);
        } else {
            begin(newest.get());
        }
    }

    private RestoreChoice choice() {
        return new RestoreChoice(List.copyOf(held.keySet()), List.copyOf(held.values()), job.epochs);
    }

    private boolean isOnDisk(Version wanted) {
        return job.durable.last().filter(last -> last.compareTo(wanted) >= 0).isPresent();
    }

    private void begin(RestorePlan plan) {
        version = plan.version();
        open.clear();
        job.durable.expect(version, plan.shardCount());
        List<Integer> all = IntStream.range(0, plan.shardCount()).boxed().toList();
        ask(choice().shares(version, all, true).orElseThrow());
    }

    private void ask(List<RestoreChoice.Share> shares) {
        // A disk may be slower than a collective, and a state larger.
        dueNs = job.clock.timerNs() + job.spec.deadlineNs() + job.spec.startBoundNs();
        String directory = job.spec.stateDirectory() + "/" + version.directoryName();
        for (RestoreChoice.Share share : shares) {
            String file = "final-" + requests++ + "-rank-" + share.member().launchRank() + ".safetensors";
            open.put(file, share);
            job.durable.ask(share.member(), file);
            int[] shards = share.shards().stream().mapToInt(Integer::intValue).toArray();
            job.send(
                    job.members.find(share.member()),
                    new CoordinatorMessage.Persist(version, directory, file, shards, share.replicated()));
        }
    }

    @Override
    void received(MemberStatus status, RankMessage message) {
        switch (message) {
            // The part itself is in the ledger already: it is taken in every phase.
            case RankMessage.DurablePart part -> written(status, part);
            case RankMessage.DurableFailed failed -> {
                RestoreChoice.Share share = open.get(failed.file());
                if (share != null && share.member().equals(status.id())) {
                    job.warn(status + " could not write " + failed.file() + ": " + failed.reason());
                    // Memory that is damaged is this version's: an older one may be sound there, and nowhere else.
                    held.computeIfPresent(status.id(), (_, holdings) -> otherThan(version, holdings));
                    reassign(List.of(status.id()), status + " could not write its part: " + failed.reason());
                }
            }
            default -> {}
        }
    }

    private void written(MemberStatus status, RankMessage.DurablePart part) {
        RestoreChoice.Share share = open.get(part.file());
        if (share != null
                && share.member().equals(status.id())
                && part.version().equals(version)) {
            open.remove(part.file());
            endWhenWritten();
        }
    }

    private void endWhenWritten() {
        if (isOnDisk(version)) {
            job.fail(reason);
        }
    }

    @Override
    void lost(List<Loss> losses) {
        List<MemberId> gone = losses.stream().map(loss -> loss.member().id()).toList();
        held.keySet().removeAll(gone);
        reassign(gone, losses.getFirst().sentence());
    }

    private static List<Holding> otherThan(Version version, List<Holding> holdings) {
        return holdings.stream()
                .filter(holding -> !holding.version().equals(version))
                .toList();
    }

    /** Gives what these had still to write to others; where nobody holds it, an older version is better than none. */
    private void reassign(List<MemberId> from, String why) {
        List<Integer> shards = new ArrayList<>();
        boolean replicated = false;
        boolean any = false;
        for (Map.Entry<String, RestoreChoice.Share> entry : List.copyOf(open.entrySet())) {
            RestoreChoice.Share share = entry.getValue();
            if (from.contains(share.member())) {
                open.remove(entry.getKey());
                job.durable.forget(entry.getKey());
                shards.addAll(share.shards());
                replicated |= share.replicated();
                any = true;
            }
        }
        if (any) {
            Optional<List<RestoreChoice.Share>> others = choice().shares(version, shards, replicated);
            others.ifPresentOrElse(this::ask, () -> fallBack(why));
        }
    }

    private void fallBack(String why) {
        Optional<RestorePlan> older = choice().newestHeld();
        if (older.isEmpty() || isOnDisk(older.get().version())) {
            job.fail(reason + "; the state could not be written to disk: " + why);
        } else {
            begin(older.get());
        }
    }

    @Override
    void tick() {
        // A part may have come from a process that was excluded meanwhile.
        endWhenWritten();
        if (job.phase() == this && job.clock.timerNs() >= dueNs) {
            job.fail(reason + "; the state could not be written to disk in time");
        } else if (job.phase() == this) {
            loseTheSilent();
        }
    }

    private void loseTheSilent() {
        long now = job.clock.timerNs();
        List<Loss> silent = open.values().stream()
                .map(share -> job.members.find(share.member()))
                .distinct()
                .filter(status -> !status.isExcluded() && status.silentForNs(now) > job.spec.deadlineNs())
                .map(status -> new Loss(
                        status,
                        Incident.Cause.HANG,
                        Incident.DetectedBy.HEARTBEAT,
                        job.clock.nowNs(),
                        "stopped responding",
                        0))
                .toList();
        if (!silent.isEmpty()) {
            job.lose(silent);
        }
    }
}
