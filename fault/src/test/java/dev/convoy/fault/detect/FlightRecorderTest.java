/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.detect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class FlightRecorderTest {
    private static void record(FlightRecorder recorder, long sequence) {
        recorder.record(3, sequence * 2, sequence, "all_reduce", sequence * 4, sequence * 8);
    }

    @Test
    void keepsTheNewest() {
        FlightRecorder recorder = new FlightRecorder(4);
        for (int i = 0; i < 10; i++) {
            record(recorder, i);
        }
        assertThat(recorder.recorded()).isEqualTo(10);
        assertThat(recorder.newest(100))
                .extracting(FlightRecorder.Entry::sequence)
                .containsExactly(6L, 7L, 8L, 9L);
        assertThat(recorder.newest(2))
                .extracting(FlightRecorder.Entry::sequence)
                .containsExactly(8L, 9L);
        assertThat(recorder.newest(1).getFirst()).isEqualTo(new FlightRecorder.Entry(3, 18, 9, "all_reduce", 36, 72));
    }

    @Test
    void emptyRecorderHasNothing() {
        assertThat(new FlightRecorder().newest(5)).isEmpty();
        assertThatIllegalArgumentException().isThrownBy(() -> new FlightRecorder(0));
    }

    @Test
    @Timeout(30)
    void readerNeverSeesAMixtureOfTwoRecords() throws InterruptedException {
        FlightRecorder recorder = new FlightRecorder(8);
        AtomicBoolean done = new AtomicBoolean();
        Thread writer = Thread.ofPlatform().start(() -> {
            for (int i = 0; i < 2_000_000; i++) {
                record(recorder, i);
            }
            done.set(true);
        });
        long seen = 0;
        while (!done.get()) {
            for (FlightRecorder.Entry entry : recorder.newest(8)) {
                seen++;
                assertThat(entry.step()).isEqualTo(entry.sequence() * 2);
                assertThat(entry.bytes()).isEqualTo(entry.sequence() * 4);
                assertThat(entry.atNs()).isEqualTo(entry.sequence() * 8);
            }
        }
        writer.join();
        assertThat(seen).isPositive();
    }
}
