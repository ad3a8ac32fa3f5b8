/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.launcher.watch;

import dev.convoy.fault.protocol.Incident;
import dev.convoy.launcher.report.ConvoyVersion;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.InfoSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;

/** A job as Prometheus sees it, made anew at each scrape: nothing is counted while nobody asks. */
final class Metrics {
    /** Of recovery phases, in seconds. */
    private static final double[] BUCKETS = {
        0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, Double.POSITIVE_INFINITY
    };

    private final MetricSnapshots.Builder out = MetricSnapshots.builder();
    private final JobHistory.View view;

    private Metrics(JobHistory.View view) {
        this.view = view;
    }

    static MetricSnapshots of(JobHistory history, String runtime) {
        return history.read(view -> new Metrics(view).all(runtime));
    }

    private MetricSnapshots all(String runtime) {
        out.metricSnapshot(InfoSnapshot.builder()
                .name("convoy_build")
                .help("Version of Convoy and the runtime of the ranks.")
                .dataPoint(InfoSnapshot.InfoDataPointSnapshot.builder()
                        .labels(Labels.of("version", ConvoyVersion.get(), "runtime", runtime))
                        .build())
                .build());
        job();
        ranks();
        snapshots();
        incidents();
        return out.build();
    }

    private void job() {
        gauge("convoy_world_size", "Ranks of the present epoch.", view.worldSize());
        gauge("convoy_epoch", "The present epoch; every recovery makes a new one.", view.epoch());
        gauge("convoy_step", "The furthest step that a rank is in.", view.step());
        gauge(
                "convoy_steps_per_second",
                "Steps a second, over the last quarter of a second or more.",
                view.rate().present());
        gauge("convoy_job_running", "1 while the job runs, 0 once it has ended.", view.result() == null ? 1 : 0);
        gauge("convoy_job_seconds", "How long the job has run.", (view.nowNs() - view.beganNs()) / 1e9);
        if (view.progress() != null) {
            gauge(
                    "convoy_loss",
                    "The loss that the program told last.",
                    view.progress().loss());
            gauge(
                    "convoy_samples_per_second",
                    "Samples a second, as the program told last.",
                    view.progress().samplesPerSecond());
        }
        gauge(
                "convoy_vetoed_steps",
                "Kept steps whose update was left out, such as for gradients that were not finite.",
                Math.max(0, view.vetoedSteps()));
        counter("convoy_warnings", "Warnings of the job.", view.warnings());
    }

    private void ranks() {
        Map<String, Integer> states = new TreeMap<>();
        for (RankView.State state : RankView.State.values()) {
            states.put(state.name().toLowerCase(Locale.ROOT), 0);
        }
        view.ranks().forEach(rank -> states.merge(rank.state.name().toLowerCase(Locale.ROOT), 1, Integer::sum));
        GaugeSnapshot.Builder byState =
                GaugeSnapshot.builder().name("convoy_processes").help("Processes of the job by state.");
        states.forEach((state, count) -> byState.dataPoint(GaugeSnapshot.GaugeDataPointSnapshot.builder()
                .labels(Labels.of("state", state))
                .value(count)
                .build()));
        out.metricSnapshot(byState.build());
        byRank("convoy_rank_step", "Step that a rank is in.", rank -> rank.step);
        byRank("convoy_rank_collectives", "Collectives that a rank enqueued in its epoch.", rank -> rank.enqueued);
        byRank(
                "convoy_rank_heartbeat_phi",
                "Phi of a rank's heartbeats: 8 is a silence that comes by chance once in 100 million.",
                rank -> rank.phi(view.nowNs()));
        byRank(
                "convoy_rank_heartbeat_age_seconds",
                "Time since a rank was last heard of.",
                rank -> rank.heardNs == 0 ? Double.NaN : (view.nowNs() - rank.heardNs) / 1e9);
    }

    private void snapshots() {
        Coverage coverage = view.coverage();
        gauge(
                "convoy_snapshot_coverage_ratio",
                "Part of the state's pieces that living memories hold.",
                coverage.covered());
        gauge("convoy_snapshot_copies", "Memories that hold the piece which the fewest hold.", coverage.fewestCopies());
        gauge("convoy_snapshot_memory_bytes", "Memory of all living ranks' snapshots.", coverage.memoryBytes());
        gauge(
                "convoy_snapshot_announced_bytes",
                "Memory that all living ranks' snapshots can have at most.",
                coverage.announcedBytes());
        view.ranks().stream()
                .filter(rank -> rank.isLive() && rank.snapshots != null)
                .mapToLong(rank -> rank.snapshots.interval())
                .min()
                .ifPresent(steps ->
                        gauge("convoy_snapshot_interval_steps", "Steps from one snapshot to the next.", steps));
        if (coverage.newest() != null) {
            gauge(
                    "convoy_snapshot_step",
                    "Step of the newest committed snapshot.",
                    coverage.newest().step());
            gauge(
                    "convoy_snapshot_age_seconds",
                    "Time since the newest snapshot was committed.",
                    (view.nowNs() - coverage.atNs()) / 1e9);
            gauge(
                    "convoy_snapshot_duration_seconds",
                    "Longest time that a rank's last snapshot took.",
                    coverage.tookNs() / 1e9);
        }
        counter(
                "convoy_snapshots_taken",
                "Snapshots taken by the rank that took the most.",
                view.ranks().stream()
                        .filter(rank -> rank.snapshots != null)
                        .mapToLong(rank -> rank.snapshots.taken())
                        .max()
                        .orElse(0));
    }

    private void incidents() {
        Map<String, Integer> causes = new TreeMap<>();
        for (Incident.Cause cause : Incident.Cause.values()) {
            causes.put(cause.label(), 0);
        }
        view.incidents().forEach(incident -> causes.merge(incident.cause().label(), 1, Integer::sum));
        CounterSnapshot.Builder byCause =
                CounterSnapshot.builder().name("convoy_incidents").help("Incidents by cause.");
        causes.forEach((cause, count) -> byCause.dataPoint(CounterSnapshot.CounterDataPointSnapshot.builder()
                .labels(Labels.of("cause", cause))
                .value(count)
                .build()));
        out.metricSnapshot(byCause.build());
        HistogramSnapshot.Builder phases = HistogramSnapshot.builder()
                .name("convoy_recovery_phase_seconds")
                .help("Time that each phase of a recovery took; total is from the fault to the first step done again.");
        phase(phases, "detect", Incident::faultAtNs, Incident::detectedAtNs);
        phase(phases, "abort", Incident::detectedAtNs, Incident::abortedAtNs);
        phase(phases, "agree", Incident::abortedAtNs, Incident::agreedAtNs);
        phase(phases, "rebuild", Incident::agreedAtNs, Incident::rebuiltAtNs);
        phase(phases, "restore", Incident::rebuiltAtNs, Incident::restoredAtNs);
        phase(phases, "resume", Incident::restoredAtNs, Incident::resumedAtNs);
        phase(phases, "total", Incident::faultAtNs, Incident::resumedAtNs);
        out.metricSnapshot(phases.build());
    }

    /** When an incident came somewhere; null if it did not. */
    private interface Moment {
        Long of(Incident incident);
    }

    private void phase(HistogramSnapshot.Builder out, String name, Moment from, Moment to) {
        List<Double> seconds = view.incidents().stream()
                .filter(incident -> from.of(incident) != null && to.of(incident) != null)
                .map(incident -> Math.max(0, to.of(incident) - from.of(incident)) / 1e9)
                .toList();
        ClassicHistogramBuckets.Builder buckets = ClassicHistogramBuckets.builder();
        double below = Double.NEGATIVE_INFINITY;
        for (double bucket : BUCKETS) {
            double above = below;
            buckets.bucket(
                    bucket,
                    seconds.stream()
                            .filter(each -> each > above && each <= bucket)
                            .count());
            below = bucket;
        }
        out.dataPoint(HistogramSnapshot.HistogramDataPointSnapshot.builder()
                .labels(Labels.of("phase", name))
                .classicHistogramBuckets(buckets.build())
                .sum(seconds.stream().mapToDouble(Double::doubleValue).sum())
                .build());
    }

    private void gauge(String name, String help, double value) {
        out.metricSnapshot(GaugeSnapshot.builder()
                .name(name)
                .help(help)
                .dataPoint(GaugeSnapshot.GaugeDataPointSnapshot.builder()
                        .value(value)
                        .build())
                .build());
    }

    private void counter(String name, String help, long value) {
        out.metricSnapshot(CounterSnapshot.builder()
                .name(name)
                .help(help)
                .dataPoint(CounterSnapshot.CounterDataPointSnapshot.builder()
                        .value(value)
                        .build())
                .build());
    }

    private void byRank(String name, String help, ToDoubleFunction<RankView> value) {
        GaugeSnapshot.Builder gauge = GaugeSnapshot.builder().name(name).help(help);
        for (RankView rank : view.ranks()) {
            if (rank.isLive()) {
                gauge.dataPoint(GaugeSnapshot.GaugeDataPointSnapshot.builder()
                        .labels(Labels.of(
                                "rank",
                                Integer.toString(rank.member.launchRank()),
                                "incarnation",
                                Integer.toString(rank.member.incarnation())))
                        .value(value.applyAsDouble(rank))
                        .build());
            }
        }
        out.metricSnapshot(gauge.build());
    }
}
