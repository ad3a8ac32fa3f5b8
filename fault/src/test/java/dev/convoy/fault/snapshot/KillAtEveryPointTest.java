/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.convoy.fault.protocol.Holding;
import dev.convoy.fault.protocol.Version;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/**
 * Ranks take snapshots in random interleavings and one is stopped between two random moves, again and again. Whatever
 * any rank, lost ones included, went on from must still be restorable by the survivors, whole and with the right
 * content.
 */
class KillAtEveryPointTest {
    private static final StateShape SHAPE = new StateShape(
            List.of(new StateShape.Vector("weights", "INT8", 1, 9)),
            List.of(),
            List.of(new StateShape.Vector("moments", "INT8", 1, 23), new StateShape.Vector("more", "INT16", 2, 3)));

    @Property(tries = 3_000)
    void whateverARankWentOnFromIsRestorable(@ForAll long seed) {
        Random random = new Random(seed);
        List<SimulatedRank> members = new ArrayList<>();
        int worldSize = 2 + random.nextInt(5);
        for (int rank = 0; rank < worldSize; rank++) {
            SimulatedRank member = new SimulatedRank(SHAPE);
            member.enter(1, 0, rank, worldSize);
            members.add(member);
        }
        boolean replace = random.nextBoolean();
        long epoch = 1;
        Version restored = null;
        while (members.size() > 1 && epoch < 8) {
            play(members, random);
            members = recover(members, ++epoch, restored, replace, random);
            restored = members.getFirst().slots.committed();
        }
    }

    private static void play(List<SimulatedRank> members, Random random) {
        int moves = random.nextInt(members.size() * 40);
        for (int i = 0; i < moves; i++) {
            SimulatedRank member = members.get(random.nextInt(members.size()));
            if (member.canMove(members)) {
                member.move(members);
            }
        }
    }

    private static List<SimulatedRank> recover(
            List<SimulatedRank> members, long epoch, Version before, boolean replace, Random random) {
        Version reached = before;
        for (SimulatedRank member : members) {
            reached = newer(reached, member.slots.committed());
        }
        List<SimulatedRank> next = new ArrayList<>(members);
        int lost = random.nextInt(members.size());
        if (replace) {
            next.set(lost, new SimulatedRank(SHAPE));
        } else {
            next.remove(lost);
        }
        Version version = newestCoverable(next);
        if (reached != null) {
            assertThat(version).as("newest restorable version").isNotNull().isGreaterThanOrEqualTo(reached);
        }
        if (version != null) {
            checkContent(next, version);
        }
        for (int rank = 0; rank < next.size(); rank++) {
            next.get(rank).slots.agree(version);
            next.get(rank).enter(epoch, version == null ? 0 : version.step(), rank, next.size());
        }
        return finishFirstSnapshot(next);
    }

    // A second loss before the copies are complete again may hit both copies; that is for the caller of a job to bear.
    private static List<SimulatedRank> finishFirstSnapshot(List<SimulatedRank> members) {
        long first = members.getFirst().step;
        while (members.stream().anyMatch(member -> member.step == first)) {
            for (SimulatedRank member : members) {
                if (member.step == first && member.canMove(members)) {
                    member.move(members);
                }
            }
        }
        return members;
    }

    private static Version newestCoverable(List<SimulatedRank> survivors) {
        TreeSet<Version> offered = new TreeSet<>();
        survivors.forEach(
                member -> member.slots.inventory(damage -> {}).forEach(holding -> offered.add(holding.version())));
        return offered.descendingSet().stream()
                .filter(version -> covered(survivors, version))
                .findFirst()
                .orElse(null);
    }

    private static boolean covered(List<SimulatedRank> survivors, Version version) {
        TreeSet<Integer> shards = new TreeSet<>();
        int shardCount = 0;
        for (SimulatedRank member : survivors) {
            for (Holding holding : member.slots.inventory(damage -> {})) {
                if (holding.version().equals(version)) {
                    shardCount = holding.shardCount();
                    for (int shard : holding.shards()) {
                        shards.add(shard);
                    }
                }
            }
        }
        return shards.size() == shardCount;
    }

    private static void checkContent(List<SimulatedRank> survivors, Version version) {
        for (SimulatedRank member : survivors) {
            Slot slot = member.slots.find(version);
            if (slot == null) {
                continue;
            }
            assertThat(slot.replicatedBytes().get(ValueLayout.JAVA_BYTE, 8)).isEqualTo((byte) version.step());
            for (int i = 0; i < slot.heldShards(); i++) {
                assertThat(ShardContent.matches(
                                SHAPE, slot.shardBytes(i), slot.shard(i), slot.shardCount(), version.step()))
                        .as("shard %d of %s", slot.shard(i), version)
                        .isTrue();
            }
        }
    }

    private static Version newer(Version a, Version b) {
        if (a == null || (b != null && b.compareTo(a) > 0)) {
            return b;
        }
        return a;
    }
}
