/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.convoy.fault.protocol.FailureHistory;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class SnapshotIntervalTest {
    private static final long MS = 1_000_000;
    private static final long HOUR = Duration.ofHours(1).toNanos();

    private static SnapshotInterval automatic(Duration expected) {
        return new SnapshotInterval(ElasticOptions.AUTO, expected);
    }

    /** Steps of 10 ms and snapshots that cost 2 ms. */
    private static void measure(SnapshotInterval interval) {
        for (int i = 0; i < 5; i++) {
            interval.stepsTook(3, 30 * MS);
            interval.took(2 * MS);
        }
    }

    /** What is lost on average: snapshots, and half an interval with each failure. */
    private static double loss(double everyNs, double costNs, double meanNs) {
        return costNs / everyNs + (everyNs / 2 + costNs) / meanNs;
    }

    @Test
    void noOtherTimeBetweenSnapshotsCostsLess() {
        for (double cost : new double[] {1e5, 3e6, 2e8}) {
            for (double mean : new double[] {60e9, 3.6e12}) {
                double best = SnapshotInterval.bestNs(cost, mean, 0);
                for (double factor : new double[] {0.5, 0.8, 1.25, 2}) {
                    assertThat(loss(best, cost, mean)).isLessThan(loss(best * factor, cost, mean));
                }
            }
        }
    }

    @Test
    void theFormulasAreYoungsAndDalys() {
        // C = 30 ms, M = 6 h: √(2 · 0.03 · 21600) = 36 s, and with R = 5 minutes √(2 · 0.03 · 21900) = 36.249 s.
        assertThat(SnapshotInterval.bestNs(0.03e9, 21_600e9, 0)).isCloseTo(36e9, within(1e6));
        assertThat(SnapshotInterval.bestNs(0.03e9, 21_600e9, 300e9)).isCloseTo(36.2491e9, within(1e6));
    }

    @Test
    void untilItHasMeasuredARankWantsASnapshotBeforeEveryStep() {
        SnapshotInterval interval = automatic(Duration.ofHours(1));
        interval.epochBegins(FailureHistory.NONE, 0);
        interval.stepsTook(1, 10 * MS);
        interval.took(2 * MS);
        assertThat(interval.wish(0)).isEqualTo(1);
        measure(interval);
        // √(2 · 2 ms · 1 h) = 3.795 s
        assertThat(interval.wish(0)).isEqualTo(379);
    }

    @Test
    void failuresThatAreSeenCorrectTheExpectation() {
        SnapshotInterval interval = automatic(Duration.ofHours(1));
        measure(interval);
        interval.epochBegins(new FailureHistory(3, HOUR, 0), 5 * HOUR);
        // (1 h expected + 1 h before + 2 h since) / (1 + 3) = 1 h
        assertThat(interval.wish(7 * HOUR)).isEqualTo(379);
        interval.epochBegins(new FailureHistory(15, HOUR, 0), 7 * HOUR);
        assertThat(interval.wish(7 * HOUR)).isEqualTo(Math.round(379.47 * Math.sqrt(2 / 16.0)));
    }

    @Test
    void theVoteDecidesWhenTheNextOneIsDue() {
        SnapshotInterval interval = automatic(Duration.ofHours(1));
        interval.epochBegins(FailureHistory.NONE, 0);
        assertThat(interval.isDue(7)).isTrue();
        interval.agreed(7, 20);
        assertThat(interval.isDue(26)).isFalse();
        assertThat(interval.isDue(27)).isTrue();
        // One that goes on during steps is voted on before the next is due.
        interval.began(27);
        assertThat(interval.isDue(46)).isFalse();
        assertThat(interval.isDue(47)).isTrue();
        assertThat(interval.present()).isEqualTo(20);
    }

    @Test
    void rubbishInAVoteIsBounded() {
        SnapshotInterval interval = automatic(Duration.ofHours(1));
        interval.agreed(7, Long.MIN_VALUE);
        assertThat(interval.isDue(8)).isTrue();
        interval.agreed(8, Long.MAX_VALUE);
        assertThat(interval.isDue(8 + 1_000_000)).isTrue();
    }

    @Test
    void aFixedNumberIsAFixedNumber() {
        SnapshotInterval interval = new SnapshotInterval(5, Duration.ofHours(1));
        measure(interval);
        assertThat(interval.wish(0)).isEqualTo(5);
        interval.agreed(0, 1);
        assertThat(interval.isDue(1)).isFalse();
        assertThat(interval.isDue(5)).isTrue();
        assertThat(interval.present()).isEqualTo(5);
    }

    @Test
    void theMedianForgetsWhatIsLongAgo() {
        RecentMedian median = new RecentMedian();
        assertThat(median.value()).isZero();
        for (int i = 1; i <= 100; i++) {
            median.add(i);
        }
        assertThat(median.count()).isEqualTo(9);
        assertThat(median.value()).isEqualTo(96);
    }
}
