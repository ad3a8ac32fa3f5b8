/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class StragglerWatchTest {
    private final StragglerWatch watch = new StragglerWatch(250_000_000);

    @Test
    void aDelayOutOfProportionIsWarnedOf() {
        usual(6, 3_000_000);

        assertThat(watch.reached(60, 812_000_000))
                .hasValueSatisfying(text ->
                        assertThat(text).contains("step 60").contains("812 ms").contains("usually 3.0 ms"));
    }

    @Test
    void whatIsUsuallySlowIsNot() {
        usual(6, 300_000_000);

        assertThat(watch.reached(60, 900_000_000)).isEmpty();
    }

    @Test
    void shortDelaysAreNot() {
        usual(6, 1_000);

        assertThat(watch.reached(60, 249_000_000)).isEmpty();
    }

    @Test
    void theFirstStepsAreNot() {
        assertThat(watch.reached(0, 5_000_000_000L)).isEmpty();
    }

    @Test
    void aWarningDoesNotChangeWhatIsUsual() {
        usual(6, 3_000_000);

        assertThat(watch.reached(60, 900_000_000)).isPresent();
        assertThat(watch.reached(61, 900_000_000)).isPresent();
    }

    private void usual(int steps, long ns) {
        for (int step = 0; step < steps; step++) {
            assertThat(watch.reached(step, ns)).isEmpty();
        }
    }
}
