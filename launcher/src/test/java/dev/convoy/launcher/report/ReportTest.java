/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.launcher.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.convoy.fault.protocol.CoordinatorEvent;
import dev.convoy.fault.protocol.Holding;
import dev.convoy.fault.protocol.Incident;
import dev.convoy.fault.protocol.MemberId;
import dev.convoy.fault.protocol.MembershipChange;
import dev.convoy.fault.protocol.RankMessage;
import dev.convoy.fault.protocol.RecoveryPolicy;
import dev.convoy.fault.protocol.RunSummary;
import dev.convoy.fault.protocol.Version;
import dev.convoy.launcher.JobRequest;
import dev.convoy.launcher.JobResult;
import dev.convoy.launcher.UsageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportTest {
    private static final RunSummary SUMMARY = new RunSummary(
                    100, 3, 0.85, "ab", new double[] {2.5, Double.NaN, 0.25}, 6400, 0, 0, "cd")
            .withVetoes(2, 512);
    private static final Incident INCIDENT = new Incident(
            2,
            Incident.Cause.HANG,
            List.of(1, 2),
            Incident.DetectedBy.PEER_DEATH,
            10,
            11,
            12L,
            13L,
            null,
            null,
            null,
            49L,
            1L,
            RecoveryPolicy.SHRINK,
            3);

    private static final MembershipChange CHANGE =
            new MembershipChange(3, List.of(2), List.of(), 20, 21, 22L, 23L, 24L, null, 70L, 4);

    private Optional<Version> continuedFrom = Optional.empty();

    @TempDir
    Path temp;

    @Test
    void theFieldsAreThePublishedOnes() throws IOException {
        JsonNode report = written(request(100), result(Optional.of(SUMMARY)));
        assertThat(names(report))
                .containsExactly(
                        "convoy",
                        "runtime",
                        "ranks",
                        "seed",
                        "steps",
                        "final",
                        "samples",
                        "vetoes",
                        "continuedFrom",
                        "warnings",
                        "incidents",
                        "changes",
                        "snapshotMemory");
        assertThat(names(report.get("final")))
                .containsExactly("worldSize", "step", "testAccuracy", "parametersSha256", "lossHistory");
        assertThat(names(report.get("samples"))).containsExactly("consumed", "skipped", "duplicated", "sha256");
        assertThat(names(report.get("vetoes"))).containsExactly("steps", "samples");
        assertThat(names(report.get("incidents").get(0)))
                .containsExactly(
                        "epoch",
                        "cause",
                        "ranks",
                        "detectedBy",
                        "faultAtNs",
                        "detectedAtNs",
                        "abortedAtNs",
                        "agreedAtNs",
                        "rebuiltAtNs",
                        "restoredAtNs",
                        "resumedAtNs",
                        "restoredStep",
                        "lostSteps",
                        "strategy",
                        "worldSize",
                        "diagnosis");
        assertThat(names(report.get("changes").get(0)))
                .containsExactly(
                        "epoch",
                        "joined",
                        "left",
                        "askedAtNs",
                        "stoppedAtNs",
                        "agreedAtNs",
                        "rebuiltAtNs",
                        "restoredAtNs",
                        "resumedAtNs",
                        "step",
                        "worldSize");
        assertThat(report.get("changes").get(0).get("joined").get(0).intValue()).isEqualTo(2);
        assertThat(report.get("changes").get(0).get("resumedAtNs").isNull()).isTrue();
    }

    @Test
    void whatAJobWentOnFromIsThere() throws IOException {
        assertThat(written(request(100), result(Optional.of(SUMMARY)))
                        .get("continuedFrom")
                        .isNull())
                .isTrue();
        continuedFrom = Optional.of(new Version(3, 70));
        JsonNode version = written(request(100), result(Optional.of(SUMMARY))).get("continuedFrom");
        assertThat(version.get("epoch").longValue()).isEqualTo(3);
        assertThat(version.get("step").longValue()).isEqualTo(70);
    }

    @Test
    void theValuesAreTheJobs() throws IOException {
        JsonNode report = written(request(100), result(Optional.of(SUMMARY)));
        assertThat(report.get("ranks").intValue()).isEqualTo(4);
        assertThat(report.get("seed").longValue()).isEqualTo(7);
        assertThat(report.get("steps").longValue()).isEqualTo(100);
        assertThat(report.get("final").get("testAccuracy").doubleValue()).isEqualTo(0.85);
        assertThat(report.get("final").get("lossHistory").toString()).isEqualTo("[2.5,null,0.25]");
        assertThat(report.get("samples").get("consumed").longValue()).isEqualTo(6400);
        assertThat(report.get("vetoes").get("steps").longValue()).isEqualTo(2);
        assertThat(report.get("vetoes").get("samples").longValue()).isEqualTo(512);
        JsonNode incident = report.get("incidents").get(0);
        assertThat(incident.get("cause").textValue()).isEqualTo("hang");
        assertThat(incident.get("ranks").toString()).isEqualTo("[1,2]");
        assertThat(incident.get("detectedBy").textValue()).isEqualTo("peer-death");
        assertThat(incident.get("agreedAtNs").longValue()).isEqualTo(13);
        assertThat(incident.get("rebuiltAtNs").isNull()).isTrue();
        assertThat(incident.get("diagnosis").textValue()).isEqualTo("rank 1 hung");
        assertThat(incident.get("strategy").textValue()).isEqualTo("shrink");
    }

    @Test
    void whatAProgramDidNotSayIsNull() throws IOException {
        JsonNode report = written(request(-1), result(Optional.empty()));
        assertThat(report.get("steps").isNull()).isTrue();
        assertThat(report.get("final").get("worldSize").intValue()).isEqualTo(4);
        assertThat(report.get("final").get("step").isNull()).isTrue();
        assertThat(report.get("final").get("lossHistory").isNull()).isTrue();
        assertThat(report.get("samples").get("consumed").isNull()).isTrue();
        assertThat(report.get("vetoes").get("steps").isNull()).isTrue();
    }

    @Test
    void anEarlierReportIsReplacedAndNothingElseLeft() throws IOException {
        Path file = Files.writeString(temp.resolve("report.json"), "old");
        written(request(1), result(Optional.empty()));
        assertThat(file).content().contains("\"convoy\"");
        assertThat(temp).isDirectoryContaining(path -> path.equals(file));
        try (var files = Files.list(temp)) {
            assertThat(files).hasSize(1);
        }
    }

    @Test
    void whatCannotBeWrittenIsRefusedBeforehandAndLeavesNothing() throws IOException {
        assertThatThrownBy(() -> ReportFile.check(temp)).isInstanceOf(UsageException.class);
        assertThatThrownBy(() -> ReportFile.check(temp.resolve("no/report.json")))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("there is no folder " + temp.resolve("no"));
        ReportFile.check(temp.resolve("report.json"));
        assertThat(temp).isEmptyDirectory();
    }

    private JsonNode written(JobRequest request, JobResult result) throws IOException {
        Path file = temp.resolve("report.json");
        ReportFile.check(file).write(new Report("1.2.3", request, result, 4, memories(), continuedFrom));
        return new ObjectMapper().readTree(file.toFile());
    }

    // Rank 1 twice: the last word counts.
    private static SnapshotMemories memories() {
        SnapshotMemories memories = new SnapshotMemories();
        Holding held = new Holding(new Version(1, 3), 0, new int[0], true);
        for (long[] said : new long[][] {{1, 10}, {0, 20}, {1, 30}}) {
            memories.seen(new CoordinatorEvent.Received(
                    5, new MemberId((int) said[0], 0), new RankMessage.Snapshots(held, said[1], 40, 1, 1, 1, 1)));
        }
        return memories;
    }

    @Test
    void eachRanksSnapshotMemoryIsReported() throws IOException {
        JsonNode memory = written(request(1), result(Optional.empty())).get("snapshotMemory");
        assertThat(memory).hasSize(2);
        assertThat(memory.get(0).get("rank").intValue()).isZero();
        assertThat(memory.get(0).get("usedBytes").longValue()).isEqualTo(20);
        assertThat(memory.get(1).get("usedBytes").longValue()).isEqualTo(30);
        assertThat(memory.get(1).get("announcedBytes").longValue()).isEqualTo(40);
    }

    private static JobRequest request(long steps) {
        return JobRequest.builder(List.of("true")).ranks(4).seed(7).steps(steps).build();
    }

    private static JobResult result(Optional<RunSummary> summary) {
        return new JobResult(
                true,
                0,
                "done",
                "host",
                summary,
                List.of(INCIDENT),
                List.of(CHANGE),
                Map.of(2L, "rank 1 hung"),
                List.of("slow"));
    }

    private static List<String> names(JsonNode object) {
        List<String> names = new ArrayList<>();
        object.fieldNames().forEachRemaining(names::add);
        return names;
    }
}
