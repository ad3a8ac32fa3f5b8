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
        usual(1, 3_000_000);
        assertThat(watch.reached(62, 900_000_000)).isPresent();
    }

    @Test
    void aDelayThatLastsIsOneWarningAndThenUsual() {
        usual(6, 3_000_000);

        assertThat(watch.reached(60, 900_000_000)).isPresent();
        usual(300, 900_000_000);
        assertThat(watch.reached(400, 9_100_000_000L))
                .hasValueSatisfying(text -> assertThat(text).contains("usually 900.0 ms"));
    }

    @Test
    void whatComesAgainAndAgainIsSaidEverMoreRarely() {
        usual(6, 3_000_000);
        int warnings = 0;
        for (int time = 0; time < 10_000; time++) {
            warnings += watch.reached(100 * time, 900_000_000).isPresent() ? 1 : 0;
            usual(9, 3_000_000);
        }
        assertThat(warnings).isBetween(10, 20);
    }

    private void usual(int steps, long ns) {
        for (int step = 0; step < steps; step++) {
            assertThat(watch.reached(step, ns)).isEmpty();
        }
    }
}
