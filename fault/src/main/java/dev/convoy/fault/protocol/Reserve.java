/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.protocol;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * Processes that are ready, or getting ready, to take a place in the group: spares, which take any, and candidates,
 * each started for one place while the others go on. The group knows nothing of them, and the loss of one stops nobody.
 *
 * <p>Everything is keyed by the launch rank that a process is started with: a candidate's place, or for a spare a
 * number beyond the places.
 */
final class Reserve {
    /** Whoever has been silent for longer is not trusted with a place that others wait for. */
    private static final long FRESH_NS = 500_000_000L;

    private static final long HEARTBEAT_MARGIN_NS = 1_000_000_000L;

    private final Job job;
    private final NavigableMap<Integer, MemberStatus> waiting = new TreeMap<>();
    private final Backoff<Integer> attempts = new Backoff<>();
    private boolean open;

    Reserve(Job job) {
        this.job = job;
    }

    /**
     * The program is one that joins a group: spares make sense. A plain command must not be run more often than asked.
     */
    void open() {
        if (!open) {
            open = true;
            job.worthKeeping();
            replenish();
        }
    }

    /** Somebody has joined. */
    boolean isOpen() {
        return open;
    }

    Collection<MemberStatus> all() {
        return List.copyOf(waiting.values());
    }

    /** Starts what is missing; called while the group works and nobody waits for anything. */
    void replenish() {
        if (!open) {
            return;
        }
        for (int spare = 0; spare < job.spec.spares(); spare++) {
            start(job.spec.ranks() + spare, "spare " + spare);
        }
        List<Integer> places = job.changes.placesToFill();
        // A spare that is there already is sooner ready than a process that is started now.
        long unclaimed = waiting.values().stream().filter(this::isSpare).count();
        for (int place : places) {
            if (!waiting.containsKey(place) && unclaimed-- <= 0) {
                start(place, "the replacement of rank " + place);
            }
        }
        waiting.values().stream()
                .filter(status -> !isSpare(status) && !places.contains(status.launchRank()))
                .toList()
                .forEach(this::end);
    }

    private void start(int launchRank, String name) {
        long now = job.clock.timerNs();
        if (!waiting.containsKey(launchRank) && attempts.isDue(launchRank, now)) {
            MemberId id = job.members.successor(launchRank);
            int node = job.nodes.nodeFor(launchRank, job.members.current(), now);
            // Nobody waits for it: a node that has proved bad can have its rest.
            if (job.nodes.isTrusted(node, now)) {
                waiting.put(launchRank, job.members.addReserve(id, node, now, name));
                job.decide(new Decision.Spawn(id, node));
            }
        }
    }

    private boolean isSpare(MemberStatus status) {
        return status.launchRank() >= job.spec.ranks();
    }

    /** Null if no process that is being started has this launch rank. */
    MemberStatus starting(int launchRank) {
        MemberStatus status = waiting.get(launchRank);
        return status == null || status.isConnected() ? null : status;
    }

    void connected(MemberStatus status) {
        String why =
                isSpare(status) ? "it takes the place of the next rank that is lost" : "it joins at a step boundary";
        job.send(status, new CoordinatorMessage.InReserve(why));
    }

    /** A process of the reserve cannot be used any more. */
    void lost(MemberStatus status, String how) {
        if (waiting.remove(status.launchRank(), status)) {
            attempts.failed(status.launchRank(), job.clock.timerNs());
            job.warn(status + " " + how + "; another one is started in its place");
            fence(status);
        }
    }

    /** A process that a former coordinator kept ready. */
    void inherit(MemberStatus status) {
        int launchRank = status.launchRank();
        status.keepInReserve(
                isSpare(status) ? "spare " + (launchRank - job.spec.ranks()) : "the replacement of rank " + launchRank);
        waiting.put(launchRank, status);
    }

    /** Somebody has joined before: what is missing is started in its time. */
    void reopen() {
        open = true;
    }

    private void end(MemberStatus status) {
        waiting.remove(status.launchRank(), status);
        fence(status);
    }

    private void fence(MemberStatus status) {
        status.exclude(Long.MAX_VALUE);
        if (!status.isGone()) {
            job.decide(new Decision.Fence(status.id()));
        }
    }

    /** A newcomer did not get as far as an epoch: the next one for its place is not started at once. */
    void failed(MemberStatus newcomer) {
        attempts.failed(newcomer.bornAs().launchRank(), job.clock.timerNs());
    }

    void succeeded(MemberStatus newcomer) {
        attempts.succeeded(newcomer.bornAs().launchRank());
    }

    boolean isReadyFor(int place) {
        return readyFor(place) != null;
    }

    /** Gives a place to a process that can answer at once; null if there is none. */
    MemberStatus enlistReady(int place) {
        return enlist(readyFor(place), place);
    }

    /** Gives a place to whoever will be ready first; null if nobody is even started. */
    MemberStatus enlistAny(int place) {
        MemberStatus ready = readyFor(place);
        return enlist(ready == null ? anyFor(place) : ready, place);
    }

    private MemberStatus readyFor(int place) {
        return candidatesFor(place).stream().filter(this::isReady).findFirst().orElse(null);
    }

    private MemberStatus anyFor(int place) {
        return candidatesFor(place).stream()
                .filter(status -> !status.isConnected())
                .min(Comparator.comparingLong(MemberStatus::spawnedNs))
                .orElse(null);
    }

    /** Who was started for this very place comes first. */
    private List<MemberStatus> candidatesFor(int place) {
        List<MemberStatus> candidates = new ArrayList<>();
        if (waiting.containsKey(place)) {
            candidates.add(waiting.get(place));
        }
        waiting.values().stream().filter(this::isSpare).forEach(candidates::add);
        return candidates;
    }

    private boolean isReady(MemberStatus status) {
        return status.isConnected() && status.silentForNs(job.clock.timerNs()) < FRESH_NS;
    }

    private MemberStatus enlist(MemberStatus status, int place) {
        if (status == null) {
            return null;
        }
        waiting.remove(status.launchRank(), status);
        MemberId before = status.id();
        MemberId as = before.launchRank() == place ? before : job.members.successor(place);
        job.members.enlist(status, as);
        if (!as.equals(before)) {
            job.decide(new Decision.Promote(before, as));
            introduce(status);
        }
        return status;
    }

    /** Tells a former spare who it is, as soon as it can hear it. */
    void introduce(MemberStatus status) {
        if (status.isConnected() && !status.id().equals(status.bornAs())) {
            job.send(status, new CoordinatorMessage.Assigned(status.id(), job.faults.specs()));
        }
    }

    void tick() {
        long now = job.clock.timerNs();
        for (MemberStatus status : all()) {
            if (!status.isConnected() && now - status.spawnedNs() > job.spec.startBoundNs()) {
                lost(status, "did not join in time");
            } else if (status.isConnected() && status.silentForNs(now) > job.spec.deadlineNs() + HEARTBEAT_MARGIN_NS) {
                lost(status, "stopped responding");
            }
        }
    }
}
