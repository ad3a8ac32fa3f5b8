/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.detect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.convoy.fault.detect.StragglerScore.Straggler;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.IntToDoubleFunction;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StragglerScoreTest {
    private static final double USUAL_NS = 50e6;

    /** Blocks of ranks that differ by noise, by load that comes and goes, and as told. */
    private static final class Machine {
        private final SplittableRandom random;
        private final int ranks;
        private final double noise;
        private final int[] loadedFor;

        Machine(long seed, int ranks, double noise) {
            random = new SplittableRandom(seed);
            this.ranks = ranks;
            this.noise = noise;
            loadedFor = new int[ranks];
        }

        /** Load triples a rank's time for some blocks in a row; work changes for all of them from block to block. */
        long[] block(int oneIn, IntToDoubleFunction slowness) {
            double work = random.nextDouble(0.5, 2);
            long[] times = new long[ranks];
            for (int rank = 0; rank < ranks; rank++) {
                if (loadedFor[rank]-- <= 0) {
                    loadedFor[rank] = random.nextInt(oneIn) == 0 ? random.nextInt(1, 6) : 0;
                }
                double factor = Math.exp(noise * random.nextGaussian()) * (loadedFor[rank] > 0 ? 3 : 1);
                times[rank] = (long) (USUAL_NS * work * factor * slowness.applyAsDouble(rank));
            }
            return times;
        }
    }

    private static int alarms(long seed, int ranks, int blocks) {
        StragglerScore score = new StragglerScore(ranks);
        Machine machine = new Machine(seed, ranks, 0.1);
        int alarms = 0;
        for (int i = 0; i < blocks; i++) {
            alarms += score.block(machine.block(50, rank -> 1)).isEmpty() ? 0 : 1;
        }
        return alarms;
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 4, 16, 32})
    void noFalseAlarmUnderNoiseLoadAndPauses(int ranks) {
        long alarms = LongStream.rangeClosed(1, 50)
                .map(seed -> alarms(seed, ranks, 600))
                .sum();
        // 30,000 blocks are more than eight hours.
        assertThat(alarms).isZero();
    }

    private static boolean isFound(long seed, int ranks, double excess) {
        StragglerScore score = new StragglerScore(ranks);
        Machine machine = new Machine(seed, ranks, 0.02);
        int slow = (int) (seed % ranks);
        for (int i = 0; i < 2 * StragglerScore.WINDOW; i++) {
            List<Straggler> found = score.block(machine.block(1_000_000, rank -> rank == slow ? 1 + excess : 1));
            if (!found.isEmpty()) {
                assertThat(found).extracting(Straggler::rank).containsExactly(slow);
                assertThat(found.getFirst().excess()).isBetween(excess - 0.04, excess + 0.04);
                return true;
            }
        }
        return false;
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 4, 16, 256})
    void rankThatIsATenthSlowerIsFoundWithinTwoWindows(int ranks) {
        long found = LongStream.rangeClosed(1, 100)
                .filter(seed -> isFound(seed, ranks, 0.10))
                .count();
        assertThat(found).isGreaterThanOrEqualTo(95);
    }

    @Test
    void slownessBelowTheLeastExcessIsNone() {
        assertThat(LongStream.rangeClosed(1, 100)
                        .filter(seed -> isFound(seed, 8, 0.03))
                        .count())
                .isZero();
    }

    @Test
    void loadOnOneRankInLessThanHalfOfTheWindowIsNoStraggler() {
        StragglerScore score = new StragglerScore(4);
        Machine machine = new Machine(7, 4, 0.02);
        for (int i = 0; i < 200; i++) {
            boolean loaded = i % StragglerScore.WINDOW < StragglerScore.WINDOW / 2 - 1;
            assertThat(score.block(machine.block(1_000_000, rank -> rank == 2 && loaded ? 3 : 1)))
                    .isEmpty();
        }
    }

    @Test
    void severalAreFoundAndRecoveredOnesAreForgotten() {
        StragglerScore score = new StragglerScore(8);
        Machine machine = new Machine(9, 8, 0.02);
        List<Straggler> found = List.of();
        for (int i = 0; i < StragglerScore.WINDOW; i++) {
            found = score.block(machine.block(1_000_000, rank -> rank == 1 || rank == 6 ? 1.5 : 1));
        }
        assertThat(found).extracting(Straggler::rank).containsExactly(1, 6);
        for (int i = 0; i < StragglerScore.WINDOW; i++) {
            found = score.block(machine.block(1_000_000, rank -> 1));
        }
        assertThat(found).isEmpty();
    }

    @Test
    void equalTimesAndASingleRankSayNothing() {
        StragglerScore equal = new StragglerScore(3);
        StragglerScore single = new StragglerScore(1);
        for (int i = 0; i < 40; i++) {
            assertThat(equal.block(new long[] {5, 5, 5})).isEmpty();
            assertThat(single.block(new long[] {1 + i})).isEmpty();
        }
    }

    @Test
    void timesThatAreMissingAreRefused() {
        StragglerScore score = new StragglerScore(2);
        assertThatIllegalArgumentException().isThrownBy(() -> score.block(new long[] {1}));
        assertThatIllegalArgumentException().isThrownBy(() -> score.block(new long[] {1, 0}));
        assertThatIllegalArgumentException().isThrownBy(() -> new StragglerScore(0));
    }

    @Test
    void sixteenThousandRanksAreCompared() {
        int ranks = 16_384;
        StragglerScore score = new StragglerScore(ranks);
        Machine machine = new Machine(3, ranks, 0.02);
        List<Straggler> found = List.of();
        for (int i = 0; i < StragglerScore.WINDOW; i++) {
            found = score.block(machine.block(1_000_000, rank -> rank == 12_345 ? 1.2 : 1));
        }
        assertThat(found).extracting(Straggler::rank).containsExactly(12_345);
        assertThat(found.getFirst().probability()).isLessThan(1e-8);
    }
}
