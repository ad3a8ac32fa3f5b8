/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.detect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.convoy.DataType;
import dev.convoy.Operation;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class FlightRecorderTest {
    private static void record(FlightRecorder recorder, long sequence) {
        recorder.record(
                3,
                sequence * 2,
                sequence,
                sequence,
                Operation.ALL_REDUCE,
                DataType.FLOAT32,
                sequence * 4,
                sequence * 8);
    }

    @Test
    void keepsTheNewest() {
        FlightRecorder recorder = new FlightRecorder(4);
        for (int i = 0; i < 10; i++) {
            record(recorder, i);
        }
        assertThat(recorder.recorded()).isEqualTo(10);
        assertThat(recorder.newest(100)).extracting(OperationRecord::sequence).containsExactly(6L, 7L, 8L, 9L);
        assertThat(recorder.newest(2)).extracting(OperationRecord::sequence).containsExactly(8L, 9L);
        assertThat(recorder.newest(1).getFirst())
                .isEqualTo(new OperationRecord(3, 18, 9, 9, Operation.ALL_REDUCE, DataType.FLOAT32, 36, 72, 0));
    }

    @Test
    void completionIsNotedUpToASequenceOfOneEpoch() {
        FlightRecorder recorder = new FlightRecorder(8);
        recorder.record(1, 0, 1, 1, Operation.ALL_REDUCE, DataType.INT32, 1, 10);
        recorder.record(1, 0, 2, 2, Operation.ALL_REDUCE, DataType.INT32, 1, 20);
        recorder.completed(1, 1, 25);
        recorder.record(2, 0, 1, 1, Operation.BROADCAST, DataType.INT32, 1, 30);
        recorder.record(2, 0, 2, 2, Operation.SIGNAL, null, 0, 40);
        recorder.completed(2, 1, 45);
        assertThat(recorder.newest(8))
                .extracting(OperationRecord::completedAtNs)
                .containsExactly(25L, 0L, 45L, 0L);
        recorder.completed(2, 2, 50);
        assertThat(recorder.newest(1).getFirst().completedAtNs()).isEqualTo(50);
        assertThat(recorder.newest(1).getFirst().bytes()).isZero();
    }

    @Test
    void completionOfWhatWasOverwrittenIsForgotten() {
        FlightRecorder recorder = new FlightRecorder(2);
        for (int i = 1; i <= 5; i++) {
            record(recorder, i);
        }
        recorder.completed(3, 4, 99);
        assertThat(recorder.newest(8))
                .extracting(OperationRecord::completedAtNs)
                .containsExactly(99L, 0L);
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
            for (OperationRecord entry : recorder.newest(8)) {
                seen++;
                assertThat(entry.step()).isEqualTo(entry.sequence() * 2);
                assertThat(entry.bytes()).isEqualTo(entry.sequence() * 16);
                assertThat(entry.enqueuedAtNs()).isEqualTo(entry.sequence() * 8);
            }
        }
        writer.join();
        assertThat(seen).isPositive();
    }
}
