/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

/** Groups across nodes: what is lost with a node, held against all that there could be. */
class FailureDomainsTest {
    @Test
    void neighboursOfTwoNodesArePairedAcross() {
        FailureDomains domains = FailureDomains.of(new int[] {0, 0, 1, 1});
        assertThat(domains).isEqualTo(new FailureDomains(new int[] {0, 2}, new int[] {0, 1}));
        GroupPlacement placement = new GroupPlacement(4, 2, domains);
        assertThat(placement.holders(0)).containsExactly(0, 2);
        assertThat(placement.holders(3)).containsExactly(3, 1);
        assertThat(placement.shardsHeldBy(2)).containsExactly(2, 0);
    }

    @Test
    void whatIsNoRunIsRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> new FailureDomains(new int[0], new int[0]));
        assertThatIllegalArgumentException().isThrownBy(() -> new FailureDomains(new int[] {1}, new int[] {0}));
        assertThatIllegalArgumentException().isThrownBy(() -> new FailureDomains(new int[] {0, 0}, new int[] {0, 1}));
        assertThatIllegalArgumentException().isThrownBy(() -> new FailureDomains(new int[] {0}, new int[] {-1}));
        assertThatIllegalArgumentException().isThrownBy(() -> new FailureDomains(new int[] {0}, new int[] {0, 1}));
    }

    @Property(tries = 300)
    void eachRankIsWhereItWasSaidToBe(@ForAll @Size(min = 1, max = 12) List<@IntRange(max = 3) Integer> nodes) {
        int[] of = nodes.stream().mapToInt(i -> i).toArray();
        FailureDomains domains = FailureDomains.of(of);
        assertThat(IntStream.range(0, of.length).map(domains::nodeOf))
                .containsExactly(Arrays.stream(of).boxed().toArray(Integer[]::new));
        assertThat(domains.isOne()).isEqualTo(nodes.stream().distinct().count() == 1);
        assertThat(domains.starts().length)
                .isEqualTo(1
                        + (int) IntStream.range(1, of.length)
                                .filter(i -> of[i] != of[i - 1])
                                .count());
    }

    @Property(tries = 300)
    void copiesAreTwoViewsOfTheSameAndEachRankIsInOneGroup(
            @ForAll @Size(min = 1, max = 12) List<@IntRange(max = 4) Integer> nodes,
            @ForAll @IntRange(min = 1, max = 4) int copies) {
        int worldSize = nodes.size();
        GroupPlacement placement = new GroupPlacement(worldSize, copies, domains(nodes));
        for (int shard = 0; shard < worldSize; shard++) {
            int[] holders = placement.holders(shard);
            int number = shard;
            assertThat(holders[0]).isEqualTo(shard);
            assertThat(holders).doesNotHaveDuplicates().hasSize(Math.min(copies, worldSize));
            assertThat(IntStream.range(0, worldSize)
                            .filter(rank ->
                                    Arrays.stream(placement.shardsHeldBy(rank)).anyMatch(held -> held == number)))
                    .containsExactlyInAnyOrder(Arrays.stream(holders).boxed().toArray(Integer[]::new));
            assertThat(placement.group(shard)).contains(Arrays.stream(holders).toArray());
        }
    }

    /** Wherever groups of ranks on different nodes can be formed, they are. */
    @Property(tries = 300)
    void noTwoOfAGroupLieOnOneNodeIfThatCanBe(
            @ForAll @Size(min = 2, max = 8) List<@IntRange(max = 4) Integer> nodes,
            @ForAll @IntRange(min = 2, max = 4) int copies) {
        int worldSize = nodes.size();
        int groups = Math.max(1, worldSize / copies);
        GroupPlacement placement = new GroupPlacement(worldSize, copies, domains(nodes));
        boolean apart = true;
        for (int rank = 0; rank < worldSize; rank++) {
            int[] group = placement.group(rank);
            apart &= Arrays.stream(group).map(nodes::get).distinct().count() == group.length;
        }
        assertThat(apart).isEqualTo(canBeApart(nodes, new ArrayList<>(), groups, Math.min(copies, worldSize)));
    }

    /** Where a group is larger than what is looked at, its order decides what is lost with a node: all are tried. */
    @Property(tries = 200)
    void noOtherOrderOfAGroupLosesLessWithANode(
            @ForAll @Size(min = 2, max = 7) List<@IntRange(max = 4) Integer> nodes,
            @ForAll @IntRange(min = 2, max = 4) int copies) {
        GroupPlacement placement = new GroupPlacement(nodes.size(), copies, domains(nodes));
        for (int rank = 0; rank < nodes.size(); rank++) {
            int[] ring = ring(placement, rank);
            int row = placement.copies();
            assertThat(mostOfOneNode(ring, row, nodes))
                    .as("ring %s, nodes %s, %d copies", Arrays.toString(ring), nodes, row)
                    .isEqualTo(leastOfAllOrders(ring, 1, row, nodes));
        }
    }

    @Test
    void aShardIsNotLostWithANodeWhereTheGroupHasThreeOfIt() {
        GroupPlacement placement = new GroupPlacement(5, 3, FailureDomains.of(new int[] {0, 0, 0, 1, 2}));
        for (int shard = 0; shard < 5; shard++) {
            assertThat(Arrays.stream(placement.holders(shard)).filter(rank -> rank < 3))
                    .as("holders of shard %d on node 0", shard)
                    .hasSizeLessThan(3);
        }
    }

    private static int[] ring(GroupPlacement placement, int rank) {
        int[] ring = new int[placement.group(rank).length];
        ring[0] = rank;
        for (int i = 1; i < ring.length; i++) {
            ring[i] = placement.holders(ring[i - 1])[1];
        }
        return ring;
    }

    private static int mostOfOneNode(int[] ring, int row, List<Integer> nodes) {
        int most = 0;
        for (int start = 0; start < ring.length; start++) {
            int[] count = new int[5];
            for (int i = 0; i < row; i++) {
                most = Math.max(most, ++count[nodes.get(ring[(start + i) % ring.length])]);
            }
        }
        return most;
    }

    private static int leastOfAllOrders(int[] ring, int fixed, int row, List<Integer> nodes) {
        if (fixed == ring.length) {
            return mostOfOneNode(ring, row, nodes);
        }
        int least = Integer.MAX_VALUE;
        for (int i = fixed; i < ring.length; i++) {
            int[] other = ring.clone();
            other[fixed] = ring[i];
            other[i] = ring[fixed];
            least = Math.min(least, leastOfAllOrders(other, fixed + 1, row, nodes));
        }
        return least;
    }

    /** Tries all ways to put ranks into groups. */
    private static boolean canBeApart(List<Integer> nodes, List<Set<Integer>> groups, int count, int size) {
        int next = groups.stream().mapToInt(Set::size).sum();
        if (next == nodes.size()) {
            return true;
        }
        for (int i = 0; i < count; i++) {
            if (i == groups.size()) {
                groups.add(new HashSet<>());
            }
            Set<Integer> group = groups.get(i);
            // The last takes what is left over.
            int room = i == count - 1 ? nodes.size() - (count - 1) * size : size;
            if (group.size() < room && group.add(nodes.get(next))) {
                if (canBeApart(nodes, groups, count, size)) {
                    return true;
                }
                group.remove(nodes.get(next));
            }
        }
        return false;
    }

    /** Every stripe, whatever set of nodes or ranks is lost, counted piece by piece. */
    @Property(tries = 200)
    void whateverLeavesEachStripeItsDataIsSaidToBeDecodable(
            @ForAll @Size(min = 2, max = 9) List<@IntRange(max = 4) Integer> nodes,
            @ForAll @IntRange(min = 1, max = 4) int data,
            @ForAll @IntRange(min = 1, max = 3) int parity,
            @ForAll @IntRange(min = 0, max = 511) int lost) {
        int worldSize = nodes.size();
        ParityPlacement placement = new ParityPlacement(worldSize, new Redundancy.Parity(data, parity), domains(nodes));
        for (int rank = 0; rank < worldSize; rank++) {
            ParityRing ring = placement.ring(rank).orElseThrow();
            int gone = (int) Arrays.stream(ring.members())
                    .filter(member -> (lost >> member & 1) != 0)
                    .count();
            Decoding decoding = decoding(ring, lost);
            int[] sources = IntStream.range(0, worldSize)
                    .map(member -> (lost >> member & 1) != 0 ? -1 : member)
                    .toArray();
            boolean expected = IntStream.range(0, ring.size()).allMatch(stripe -> has(ring, stripe, lost));
            assertThat(decoding.isPossible(sources)).isEqualTo(expected);
            if (gone <= ring.parity()) {
                assertThat(expected)
                        .as("%s without %s", ring, Integer.toBinaryString(lost))
                        .isTrue();
            } else if (ring.size() == ring.data() + ring.parity()) {
                assertThat(expected).isFalse();
            }
        }
    }

    private static Decoding decoding(ParityRing ring, int lost) {
        int[] sources = new int[ring.size() * ring.parity()];
        for (int stripe = 0; stripe < ring.size(); stripe++) {
            for (int index = 0; index < ring.parity(); index++) {
                int keeper = ring.member(ring.parityPlace(stripe, index));
                sources[stripe * ring.parity() + index] = (lost >> keeper & 1) != 0 ? -1 : keeper;
            }
        }
        return new Decoding(ring, sources);
    }

    /** Counted from the members' side: what each has of the stripe. */
    private static boolean has(ParityRing ring, int stripe, int lost) {
        int left = 0;
        int dataLeft = 0;
        for (int place = 0; place < ring.size(); place++) {
            boolean there = (lost >> ring.member(place) & 1) == 0;
            for (int piece = 0; there && piece < ring.data(); piece++) {
                dataLeft += ring.stripeOfData(place, piece) == stripe ? 1 : 0;
            }
            for (int index = 0; there && index < ring.parity(); index++) {
                left += ring.stripeOfParity(place, index) == stripe ? 1 : 0;
            }
        }
        return dataLeft == ring.data() || left + dataLeft >= ring.data();
    }

    private static FailureDomains domains(List<Integer> nodes) {
        return FailureDomains.of(nodes.stream().mapToInt(i -> i).toArray());
    }
}
