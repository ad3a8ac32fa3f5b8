/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.launcher.watch;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.convoy.launcher.JobRequest;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the page and Prometheus read of a job, from events that were made up. */
class JobHistoryTest {
    private final MadeUpJob job = new MadeUpJob(4);

    private JsonNode state() throws IOException {
        JobRequest request =
                JobRequest.builder(List.of("java", "<script>")).ranks(4).build();
        return new ObjectMapper().readTree(new StateJson(request, "host").write(job.history()));
    }

    private String metrics() throws IOException {
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        PrometheusTextFormatWriter.create().write(text, Metrics.of(job.history(), "host"));
        return text.toString(StandardCharsets.UTF_8);
    }

    @Test
    void ranksAreLostAndTheOthersWorkOn() throws IOException {
        job.form();
        job.run(10);
        job.lose(2);
        JsonNode state = state();
        assertThat(state.get("worldSize").intValue()).isEqualTo(3);
        assertThat(state.get("epoch").longValue()).isEqualTo(2);
        assertThat(state.get("ranks").findValuesAsText("state"))
                .containsExactly("working", "working", "lost", "working");
        assertThat(state.get("ranks").get(2).get("end").textValue()).isEqualTo("was killed by SIGKILL");
        assertThat(state.get("incidents")).hasSize(1);
        assertThat(state.get("incidents").get(0).get("diagnosis").textValue()).isEqualTo("rank 2 died");
        assertThat(state.get("incidents").get(0).get("resumedMs").isNull()).isFalse();
    }

    @Test
    void betweenLossAndResumptionRanksAreRecovering() throws IOException {
        job.form();
        job.run(3);
        job.beginLoss(1);
        assertThat(state().get("ranks").findValuesAsText("state"))
                .containsExactly("recovering", "lost", "recovering", "recovering");
    }

    @Test
    void coverageCountsTheMemoriesThatHoldEachShard() throws IOException {
        job.form();
        job.run(8);
        job.snapshots(8);
        JsonNode snapshots = state().get("snapshots");
        assertThat(snapshots.get("step").longValue()).isEqualTo(8);
        assertThat(snapshots.get("copies").toString()).isEqualTo("[2,2,2,2]");
        assertThat(snapshots.get("covered").doubleValue()).isEqualTo(1);
        assertThat(snapshots.get("memoryBytes").longValue()).isEqualTo(4 * 1_000);
        assertThat(snapshots.get("announcedBytes").longValue()).isEqualTo(4 * 1_200);
        assertThat(snapshots.get("parity").isNull()).isTrue();
        job.lose(2);
        assertThat(state().get("snapshots").get("copies").toString()).isEqualTo("[2,2,1,1]");
        assertThat(state().get("snapshots").get("fewestCopies").intValue()).isEqualTo(1);
    }

    @Test
    void vetoedStepsAreCounted() throws IOException {
        job.form();
        job.run(8);
        assertThat(state().get("vetoedSteps").longValue()).isZero();
        job.veto(8, 3);
        assertThat(state().get("vetoedSteps").longValue()).isEqualTo(3);
        assertThat(metrics().lines()).contains("convoy_vetoed_steps 3.0");
    }

    @Test
    void metricsSayTheSame() throws IOException {
        job.form();
        job.run(20);
        job.snapshots(20);
        job.lose(3);
        String metrics = metrics();
        assertThat(metrics.lines())
                .contains(
                        "convoy_world_size 3.0",
                        "convoy_epoch 2.0",
                        "convoy_incidents_total{cause=\"exit\"} 1.0",
                        "convoy_incidents_total{cause=\"hang\"} 0.0",
                        "convoy_processes{state=\"lost\"} 1.0",
                        "convoy_processes{state=\"working\"} 3.0",
                        "convoy_snapshot_step 20.0",
                        "convoy_snapshot_interval_steps 4.0",
                        "convoy_recovery_phase_seconds_count{phase=\"total\"} 1",
                        "convoy_recovery_phase_seconds_bucket{phase=\"total\",le=\"0.01\"} 0",
                        "convoy_recovery_phase_seconds_bucket{phase=\"total\",le=\"0.025\"} 1")
                .anyMatch(line -> line.startsWith("convoy_rank_heartbeat_phi{incarnation=\"0\",rank=\"0\"}"))
                .noneMatch(line -> line.startsWith("convoy_rank_step{incarnation=\"0\",rank=\"3\"}"));
    }

    @Test
    void theStepRateIsThatOfTheClockAndNeverNegative() throws IOException {
        job.form();
        for (int step = 1; step <= 40; step++) {
            job.run(step);
        }
        JsonNode rate = state().get("rate");
        assertThat(rate.size()).isGreaterThan(5);
        // One step each 100 ms of made-up time.
        assertThat(rate.get(3).get(1).doubleValue()).isBetween(9.0, 11.0);
        job.lose(0);
        job.run(30);
        job.run(31);
        job.run(32);
        job.run(33);
        state().get("rate")
                .forEach(point -> assertThat(point.get(1).doubleValue()).isNotNegative());
    }

    @Test
    void aLongRunKeepsABoundedNumberOfPoints() {
        RateSeries series = new RateSeries();
        for (long i = 1; i < 200_000; i++) {
            series.reached(i, i * 300_000_000L);
        }
        assertThat(series.samples().size()).isLessThan(960);
        assertThat(series.samples())
                .allSatisfy(sample -> assertThat(sample.stepsPerSecond()).isBetween(3.2, 3.5));
    }
}
