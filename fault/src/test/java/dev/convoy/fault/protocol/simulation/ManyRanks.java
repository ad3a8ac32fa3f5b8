/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.protocol.simulation;

import dev.convoy.fault.protocol.Coordinator;
import dev.convoy.fault.protocol.CoordinatorEvent;
import dev.convoy.fault.protocol.CoordinatorMessage;
import dev.convoy.fault.protocol.Decision;
import dev.convoy.fault.protocol.Evidence;
import dev.convoy.fault.protocol.GroupPlacement;
import dev.convoy.fault.protocol.Holding;
import dev.convoy.fault.protocol.JobSpec;
import dev.convoy.fault.protocol.MemberId;
import dev.convoy.fault.protocol.RankMessage;
import dev.convoy.fault.protocol.RecoveryPolicy;
import dev.convoy.fault.protocol.Version;
import java.util.Arrays;
import java.util.List;

/**
 * A group of any size as the coordinator sees it, in virtual time: every rank answers at once, each record takes
 * between 20 µs and 3 ms. Counts what a change of the membership costs.
 */
final class ManyRanks {
    private static final long MS = 1_000_000L;

    private final int ranks;
    private final VirtualTime time = new VirtualTime();
    private final Chance chance = new Chance(1, true);
    private final Coordinator coordinator;
    private final int[] told;
    private long up;
    private long down;
    private long cpuNs;
    private long publishedNs;
    private boolean resumed;

    /**
     * What one change cost.
     *
     * @param ranks size of the group
     * @param up records to the coordinator
     * @param down records from it
     * @param rounds most records that any one rank got, each of which it answered
     * @param agreementNs virtual time from the loss to the publication of the next epoch
     * @param cpuNs time that the coordinator computed
     */
    record Cost(int ranks, long up, long down, int rounds, long agreementNs, long cpuNs) {}

    ManyRanks(int ranks) {
        this.ranks = ranks;
        told = new int[ranks];
        coordinator = new Coordinator(new JobSpec(ranks, RecoveryPolicy.SHRINK, 1, 16, 30_000 * MS, 60_000 * MS, null));
    }

    /** Forms the group, loses a rank in its middle, and counts until all the others have gone on. */
    Cost loseOne() {
        carryOut(coordinator.start(time.nowNs()));
        for (int rank = 0; rank < ranks; rank++) {
            MemberId member = new MemberId(rank, 0);
            arrives(() -> new CoordinatorEvent.Connected(time.nowNs(), member, 1));
        }
        runUntilResumed();
        up = 0;
        down = 0;
        cpuNs = 0;
        Arrays.fill(told, 0);
        long lostNs = time.nowNs();
        MemberId lost = new MemberId(ranks / 2, 0);
        on(new CoordinatorEvent.Exited(time.nowNs(), lost, "was killed by signal 9", 137));
        // Every survivor's runtime sees the death as well, and says so.
        coordinator.members().stream()
                .filter(member -> !member.equals(lost))
                .forEach(member -> says(
                        member,
                        new RankMessage.Suspect(
                                1, Evidence.PEER_DEATH, new int[] {ranks / 2}, time.nowNs(), "died", 0, 0)));
        runUntilResumed();
        int rounds = Arrays.stream(told).max().orElse(0);
        return new Cost(ranks, up, down, rounds, publishedNs - lostNs, cpuNs);
    }

    private void runUntilResumed() {
        resumed = false;
        int awaited = (int) coordinator.epoch() + 1;
        while (!(resumed && coordinator.epoch() == awaited)) {
            time.next();
        }
    }

    private interface Event {
        CoordinatorEvent now();
    }

    private void arrives(Event event) {
        time.after(chance.between(20_000, 3 * MS), () -> on(event.now()));
    }

    private void says(MemberId from, RankMessage... messages) {
        time.after(chance.between(20_000, 3 * MS), () -> {
            for (RankMessage message : messages) {
                on(new CoordinatorEvent.Received(time.nowNs(), from, message));
            }
        });
    }

    private void on(CoordinatorEvent event) {
        up += event instanceof CoordinatorEvent.Received ? 1 : 0;
        long beganNs = System.nanoTime();
        long epoch = coordinator.epoch();
        List<Decision> decisions = coordinator.on(event);
        cpuNs += System.nanoTime() - beganNs;
        publishedNs = coordinator.epoch() > epoch ? time.nowNs() : publishedNs;
        carryOut(decisions);
    }

    private void carryOut(List<Decision> decisions) {
        for (Decision decision : decisions) {
            switch (decision) {
                case Decision.Send send -> {
                    down++;
                    told[send.member().launchRank()]++;
                    time.after(chance.between(20_000, 3 * MS), () -> hears(send.member(), send.message()));
                }
                case Decision.Fence fence -> arrives(() -> new CoordinatorEvent.Fenced(time.nowNs(), fence.member()));
                case Decision.Announce announce ->
                    resumed |= announce.kind() == Decision.Announce.Kind.RECOVERED
                            || coordinator.epoch() == 1 && announce.kind() == Decision.Announce.Kind.FORMED;
                default -> {}
            }
        }
    }

    private void hears(MemberId member, CoordinatorMessage message) {
        switch (message) {
            case CoordinatorMessage.Revoke revoke -> says(member, answer(member, revoke));
            case CoordinatorMessage.EpochStart start -> {
                long atNs = time.nowNs();
                // In order, as on one connection.
                says(
                        member,
                        new RankMessage.Rebuilt(start.epoch(), atNs),
                        new RankMessage.Restored(start.epoch(), atNs),
                        new RankMessage.Resumed(start.epoch(), atNs));
            }
            default -> throw new IllegalStateException("nobody should be told " + message);
        }
    }

    private RankMessage.Aborted answer(MemberId member, CoordinatorMessage.Revoke revoke) {
        byte[] id = revoke.makeUniqueId() ? new byte[] {1} : new byte[0];
        int[] shards = GroupPlacement.of(ranks).shardsHeldBy(member.launchRank());
        Version version = new Version(1, 1);
        List<Holding> held = revoke.epoch() == 1 ? List.of() : List.of(new Holding(version, ranks, shards, true));
        return new RankMessage.Aborted(revoke.epoch(), time.nowNs(), 1, held, null, id);
    }
}
