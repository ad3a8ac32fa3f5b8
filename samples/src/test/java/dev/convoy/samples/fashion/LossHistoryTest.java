/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.samples.fashion;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

class LossHistoryTest {

    @Test
    void restoresAnEarlierState() {
        LossHistory history = new LossHistory(10);
        history.record(0, 3);
        history.record(1, 2);
        ByteBuffer saved = ByteBuffer.allocate((int) history.maxBytes());
        history.save(saved);
        history.record(2, 9);
        history.load(saved.flip());
        assertThat(saved.hasRemaining()).isFalse();
        assertThat(history.losses()).containsExactly(3, 2);
        history.record(2, 1);
        assertThat(history.losses()).containsExactly(3, 2, 1);
    }

    @Test
    void keepsABoundedNumber() {
        long steps = 1_000_000;
        LossHistory history = new LossHistory(steps);
        for (long step = 0; step < steps; step++) {
            history.record(step, step);
        }
        assertThat(history.losses()).hasSizeBetween(2_000, 4_096).startsWith(0, 245, 490);
        assertThat(history.maxBytes()).isLessThan(20_000);
        history.save(ByteBuffer.allocate((int) history.maxBytes()));
    }
}
