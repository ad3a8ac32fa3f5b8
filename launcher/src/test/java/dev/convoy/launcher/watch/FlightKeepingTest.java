/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.launcher.watch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.convoy.DataType;
import dev.convoy.Operation;
import dev.convoy.fault.detect.OperationRecord;
import dev.convoy.fault.protocol.Incident;
import dev.convoy.fault.protocol.MemberId;
import dev.convoy.fault.protocol.RankMessage;
import dev.convoy.fault.protocol.RecoveryPolicy;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FlightKeepingTest {
    @TempDir
    Path folder;

    @Test
    void theNewestRecordsAreWrittenWhenTheJobFails() {
        keep(10, 20, 1_000);
        assertThat(folder.toFile().list())
                .containsExactlyInAnyOrder(
                        "flight-3.json",
                        "flight-4.json",
                        "flight-5.json",
                        "flight-6.json",
                        "flight-7.json",
                        "flight-8.json",
                        "flight-9.json",
                        "flight-10.json");
    }

    // Those of some hundred ranks are so large that eight incidents would not fit into the agent's memory.
    @Test
    void noMoreAreKeptThanFitIntoTheAgentsMemory() {
        keep(10, 40, 100);
        assertThat(folder.toFile().list()).containsExactlyInAnyOrder("flight-9.json", "flight-10.json");
    }

    @Test
    void theLastOneIsKeptHoweverLargeItIs() {
        keep(3, 200, 100);
        assertThat(folder.toFile().list()).containsExactly("flight-3.json");
    }

    private void keep(int incidents, int operations, int most) {
        FlightKeeping keeping = new FlightKeeping(
                Optional.empty(),
                warning -> {
                    throw new AssertionError(warning);
                },
                most);
        for (long epoch = 1; epoch <= incidents; epoch++) {
            keeping.keep(diagnosis(epoch, operations));
        }
        keeping.finish(Optional.of(folder));
    }

    private static Diagnosis diagnosis(long epoch, int operations) {
        MemberId member = new MemberId(0, 0);
        OperationRecord operation = new OperationRecord(1, 4, 9, 9, Operation.ALL_REDUCE, DataType.INT32, 8, 1, 2);
        RankMessage.FlightRecord record =
                new RankMessage.FlightRecord(epoch, 1, operations, Collections.nCopies(operations, operation));
        Incident incident = new Incident(
                epoch,
                Incident.Cause.EXIT,
                List.of(1),
                Incident.DetectedBy.AGENT,
                1L,
                1L,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                RecoveryPolicy.SHRINK,
                null);
        return new Diagnosis(incident, epoch - 1, List.of(member), Map.of(member, record), "rank 1 died");
    }
}
