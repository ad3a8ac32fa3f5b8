/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.benchmarks.protocol;

import dev.convoy.fault.protocol.Coordinator;
import dev.convoy.fault.protocol.CoordinatorEvent;
import dev.convoy.fault.protocol.CoordinatorMessage;
import dev.convoy.fault.protocol.Decision;
import dev.convoy.fault.protocol.GroupPlacement;
import dev.convoy.fault.protocol.Holding;
import dev.convoy.fault.protocol.JobSpec;
import dev.convoy.fault.protocol.MemberId;
import dev.convoy.fault.protocol.RankMessage;
import dev.convoy.fault.protocol.RecoveryPolicy;
import dev.convoy.fault.protocol.Version;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The shortest life of a job in which a rank is lost: what ranks and agent tell the coordinator, in virtual time. */
final class ScriptedJob {
    private static final long TICK_NS = 1_000;
    private static final long BOUND_NS = 60_000_000_000L;
    private static final long BEAT_NS = 100_000_000L;
    private static final int MOST_RECOVERIES = 16;
    private static final byte[] ID = {42};
    private static final byte[] NO_ID = {};

    private final Coordinator coordinator;
    private final int ranks;
    private final Set<MemberId> idMakers = new HashSet<>();
    private long nowNs = TICK_NS;
    private long events;
    private int nextToBeat;

    ScriptedJob(int ranks) {
        this.ranks = ranks;
        coordinator = new Coordinator(
                new JobSpec(ranks, RecoveryPolicy.SHRINK, 1, MOST_RECOVERIES, BOUND_NS, BOUND_NS, null));
        coordinator.start(nowNs);
    }

    /** All ranks join, and complete a step of the first epoch. */
    void form() {
        for (int rank = 0; rank < ranks; rank++) {
            on(new CoordinatorEvent.Connected(nowNs, member(rank), rank + 1L));
        }
        for (int rank = 0; rank < ranks; rank++) {
            acknowledge(member(rank), 1, List.of());
        }
        goOn(1);
    }

    /** The last rank dies; the others go on without it. */
    void recover() {
        on(new CoordinatorEvent.Exited(nowNs, member(ranks - 1), "was killed by signal 9", 137));
        Version version = new Version(1, 1);
        GroupPlacement placement = GroupPlacement.of(ranks);
        for (int rank = 0; rank < ranks - 1; rank++) {
            Holding held = new Holding(version, ranks, placement.shardsHeldBy(rank), true);
            acknowledge(member(rank), 2, List.of(held));
        }
        goOn(2);
    }

    /** The heartbeat of whoever is next, at ten a second from each. */
    void nextHeartbeat() {
        nowNs += BEAT_NS / ranks;
        nextToBeat = (nextToBeat + 1) % ranks;
        says(member(nextToBeat), new RankMessage.Heartbeat(1, 1, 1, 1));
    }

    /** A heartbeat, and a tick right after it. */
    void tick() {
        nextHeartbeat();
        on(new CoordinatorEvent.Tick(nowNs));
    }

    /** What happened so far. */
    long events() {
        return events;
    }

    private void acknowledge(MemberId member, long epoch, List<Holding> inventory) {
        Version committed = inventory.isEmpty() ? null : inventory.getFirst().version();
        byte[] id = idMakers.contains(member) ? ID : NO_ID;
        says(member, new RankMessage.Aborted(epoch, nowNs, 1, inventory, committed, id));
    }

    private void goOn(long epoch) {
        if (coordinator.epoch() != epoch) {
            throw new IllegalStateException("epoch " + coordinator.epoch() + " instead of " + epoch);
        }
        List<MemberId> members = List.copyOf(coordinator.members());
        members.forEach(member -> says(member, new RankMessage.Rebuilt(epoch, nowNs)));
        members.forEach(member -> says(member, new RankMessage.Restored(epoch, nowNs)));
        members.forEach(member -> says(member, new RankMessage.Resumed(epoch, nowNs)));
    }

    private void says(MemberId member, RankMessage message) {
        on(new CoordinatorEvent.Received(nowNs, member, message));
    }

    private void on(CoordinatorEvent event) {
        events++;
        nowNs += TICK_NS;
        for (Decision decision : coordinator.on(event)) {
            if (decision instanceof Decision.Send(MemberId to, CoordinatorMessage.Revoke revoke)
                    && revoke.makeUniqueId()) {
                idMakers.add(to);
            }
        }
    }

    private static MemberId member(int rank) {
        return new MemberId(rank, 0);
    }
}
