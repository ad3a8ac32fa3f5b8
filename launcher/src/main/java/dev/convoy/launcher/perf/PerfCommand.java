/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.launcher.perf;

import dev.convoy.launcher.JobException;
import dev.convoy.launcher.UsageException;
import dev.convoy.launcher.agent.RuntimeName;
import dev.convoy.launcher.report.ConvoyVersion;
import dev.convoy.launcher.report.Json;
import dev.convoy.launcher.report.ReportFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Measures and checks a collective, with the options and in the columns of nccl-tests. */
@Command(
        name = "perf",
        description = "Measures a collective and checks its results, with the options and columns of nccl-tests.",
        mixinStandardHelpOptions = true,
        customSynopsis = "convoy perf OP --ranks N [OPTION…]")
public final class PerfCommand implements Callable<Integer> {
    @Mixin
    private PlanOptions options;

    @Option(names = "--histogram", description = "Show the latencies of single operations below each row.")
    private boolean histogram;

    @Option(names = "--json", paramLabel = "FILE", description = "Write the rows as JSON.")
    private Path json;

    @Option(names = "--plot", paramLabel = "FILE.svg", description = "Draw bus bandwidth against size.")
    private Path plot;

    /** Created by picocli. */
    public PerfCommand() {}

    /**
     * Measures.
     *
     * @return 0 if everything was measured and is right
     */
    @Override
    public Integer call() {
        Plan plan = options.plan();
        Optional<ReportFile> report = Optional.ofNullable(json).map(file -> ReportFile.check("--json", file));
        Optional<ReportFile> picture = Optional.ofNullable(plot).map(PerfCommand::checkPlot);
        RuntimeName.check(options.runtime());
        MemoryNeed.check(plan, RuntimeName.of(options.runtime()));
        PerfRun run = new PerfRun(plan, histogram);
        List<Row> rows = run.run();
        report.ifPresent(file -> write(file, json(run, rows)));
        picture.ifPresent(file -> write(file, svg(plan, run, rows)));
        long wrong = rows.stream().filter(Row::isWrong).count();
        if (wrong > 0) {
            System.err.println("convoy: " + wrong + (wrong == 1 ? " row has" : " rows have") + " wrong elements");
        }
        return wrong == 0 ? 0 : 1;
    }

    private static ReportFile checkPlot(Path file) {
        if (!file.toString().endsWith(".svg")) {
            throw new UsageException("--plot " + file + ": must end in .svg");
        }
        return ReportFile.check("--plot", file);
    }

    private static byte[] json(PerfRun run, List<Row> rows) {
        try {
            PerfReport report = new PerfReport(ConvoyVersion.get(), run.runtime(), run.library(), run.ranks(), rows);
            return Json.write(report::write);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] svg(Plan plan, PerfRun run, List<Row> rows) {
        String title = plan.collective().title() + ", " + plan.ranks() + " ranks, " + run.runtime()
                + " runtime, convoy " + ConvoyVersion.get();
        return new BandwidthPlot(title, rows, plan.ranks()).svg().getBytes(StandardCharsets.UTF_8);
    }

    private static void write(ReportFile file, byte[] content) {
        try {
            file.write(content);
        } catch (IOException e) {
            throw new JobException("a file was not written: " + e.getMessage(), e);
        }
    }
}
