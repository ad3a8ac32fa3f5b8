/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.launcher.perf;

import dev.convoy.launcher.agent.ExitText;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/**
 * Finds out why a run failed. When a rank dies all others fail, too, often sooner than its end is known; so for a
 * moment all that comes is collected, and then the cause is told from its consequences.
 */
final class Evidence {
    private static final long MOMENT_NANOS = 1_000_000_000;

    private final Plan plan;
    private final List<PerfProcess> processes;
    private final List<RankLine.Failed> failures = new ArrayList<>();
    private final List<PerfProcess.News.End> ends = new ArrayList<>();

    Evidence(Plan plan, List<PerfProcess> processes) {
        this.plan = plan;
        this.processes = processes;
    }

    void add(PerfProcess.News news) {
        switch (news) {
            case PerfProcess.News.End end -> ends.add(end);
            case PerfProcess.News.Line(PerfProcess _, RankLine.Failed failed) -> failures.add(failed);
            case PerfProcess.News.Line _ -> {
                // Not about the failure.
            }
        }
    }

    /** Waits a moment for more, and says in one line what happened. */
    String collect(BlockingQueue<PerfProcess.News> news) throws InterruptedException {
        long until = System.nanoTime() + MOMENT_NANOS;
        while (ends.size() < processes.size() && !isClear()) {
            PerfProcess.News more = news.poll(until - System.nanoTime(), TimeUnit.NANOSECONDS);
            if (more == null) {
                break;
            }
            add(more);
        }
        return cause();
    }

    private boolean isClear() {
        return killed().isPresent() || first(RankMain.OWN).isPresent();
    }

    private String cause() {
        return killed().or(() -> first(RankMain.OWN).map(Evidence::text))
                .or(this::stopped)
                .or(this::vanished)
                .or(() -> failures.stream().findFirst().map(Evidence::text))
                .orElse("the ranks ended before they had measured everything");
    }

    private Optional<String> killed() {
        return ends.stream().filter(end -> end.status() > 128).findFirst().map(this::text);
    }

    private Optional<RankLine.Failed> first(String kind) {
        return failures.stream().filter(failed -> failed.kind().equals(kind)).findFirst();
    }

    private Optional<String> stopped() {
        return processes.stream()
                .filter(Silence::isStopped)
                .findFirst()
                .map(process -> name(process) + " is stopped; the others waited "
                        + plan.deadline().toSeconds() + " s");
    }

    /** A process that ended without a word. */
    private Optional<String> vanished() {
        Predicate<PerfProcess.News.End> said = end -> failures.stream()
                .anyMatch(failed -> failed.rank() / plan.threads() * plan.threads()
                        == end.of().firstRank());
        return ends.stream().filter(said.negate()).findFirst().map(this::text);
    }

    private String text(PerfProcess.News.End end) {
        return name(end.of()) + " " + ExitText.of(end.status());
    }

    private String name(PerfProcess process) {
        int first = process.firstRank();
        String ranks = plan.threads() == 1 ? "rank " + first : "ranks " + first + " to " + (first + plan.threads() - 1);
        return ranks + " (process " + process.pid() + ")";
    }

    private static String text(RankLine.Failed failed) {
        return "rank " + failed.rank() + ": " + failed.message();
    }
}
