/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.launcher.perf;

import dev.convoy.bindings.NativeResources;
import dev.convoy.launcher.JobException;
import dev.convoy.launcher.SharedGpus;
import dev.convoy.launcher.agent.RuntimeName;
import dev.convoy.launcher.report.ConvoyVersion;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/** One run: starts the ranks, prints what they measure as it comes, and leaves no process behind. */
final class PerfRun {
    private static final Duration END_BOUND = Duration.ofSeconds(10);
    /** JVMs on a busy machine need seconds; what takes longer does not come. */
    private static final Duration START_BOUND = Duration.ofSeconds(60);

    private static final long LOOK_SECONDS = 1;

    private final Plan plan;
    private final boolean histogram;
    private final PrintStream out = System.out;
    private final BlockingQueue<PerfProcess.News> news = new LinkedBlockingQueue<>();
    private final List<PerfProcess> processes = new ArrayList<>();
    private final List<RankLine.Ready> ready;
    private final List<Row> rows = new ArrayList<>();
    private final Passes passes;
    private int readyCount;
    private final Set<Integer> done = new HashSet<>();

    PerfRun(Plan plan, boolean histogram) {
        this.plan = plan;
        this.histogram = histogram;
        this.ready = new ArrayList<>(Collections.nCopies(plan.ranks(), null));
        this.passes = new Passes(plan);
    }

    String runtime() {
        return ready.getFirst().runtime();
    }

    String library() {
        return ready.getFirst().version();
    }

    int ranks() {
        return plan.ranks();
    }

    /**
     * Measures everything.
     *
     * @return the rows
     * @throws JobException if a rank failed, died or did not answer
     */
    List<Row> run() {
        try {
            start();
            listen();
            print(Table.footer(plan, rows));
            return rows;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new JobException("interrupted", e);
        } finally {
            endAll();
        }
    }

    private void start() {
        try {
            Path execHelper = NativeResources.executable("convoy-exec");
            SharedGpus gpus =
                    SharedGpus.of(RuntimeName.of(plan.runtime().name().toLowerCase(Locale.ROOT)), plan.ranks());
            for (int first = 0; first < plan.ranks(); first += plan.threads()) {
                List<String> command = RankCommand.of(plan, execHelper, first);
                processes.add(PerfProcess.start(first, plan.threads(), command, gpus.variables(first), news));
            }
        } catch (IOException | UncheckedIOException e) {
            throw new JobException("cannot start the ranks: " + e.getMessage(), e);
        }
    }

    private void listen() throws InterruptedException {
        Silence silence = new Silence(processes, plan.deadline());
        long startBy = System.nanoTime() + START_BOUND.toNanos();
        while (done.size() < plan.ranks()) {
            switch (news.poll(LOOK_SECONDS, TimeUnit.SECONDS)) {
                case null -> silence.look();
                case PerfProcess.News.Line line -> heard(line);
                case PerfProcess.News.End end -> ended(end);
            }
            if (readyCount < plan.ranks() && System.nanoTime() - startBy > 0) {
                throw new JobException(
                        "rank " + ready.indexOf(null) + " did not start within " + START_BOUND.toSeconds() + " s",
                        null);
            }
        }
    }

    private void heard(PerfProcess.News.Line line) throws InterruptedException {
        switch (line.line()) {
            case RankLine.Id id -> tellOthers(line.from(), id.hex());
            case RankLine.Ready rank -> ready(rank);
            case RankLine.Pass pass -> passes.add(pass.result()).ifPresent(this::finished);
            case RankLine.Failed _ -> throw failure(line);
            case RankLine.Done end -> done.add(end.rank());
        }
    }

    /** Expected of a process whose ranks are done, and of no other. */
    private void ended(PerfProcess.News.End end) throws InterruptedException {
        int first = end.of().firstRank();
        if (!IntStream.range(first, first + plan.threads()).allMatch(done::contains)) {
            throw failure(end);
        }
    }

    private void tellOthers(PerfProcess maker, String id) {
        processes.stream().filter(process -> process != maker).forEach(process -> process.send(id));
    }

    private void ready(RankLine.Ready rank) {
        ready.set(rank.rank(), rank);
        readyCount++;
        if (readyCount == plan.ranks()) {
            print(Table.intro(plan, ConvoyVersion.get(), ready, host()));
            print(Table.head());
        }
    }

    private void finished(Row row) {
        rows.add(row);
        print(Table.row(row, plan.ranks()) + (histogram ? Table.latencies(row) : ""));
    }

    private JobException failure(PerfProcess.News first) throws InterruptedException {
        Evidence evidence = new Evidence(plan, processes);
        evidence.add(first);
        return new JobException(evidence.collect(news), null);
    }

    private void print(String text) {
        out.print(text);
        out.flush();
    }

    private void endAll() {
        processes.forEach(PerfProcess::kill);
        try {
            long until = System.nanoTime() + END_BOUND.toNanos();
            for (PerfProcess process : processes) {
                boolean ended = process.awaitEnd(Duration.ofNanos(Math.max(1, until - System.nanoTime())));
                if (!ended) {
                    System.err.println("convoy: process " + process.pid() + " was killed but has not ended");
                }
            }
        } catch (InterruptedException e) {
            // They have their SIGKILL; whoever interrupts twice does not want to wait for them.
            Thread.currentThread().interrupt();
        }
    }

    private static String host() {
        try {
            return Files.readString(Path.of("/proc/sys/kernel/hostname")).strip();
        } catch (IOException e) {
            return "localhost";
        }
    }
}
