/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class BackoffTest {
    private static final long S = 1_000_000_000L;

    private final Backoff<String> backoff = new Backoff<>();

    @Test
    void theFirstFailureCostsNothing() {
        backoff.failed("a", 7 * S);
        assertThat(backoff.isDue("a", 7 * S)).isTrue();
    }

    @Test
    void pausesDoubleUpToAMinute() {
        long now = 0;
        long[] expected = {0, 1, 2, 4, 8, 16, 32, 60, 60, 60};
        for (long seconds : expected) {
            backoff.failed("a", now);
            assertThat(backoff.isDue("a", now + seconds * S)).isTrue();
            assertThat(seconds > 0 && backoff.isDue("a", now + seconds * S - 1)).isFalse();
            now += 100 * S;
        }
    }

    @Test
    void aSuccessForgetsFailuresOfItsOwnOnly() {
        backoff.failed("a", 0);
        backoff.failed("a", 0);
        backoff.failed("b", 0);
        backoff.failed("b", 0);
        backoff.succeeded("a");
        assertThat(backoff.isDue("a", 0)).isTrue();
        assertThat(backoff.isDue("b", 0)).isFalse();
    }
}
