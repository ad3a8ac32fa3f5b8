/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.jfr;

import static org.assertj.core.api.Assertions.assertThat;

import dev.convoy.DataType;
import dev.convoy.Operation;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a recording of the JDK's flight recorder holds, read back. */
class EventsTest {
    @TempDir
    Path temp;

    private List<RecordedEvent> recorded(boolean on, Runnable work) throws IOException {
        Path file = temp.resolve("recording" + on + ".jfr");
        try (Recording recording = new Recording()) {
            if (on) {
                recording.enable("dev.convoy.Collective").withoutThreshold();
                recording.enable("dev.convoy.Snapshot").withoutThreshold();
                recording.enable("dev.convoy.Recovery").withoutThreshold();
            }
            recording.start();
            work.run();
            recording.stop();
            recording.dump(file);
        }
        return RecordingFile.readAllEvents(file).stream()
                .filter(event -> event.getEventType().getName().startsWith("dev.convoy."))
                .toList();
    }

    private static void collectives() {
        CollectiveEvents events = new CollectiveEvents();
        events.enqueued(Operation.ALL_REDUCE, DataType.FLOAT32, 100, 1, 7, 1);
        events.enqueued(Operation.BROADCAST, DataType.INT8, 5, 1, 7, 2);
        events.completed(1, 1);
        events.enqueued(Operation.SIGNAL, null, 0, 2, 8, 1);
        // The broadcast's epoch is over: it has no end.
        events.completed(2, 1);
    }

    @Test
    void aCollectiveLastsFromItsEnqueueingToItsCompletion() throws IOException {
        List<RecordedEvent> events = recorded(true, EventsTest::collectives);
        assertThat(events).extracting(event -> event.getString("operation")).containsExactly("all_reduce", "signal");
        RecordedEvent first = events.getFirst();
        assertThat(first.getString("type")).isEqualTo("float32");
        assertThat(first.getLong("count")).isEqualTo(100);
        assertThat(first.getLong("payload")).isEqualTo(400);
        assertThat(first.getLong("epoch")).isEqualTo(1);
        assertThat(first.getLong("step")).isEqualTo(7);
        assertThat(first.getLong("sequence")).isEqualTo(1);
        assertThat(first.getDuration()).isGreaterThanOrEqualTo(Duration.ZERO);
    }

    @Test
    void collectivesAndSnapshotsAreOffUnlessAskedFor() throws IOException {
        List<RecordedEvent> events = recorded(false, () -> {
            collectives();
            SnapshotRecording.begin().committed(1, 2, 3);
        });
        assertThat(events).isEmpty();
    }

    @Test
    void snapshotsAndRecoveriesAreEvents() throws IOException {
        List<RecordedEvent> events = recorded(true, () -> {
            SnapshotRecording.begin().committed(2, 40, 4_096);
            RecoveryRecording.begin("ncclAllReduce: rank 2 is lost").resumed(3, 40, 3);
        });
        assertThat(events).extracting(event -> event.getEventType().getLabel()).containsExactly("Snapshot", "Recovery");
        assertThat(events.getFirst().getLong("memory")).isEqualTo(4_096);
        assertThat(events.getLast().getString("reason")).isEqualTo("ncclAllReduce: rank 2 is lost");
        assertThat(events.getLast().getLong("epoch")).isEqualTo(3);
        assertThat(events.getLast().getInt("worldSize")).isEqualTo(3);
    }

    @Test
    void nothingGrowsWhereNobodyCompletes() throws IOException {
        List<RecordedEvent> events = recorded(true, () -> {
            CollectiveEvents many = new CollectiveEvents();
            for (int i = 1; i <= 5_000; i++) {
                many.enqueued(Operation.ALL_REDUCE, DataType.INT8, 1, 1, 1, i);
            }
            many.completed(1, 5_000);
        });
        assertThat(events).hasSize(1_024);
    }
}
