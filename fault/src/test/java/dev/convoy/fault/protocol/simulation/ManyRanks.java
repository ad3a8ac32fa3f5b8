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
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A group of any size as the coordinator sees it, in virtual time: every rank answers at once, each record takes
 * between 20 µs and 3 ms. Counts what a change of the membership costs.
 */
final class ManyRanks {
    private static final long MS = 1_000_000L;
    private static final int HEARTBEATS = 200_000;

    private final int ranks;
    private final VirtualTime time = new VirtualTime();
    private final Chance chance = new Chance(1, true);
    private final JobSpec spec;
    private final Coordinator coordinator;
    private final List<CoordinatorEvent> heard = new ArrayList<>();
    private final int[] told;
    private long up;
    private long down;
    private long publishedNs;
    private long beatNs;
    private boolean resumed;

    /**
     * What one change cost.
     *
     * @param ranks size of the group
     * @param up records to the coordinator
     * @param down records from it
     * @param rounds most records that any one rank got, each of which it answered
     * @param agreementNs virtual time from the loss to the publication of the next epoch
     * @param cpuNs CPU that the coordinator used for it
     * @param heartbeatNs CPU of a heartbeat afterwards
     */
    record Cost(int ranks, long up, long down, int rounds, long agreementNs, long cpuNs, double heartbeatNs) {}

    ManyRanks(int ranks) {
        this.ranks = ranks;
        told = new int[ranks];
        spec = new JobSpec(ranks, RecoveryPolicy.SHRINK, 1, 16, 30_000 * MS, 60_000 * MS, null);
        coordinator = new Coordinator(spec);
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
        int before = heard.size();
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
        beatNs = time.nowNs();
        int rounds = Arrays.stream(told).max().orElse(0);
        return new Cost(ranks, up, down, rounds, publishedNs - lostNs, cpuNs(before), heartbeatNs());
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
        heard.add(event);
        long epoch = coordinator.epoch();
        List<Decision> decisions = coordinator.on(event);
        publishedNs = coordinator.epoch() > epoch ? time.nowNs() : publishedNs;
        carryOut(decisions);
    }

    /** CPU of the events from this one on, told again to another coordinator: it decides the same. */
    private long cpuNs(int from) {
        Coordinator again = new Coordinator(spec);
        again.start(heard.getFirst().nowNs());
        heard.subList(0, from).forEach(again::on);
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        long beganNs = threads.getCurrentThreadCpuTime();
        heard.subList(from, heard.size()).forEach(again::on);
        return threads.getCurrentThreadCpuTime() - beganNs;
    }

    /** CPU of a heartbeat, those of the ticks between them included, in a group that works. */
    private double heartbeatNs() {
        Coordinator working = new Coordinator(spec);
        working.start(heard.getFirst().nowNs());
        heard.forEach(working::on);
        beats(working, HEARTBEATS / 4);
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        long beganNs = threads.getCurrentThreadCpuTime();
        beats(working, HEARTBEATS);
        return (threads.getCurrentThreadCpuTime() - beganNs) / (double) HEARTBEATS;
    }

    /** Ten a second from each rank, and a tick every 10 ms. */
    private void beats(Coordinator working, int count) {
        List<MemberId> members = working.members();
        long tickNs = beatNs;
        for (int i = 0; i < count; i++) {
            beatNs += 100 * MS / members.size();
            MemberId member = members.get(i % members.size());
            working.on(
                    new CoordinatorEvent.Received(beatNs, member, new RankMessage.Heartbeat(working.epoch(), 1, 1, 1)));
            if (beatNs - tickNs >= 10 * MS) {
                tickNs = beatNs;
                working.on(new CoordinatorEvent.Tick(beatNs));
            }
        }
        if (!working.incidents().getLast().equals(coordinator.incidents().getLast())) {
            throw new IllegalStateException("a group of which everybody is heard is at work: " + working.incidents());
        }
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
