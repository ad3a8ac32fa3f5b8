/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.samples.fashion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class CounterRandomTest {

    private static final int DRAWS = 100_000;

    @Test
    void symmetricNumbersAreUniform() {
        CounterRandom random = new CounterRandom(1, 2);
        double sum = 0;
        double squares = 0;
        for (int i = 0; i < DRAWS; i++) {
            float x = random.symmetric(i);
            assertThat(x).isBetween(-1f, Math.nextDown(1f));
            sum += x;
            squares += x * x;
        }
        assertThat(sum / DRAWS).isCloseTo(0, within(0.01));
        assertThat(squares / DRAWS).isCloseTo(1.0 / 3, within(0.01));
    }

    @Test
    void numbersBelowABoundAreUniform() {
        CounterRandom random = new CounterRandom(3, 4);
        int[] counts = new int[7];
        for (int i = 0; i < DRAWS; i++) {
            counts[random.below(7, i)]++;
        }
        for (int count : counts) {
            assertThat((double) count / DRAWS).isCloseTo(1.0 / 7, within(0.005));
        }
    }

    @Test
    void seedStreamAndIndexAllMatter() {
        long bits = new CounterRandom(1, 2).bits(3);
        assertThat(new CounterRandom(1, 2).bits(3)).isEqualTo(bits);
        assertThat(new CounterRandom(2, 2).bits(3)).isNotEqualTo(bits);
        assertThat(new CounterRandom(1, 3).bits(3)).isNotEqualTo(bits);
        assertThat(new CounterRandom(1, 2).bits(4)).isNotEqualTo(bits);
    }
}
