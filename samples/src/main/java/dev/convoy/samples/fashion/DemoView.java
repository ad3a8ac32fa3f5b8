/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.samples.fashion;

import dev.convoy.fault.protocol.Decision.Announce;
import dev.convoy.fault.protocol.FaultSpec;
import dev.convoy.fault.protocol.Incident;
import dev.convoy.fault.protocol.MemberId;
import dev.convoy.fault.protocol.RunSummary;
import dev.convoy.launcher.JobListener;
import dev.convoy.launcher.JobRequest;
import dev.convoy.launcher.JobResult;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** What a person sees of the demonstration. */
final class DemoView implements JobListener {

    private final Console console;
    private final JobRequest request;
    private final TrainingOptions training;
    private final long steps;

    /** Incidents not shown yet, by epoch: one is shown once it is over, or once the next one has overtaken it. */
    private final TreeMap<Long, Incident> open = new TreeMap<>();

    private final Map<Long, String> diagnoses = new TreeMap<>();

    private long shownUpTo;

    DemoView(Console console, JobRequest request, TrainingOptions training) {
        this.console = console;
        this.request = request;
        this.training = training;
        this.steps = training.steps();
    }

    /** Begins once the ranks have found each other: what is wrong with the request is said in a line of its own. */
    @Override
    public void epochStarted(long epoch, List<MemberId> members) {
        if (epoch > 1) {
            return;
        }
        String faults = request.faults().isEmpty()
                ? "none"
                : request.faults().stream().map(FaultSpec::format).collect(Collectors.joining(","));
        line(
                "%s, %,d steps of training on %s; fault: %s; recovery: %s",
                ranks(request.ranks()),
                steps,
                training.data().map(Object::toString).orElse("8,000 Fashion-MNIST images"),
                faults,
                request.policy().label());
    }

    @Override
    public void progress(Progress progress) {
        line(
                "step %,7d/%,d   loss %.4f   %,9.0f samples/s   %s",
                progress.step() + 1, steps, progress.loss(), progress.samplesPerSecond(), ranks(progress.worldSize()));
    }

    @Override
    public void incident(Incident incident) {
        if (incident.epoch() <= shownUpTo) {
            return;
        }
        open.put(incident.epoch(), incident);
        showOpenWhenKnown();
    }

    @Override
    public void diagnosed(long epoch, String sentence) {
        diagnoses.put(epoch, sentence);
        showOpenWhenKnown();
    }

    /** All of a recovery's incidents at once: the last of them is over, and what each was is known. */
    private void showOpenWhenKnown() {
        boolean over = !open.isEmpty() && open.lastEntry().getValue().resumedAtNs() != null;
        if (over && diagnoses.keySet().containsAll(open.keySet())) {
            showOpen();
        }
    }

    @Override
    public void announced(Announce.Kind kind, String text) {
        if (kind == Announce.Kind.WARNING) {
            line("warning: %s", text);
        } else if (kind == Announce.Kind.CHANGED || kind == Announce.Kind.CONTINUED) {
            line("%s", text);
        }
    }

    void end(JobResult result) {
        showOpen();
        result.summary().ifPresent(this::show);
        request.reportFile().ifPresent(file -> line("report: %s", file));
        request.watching().htmlFile().ifPresent(file -> line("page: %s", file));
    }

    private void showOpen() {
        for (Incident incident : open.values()) {
            RecoveryTimeline.lines(incident, diagnoses.get(incident.epoch())).forEach(console::println);
            shownUpTo = incident.epoch();
        }
        open.clear();
    }

    private void show(RunSummary summary) {
        line("");
        line(
                "step %,d with %s: accuracy %.4f on the images that training never saw",
                summary.step(), ranks(summary.worldSize()), summary.testAccuracy());
        line(
                "samples: %,d consumed, %,d skipped, %,d duplicated (SHA-256 %s)",
                summary.consumed(), summary.skipped(), summary.duplicated(), shortened(summary.samplesSha256()));
        line("parameters: SHA-256 %s", shortened(summary.parametersSha256()));
    }

    private static String shortened(String sha256) {
        return sha256.substring(0, 16) + "…";
    }

    private static String ranks(int count) {
        return count == 1 ? "1 rank" : count + " ranks";
    }

    private void line(String format, Object... arguments) {
        console.println(String.format(Locale.ROOT, format, arguments));
    }
}
