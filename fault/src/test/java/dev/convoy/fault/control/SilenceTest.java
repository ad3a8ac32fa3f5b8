/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.control;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class SilenceTest {
    private static final long MS = 1_000_000L;

    private final Silence silence = new Silence(Duration.ofMillis(3_000));
    private long nowNs = 5 * MS;

    /** Looks every 100 ms, for so long, while so many records have come in. */
    private boolean tooLongAfter(long millis, long heard) {
        boolean tooLong = false;
        for (long end = nowNs + millis * MS; nowNs < end; nowNs += 100 * MS) {
            tooLong = silence.isTooLong(heard, nowNs);
        }
        return tooLong;
    }

    @Test
    void countsFromTheLastRecord() {
        assertThat(tooLongAfter(2_500, 0)).isFalse();
        assertThat(tooLongAfter(2_500, 1)).isFalse();
        assertThat(tooLongAfter(1_000, 1)).isTrue();
        assertThat(silence).hasToString("no sign of it for 3400 ms");
    }

    @Test
    void timeInWhichThisProcessDidNotRunDoesNotCount() {
        assertThat(tooLongAfter(1_000, 1)).isFalse();
        nowNs += 3_600_000 * MS;
        assertThat(tooLongAfter(1_500, 1)).isFalse();
        assertThat(tooLongAfter(1_000, 1)).isTrue();
    }
}
