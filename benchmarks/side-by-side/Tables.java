/* SPDX-License-Identifier: Apache-2.0 */

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The measurements as Markdown. */
final class Tables {
    private final Measurements measured;
    private final Plan plan;
    private final Goals goals;
    private final StringBuilder text = new StringBuilder();

    Tables(Measurements measured, Plan plan) {
        this.measured = measured;
        this.plan = plan;
        this.goals = new Goals(measured, plan);
    }

    /** All tables, below what was said about where they come from. */
    String markdown(List<String> preamble) {
        preamble.forEach(line -> text.append(line).append("\n"));
        for (int ranks : plan.ranks()) {
            figures(ranks);
        }
        shortTypes();
        verdicts();
        return text.toString();
    }

    private void figures(int ranks) {
        List<String> columns = columns(ranks);
        text.append("\n### ").append(ranks).append(" ranks, float32\n\n");
        text.append("Bus bandwidth in GB/s; below 1 KiB the time of one operation in µs. Median (lowest–highest).\n\n");
        List<String> header = new ArrayList<>(List.of("operation", "size"));
        header.addAll(columns);
        header.addAll(List.of("÷ better MPI as installed", "÷ best MPI of all settings"));
        row(header);
        row(header.stream().map(name -> "---").toList());
        for (String operation : Figure.OPERATIONS) {
            for (long bytes : plan.sizesOf(operation)) {
                figure(new Figure(operation, Figure.FLOAT, ranks, bytes), columns);
            }
        }
    }

    private List<String> columns(int ranks) {
        List<String> columns = new ArrayList<>(List.of(MemoryLimit.COLUMN));
        columns.addAll(Goals.ANY);
        columns.addAll(List.of(Gloo.COLUMN, ConvoyPerf.COLUMN));
        columns.removeIf(column -> !measured.hasRanks(column, ranks));
        return columns;
    }

    private void figure(Figure figure, List<String> columns) {
        List<String> cells = new ArrayList<>(List.of(figure.operation(), figure.size()));
        for (String column : columns) {
            cells.add(cell(column, figure));
        }
        cells.add(ratio(Goals.PLAIN, figure));
        cells.add(ratio(Goals.ANY, figure));
        row(cells);
    }

    private String cell(String column, Figure figure) {
        Optional<Spread> spread =
                figure.isLatency() ? measured.micros(column, figure) : measured.bandwidth(column, figure);
        return spread.map(Spread::toString).orElse("–");
    }

    private String ratio(List<String> among, Figure figure) {
        return goals.ratio(among, figure)
                .map(ratio -> "**" + Spread.digits(ratio.medians()) + "**")
                .orElse("–");
    }

    private void shortTypes() {
        text.append("\n### Convoy, all-reduce by type\n\nBus bandwidth in GB/s; below 1 KiB µs.\n\n");
        List<String> types = new ArrayList<>(List.of(Figure.FLOAT));
        types.addAll(ConvoyPerf.SHORT_TYPES);
        List<String> header = new ArrayList<>(List.of("ranks", "size"));
        header.addAll(types);
        row(header);
        row(header.stream().map(name -> "---").toList());
        for (int ranks : plan.ranks()) {
            for (long bytes : plan.sizesOf(Figure.ALL_REDUCE)) {
                List<String> cells = new ArrayList<>();
                Figure any = new Figure(Figure.ALL_REDUCE, Figure.FLOAT, ranks, bytes);
                cells.addAll(List.of(String.valueOf(ranks), any.size()));
                types.forEach(
                        type -> cells.add(cell(ConvoyPerf.COLUMN, new Figure(Figure.ALL_REDUCE, type, ranks, bytes))));
                row(cells);
            }
        }
    }

    private void verdicts() {
        List<Goals.Verdict> verdicts = goals.verdicts();
        if (verdicts.isEmpty()) {
            return;
        }
        text.append("\n### Against the goals\n\n");
        text.append("How many times as fast Convoy is. Ratios of medians decide.\n\n");
        row(List.of("what", "goal", "peers as installed", "", "peers with their best settings", ""));
        row(List.of("---", "---", "---", "---", "---", "---"));
        for (Goals.Verdict verdict : verdicts) {
            row(List.of(
                    verdict.what(),
                    "≥ " + verdict.least(),
                    verdict.installed().toString(),
                    verdict.pass() ? "PASS" : "below",
                    verdict.any() == null ? "" : verdict.any().toString(),
                    verdict.any() == null ? "" : verdict.passAny() ? "PASS" : "below"));
        }
        long passed = verdicts.stream().filter(Goals.Verdict::pass).count();
        long ahead = verdicts.stream().filter(Goals.Verdict::passAny).count();
        text.append("\nOf ").append(verdicts.size()).append(" goals ").append(passed);
        text.append(" are reached against the peers as installed, ").append(ahead);
        text.append(" against their best settings.\n");
    }

    private void row(List<String> cells) {
        text.append("| ").append(String.join(" | ", cells)).append(" |\n");
    }
}
