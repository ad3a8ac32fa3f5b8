/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class GroupPlacementTest {
    @Test
    void pairs() {
        GroupPlacement placement = GroupPlacement.of(4);
        assertThat(placement.holders(0)).containsExactly(0, 1);
        assertThat(placement.holders(3)).containsExactly(3, 2);
        assertThat(placement.shardsHeldBy(2)).containsExactly(2, 3);
        assertThat(placement.group(1)).containsExactly(0, 1);
    }

    @Test
    void remainderIsARing() {
        GroupPlacement placement = GroupPlacement.of(5);
        assertThat(placement.group(4)).containsExactly(2, 3, 4);
        assertThat(placement.holders(2)).containsExactly(2, 3);
        assertThat(placement.holders(4)).containsExactly(4, 2);
        assertThat(placement.shardsHeldBy(2)).containsExactly(2, 4);
        assertThat(GroupPlacement.of(3).group(0)).containsExactly(0, 1, 2);
    }

    @Test
    void worldOfOneHasNoCopies() {
        assertThat(GroupPlacement.of(1).holders(0)).containsExactly(0);
        assertThat(GroupPlacement.of(1).shardsHeldBy(0)).containsExactly(0);
    }

    @Test
    void ranksOutsideTheWorldAreRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> GroupPlacement.of(4).holders(4));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> GroupPlacement.of(4).holders(-1));
        assertThatIllegalArgumentException().isThrownBy(() -> GroupPlacement.of(0));
    }

    @Test
    void holdersAndHeldShardsAreTwoViewsOfTheSame() {
        forAllWorlds((worldSize, copies) -> {
            GroupPlacement placement = new GroupPlacement(worldSize, copies);
            for (int shard = 0; shard < worldSize; shard++) {
                int[] holders = placement.holders(shard);
                assertThat(holders[0]).isEqualTo(shard);
                assertThat(holders).doesNotHaveDuplicates().hasSize(Math.min(copies, worldSize));
                for (int rank = 0; rank < worldSize; rank++) {
                    int number = shard;
                    boolean holds = Arrays.stream(placement.shardsHeldBy(rank)).anyMatch(held -> held == number);
                    int holder = rank;
                    assertThat(holds).isEqualTo(Arrays.stream(holders).anyMatch(h -> h == holder));
                }
            }
        });
    }

    @Test
    void probabilityAgreesWithBruteForce() {
        forAllWorlds((worldSize, copies) -> {
            GroupPlacement placement = new GroupPlacement(worldSize, copies);
            for (int losses = 0; losses <= worldSize; losses++) {
                assertThat(placement.probabilityRecoverable(losses))
                        .as("%d ranks, %d copies, %d losses", worldSize, copies, losses)
                        .isCloseTo(bruteForce(placement, losses), within(1e-12));
            }
        });
    }

    @Test
    void probabilityAgreesWithTheFormulaWhereGroupsComeOutEven() {
        for (int copies = 1; copies <= 4; copies++) {
            for (int groups = 1; groups <= 8; groups++) {
                int worldSize = copies * groups;
                GroupPlacement placement = new GroupPlacement(worldSize, copies);
                for (int losses = 0; losses <= worldSize; losses++) {
                    assertThat(placement.probabilityRecoverable(losses))
                            .isCloseTo(formula(worldSize, copies, losses), within(1e-9));
                }
            }
        }
    }

    @Test
    void knownValues() {
        GroupPlacement placement = GroupPlacement.of(16);
        assertThat(placement.probabilityRecoverable(1)).isEqualTo(1);
        assertThat(placement.probabilityRecoverable(2)).isCloseTo(.9333, within(5e-5));
        assertThat(placement.probabilityRecoverable(3)).isCloseTo(.8000, within(5e-5));
        assertThat(placement.probabilityRecoverable(4)).isCloseTo(.6154, within(5e-5));
    }

    private interface World {
        void check(int worldSize, int copies);
    }

    private static void forAllWorlds(World world) {
        for (int worldSize = 1; worldSize <= 11; worldSize++) {
            for (int copies = 1; copies <= 4; copies++) {
                world.check(worldSize, copies);
            }
        }
    }

    /** 1 − Σ_{j≥1} (−1)^{j+1} C(N/m, j) C(N−jm, k−jm) / C(N, k). */
    private static double formula(int n, int m, int k) {
        double lost = 0;
        for (int j = 1; j * m <= k; j++) {
            double term = choose(n / m, j) * choose(n - j * m, k - j * m);
            lost += j % 2 == 1 ? term : -term;
        }
        return 1 - lost / choose(n, k);
    }

    private static double choose(int n, int k) {
        return k < 0 || k > n
                ? 0
                : IntStream.rangeClosed(1, k)
                        .mapToDouble(i -> (double) (n - k + i) / i)
                        .reduce(1, (a, b) -> a * b);
    }

    private static double bruteForce(GroupPlacement placement, int losses) {
        int worldSize = placement.worldSize();
        int recoverable = 0;
        int all = 0;
        for (int lost = 0; lost < 1 << worldSize; lost++) {
            if (Integer.bitCount(lost) == losses) {
                all++;
                int set = lost;
                boolean covered = IntStream.range(0, worldSize)
                        .allMatch(shard ->
                                Arrays.stream(placement.holders(shard)).anyMatch(rank -> (set >> rank & 1) == 0));
                recoverable += covered ? 1 : 0;
            }
        }
        return (double) recoverable / all;
    }
}
