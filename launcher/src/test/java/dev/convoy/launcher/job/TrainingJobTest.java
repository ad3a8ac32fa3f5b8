/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.launcher.job;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.convoy.fault.protocol.FaultSpec;
import dev.convoy.fault.protocol.Incident;
import dev.convoy.fault.protocol.RecoveryPolicy;
import dev.convoy.launcher.Job;
import dev.convoy.launcher.JobListener;
import dev.convoy.launcher.JobRequest;
import dev.convoy.launcher.JobRequestBuilder;
import dev.convoy.launcher.JobResult;
import dev.convoy.launcher.RankOutput;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whole jobs: agent, ranks, host runtime, snapshots. The result must be what a loop without ranks computes. */
@Timeout(180)
class TrainingJobTest {
    private static final long STEPS = 60;

    @TempDir
    Path temp;

    private final MarkedProcesses processes = new MarkedProcesses();

    @Tag("slow")
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "none            | shrink  | 3 | ''",
                "kill:1@20       | shrink  | 2 | exit:1",
                "kill:0@0        | shrink  | 2 | exit:0",
                "kill:2@59       | shrink  | 2 | exit:2",
                "throw:2@20      | shrink  | 2 | error:2",
                "stop:1@20       | shrink  | 2 | hang:1",
                "kill:1@20       | replace | 3 | exit:1",
                "kill:0@10,kill:1@40 | replace | 3 | exit:0 exit:1",
                "kill:1@10,kill:0@40 | shrink | 1 | exit:1 exit:0",
            })
    void endsWithTheResultOfAnUndisturbedRun(String faults, String policy, int worldSize, String incidents) {
        JobResult result = run(job(3, STEPS)
                .policy(RecoveryPolicy.valueOf(policy.toUpperCase(Locale.ROOT)))
                .faults(faults.equals("none") ? List.of() : FaultSpec.parseList(faults)));
        assertThat(result.success()).as(result.message()).isTrue();
        assertThat(result.summary().orElseThrow().parametersSha256()).isEqualTo(CountingProgram.reference(STEPS));
        assertThat(result.summary().orElseThrow().worldSize()).isEqualTo(worldSize);
        assertThat(result.incidents().stream().map(TrainingJobTest::shortly).toList())
                .isEqualTo(expected(incidents));
        assertThat(result.incidents()).allSatisfy(TrainingJobTest::assertTimesInOrder);
        assertThat(processes.alive()).isEmpty();
        assertThat(temp.resolve("state")).doesNotExist();
    }

    @Test
    void aSlowRankIsAWarningOnly() {
        JobResult result = run(job(3, STEPS).faults(FaultSpec.parseList("slow:1@20:1200")));
        assertThat(result.success()).as(result.message()).isTrue();
        assertThat(result.incidents()).isEmpty();
        assertThat(result.warnings()).anyMatch(warning -> warning.contains("rank 1"));
    }

    @Test
    void belowTheMinimumTheStateIsOnDiskAndTheReportWritten() throws IOException {
        Path report = temp.resolve("report.json");
        JobResult result = run(job(3, STEPS)
                .minRanks(3)
                .faults(FaultSpec.parseList("kill:1@20"))
                .reportFile(report));
        assertThat(result.exitStatus()).isEqualTo(1);
        assertThat(result.message()).contains("--min-ranks", "step 20 is in " + temp.resolve("state"));
        Path job = theOnlyEntry(temp.resolve("state"));
        Path version = job.resolve("e1-s20");
        assertThat(job).isDirectoryContaining("glob:**/e1-s0");
        JsonNode manifest =
                new ObjectMapper().readTree(version.resolve("MANIFEST").toFile());
        assertThat(manifest.get("step").asLong()).isEqualTo(20);
        for (JsonNode part : manifest.get("parts")) {
            assertThat(version.resolve(part.get("file").textValue()))
                    .hasSize(part.get("bytes").asLong());
        }
        JsonNode written = new ObjectMapper().readTree(report.toFile());
        assertThat(written.get("incidents")).hasSize(1);
        assertThat(processes.alive()).isEmpty();
    }

    private JobRequestBuilder job(int ranks, long steps) {
        return JobRequest.builder(Programs.java(CountingProgram.class, Long.toString(steps), "2"))
                .ranks(ranks)
                .deadline(Duration.ofSeconds(4))
                .stateDir(temp.resolve("state"))
                .environment(MarkedProcesses.VARIABLE, processes.value())
                .runtime("host")
                .output(RankOutput.ERRORS);
    }

    private static JobResult run(JobRequestBuilder request) {
        return Job.run(request.build(), JobListener.NONE);
    }

    private static String shortly(Incident incident) {
        return incident.cause().label() + ":" + incident.ranks().getFirst();
    }

    private static List<String> expected(String incidents) {
        return incidents.isEmpty() ? List.of() : List.of(incidents.split(" "));
    }

    private static void assertTimesInOrder(Incident incident) {
        assertThat(List.of(
                        incident.faultAtNs(),
                        incident.detectedAtNs(),
                        incident.abortedAtNs(),
                        incident.agreedAtNs(),
                        incident.rebuiltAtNs(),
                        incident.restoredAtNs(),
                        incident.resumedAtNs()))
                .isSorted();
    }

    private static Path theOnlyEntry(Path folder) throws IOException {
        try (var entries = Files.list(folder)) {
            List<Path> all = entries.toList();
            assertThat(all).hasSize(1);
            return all.getFirst();
        }
    }
}
