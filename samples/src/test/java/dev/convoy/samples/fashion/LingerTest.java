/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.samples.fashion;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class LingerTest {

    @Test
    void aWholeGroupIsNeverHeldUp() {
        Linger linger = new Linger(400, 4);
        assertThat(linger.nanos(0, 4)).isZero();
        assertThat(linger.nanos(399, 5)).isZero();
        assertThat(new Linger(400, 0).nanos(10, 1)).isZero();
    }

    @Test
    void aSmallerOneLingersForSecondsButNotForMinutes() {
        for (long steps : new long[] {1, 60, 400, 100_000}) {
            Linger linger = new Linger(steps, 4);
            long whole = LongStream.range(steps / 2, steps)
                    .map(step -> linger.nanos(steps / 2, 3))
                    .sum();
            assertThat(whole).isLessThanOrEqualTo(8_000_000_000L);
            assertThat(whole).isGreaterThan(Math.min(steps / 2, 40) * 150_000_000L);
        }
    }
}
