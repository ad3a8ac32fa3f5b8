/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.detect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class AdaptiveDeadlineTest {
    private static final long MS = 1_000_000L;
    private static final long FLOOR_NS = 1_000 * MS;
    private static final long CEILING_NS = 30_000 * MS;

    private final AdaptiveDeadline deadline = new AdaptiveDeadline(FLOOR_NS, CEILING_NS);

    private void observe(int times, long ns) {
        for (int i = 0; i < times; i++) {
            deadline.observe(ns);
        }
    }

    @Test
    void ceilingHoldsUntilEnoughIsKnown() {
        observe(AdaptiveDeadline.LEAST - 1, 300 * MS);
        assertThat(deadline.boundNs()).isEqualTo(CEILING_NS);
        observe(1, 300 * MS);
        assertThat(deadline.boundNs()).isEqualTo(AdaptiveDeadline.FACTOR * 300 * MS);
    }

    @Test
    void shortStepsDoNotGoBelowTheFloorNorLongOnesAboveTheCeiling() {
        observe(100, 1 * MS);
        assertThat(deadline.boundNs()).isEqualTo(FLOOR_NS);
        observe(1, 3_600_000 * MS);
        assertThat(deadline.boundNs()).isEqualTo(CEILING_NS);
    }

    @Test
    void oneLongStepIsRememberedForAWindowAndNoLonger() {
        observe(100, 10 * MS);
        observe(1, 1_000 * MS);
        observe(AdaptiveDeadline.WINDOW - 1, 10 * MS);
        assertThat(deadline.boundNs()).isEqualTo(8_000 * MS);
        observe(1, 10 * MS);
        assertThat(deadline.boundNs()).isEqualTo(FLOOR_NS);
    }

    @Test
    void whatWasBeforeCanBeForgotten() {
        observe(100, 10 * MS);
        deadline.forget();
        assertThat(deadline.boundNs()).isEqualTo(CEILING_NS);
    }

    @Test
    void senselessBoundsAreRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> new AdaptiveDeadline(0, 1));
        assertThatIllegalArgumentException().isThrownBy(() -> new AdaptiveDeadline(2, 1));
    }

    @Property(tries = 200)
    void boundIsTheLongestOfTheWindowTimesTheFactor(
            @ForAll @Size(min = 16, max = 3_000) List<@LongRange(min = 0, max = 10_000) Long> millis) {
        AdaptiveDeadline tested = new AdaptiveDeadline(FLOOR_NS, CEILING_NS);
        Deque<Long> window = new ArrayDeque<>();
        for (long each : millis) {
            tested.observe(each * MS);
            window.add(each * MS);
            if (window.size() > AdaptiveDeadline.WINDOW) {
                window.remove();
            }
        }
        long longest = window.stream().mapToLong(Long::longValue).max().orElseThrow();
        long expected = Math.min(CEILING_NS, Math.max(FLOOR_NS, 8 * longest));
        assertThat(tested.boundNs()).isEqualTo(expected);
    }

    /** Pareto tails of index 2: whoever is used to long steps is not surprised by a longer one. */
    @Test
    void heavyTailsAreWaitedFor() {
        SplittableRandom random = new SplittableRandom(11);
        AdaptiveDeadline tested = new AdaptiveDeadline(1, Long.MAX_VALUE);
        int tooSoon = 0;
        int steps = 1_000_000;
        for (int i = 0; i < steps; i++) {
            long ns = (long) (1_000_000 / Math.sqrt(1 - random.nextDouble()));
            tooSoon += i >= AdaptiveDeadline.WINDOW && ns > tested.boundNs() ? 1 : 0;
            tested.observe(ns);
        }
        // Once in 64 · 1,025 is what is promised.
        assertThat(tooSoon).isLessThanOrEqualTo(steps / (64 * AdaptiveDeadline.WINDOW) + 15);
    }
}
